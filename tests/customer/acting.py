"""A session as a command sees it, and who acts."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.journal import Cause
from libs.common.testing import kek_file
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from tests.factories.directory import role, uid, user

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
CAUSE = Cause("user:1", "test")


def equip(session: AsyncSession) -> AsyncSession:
    """Give a test's session what the edge gives to every session."""
    session.info.update(ring=KekRing.load(kek_file()), service="customer", now=NOW, cause=CAUSE)
    return session


def an_actor(permissions: dict[str, str] | None = None) -> Actor:
    """User 1, who may do everything unless `permissions` says less, beside user 2."""
    directory = Directory()
    directory.apply([role(9, permissions or {"*:*": "all"}), user(1, roles=[9]), user(2)])
    return Actor(uid(1), directory)
