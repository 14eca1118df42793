"""A session as a command sees it, who acts, and what is there already."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import Aggregate, recorded
from libs.common.ids import new_id
from libs.common.testing import kek_file
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from libs.platform.references.tables import reference
from tests.factories.directory import role, uid, user
from tests.factories.sales import NOW

OWN = {
    f"{kind}:{verb}": "own"
    for kind in ("lead", "opportunity", "account", "contact")
    for verb in ("read", "create", "update", "delete")
}


def equip(session: AsyncSession) -> AsyncSession:
    """Give a test's session what the edge gives to every session."""
    session.info.update(ring=KekRing.load(kek_file()), service="sales", now=NOW)
    return session


def an_actor(permissions: dict[str, str] | None = None) -> Actor:
    """User 1, who may do everything unless `permissions` says less, beside user 2."""
    directory = Directory()
    directory.apply([role(9, permissions or {"*:*": "all"}), user(1, roles=[9]), user(2)])
    return Actor(uid(1), directory)


async def kept[A: Aggregate](session: AsyncSession, aggregate: A) -> A:
    """Keep an aggregate as if it had been there before, its events forgotten."""
    session.add(aggregate)
    await session.flush()
    session.info["recorded"] = []
    return aggregate


async def known(session: AsyncSession, kind: str, id: UUID | None = None, **facts: Any) -> UUID:
    """A record of another service that sales has heard of."""
    found = id or new_id()
    row = {"type": kind, "id": found, "epoch": 1, "version": 1, "label": f"Some {kind}", "owner_id": uid(1)}
    await session.execute(insert(reference).values(row | facts))
    return found


def kinds(session: AsyncSession) -> list[str]:
    """Name the events recorded since, in order."""
    return [type(event).__name__ for event in recorded(session)]
