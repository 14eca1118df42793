"""What can be done with a notification: tell somebody, and read it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.integration.notifications import queries
from services.integration.notifications.model import Notification

_AT_ONCE = 500


def notify(
    session: AsyncSession,
    event_id: UUID,
    user_ids: Iterable[UUID | None],
    kind: str,
    about: tuple[str, UUID],
    facts: dict[str, str],
    now: datetime,
) -> None:
    """Tell active users about a record; one event tells each of them once."""
    directory: Directory = session.info["directory"]
    for user_id in sorted({each for each in user_ids if each is not None}):
        user = directory.users.get(user_id)
        if user is not None and user.is_active:
            identity = uuid5(event_id, str(user_id))
            session.add(Notification.create(identity, user_id, kind, about, facts, now))


async def read_notification(
    session: AsyncSession, identity: UUID, actor: Actor, now: datetime
) -> Notification:
    """Note that the user has looked at one of his."""
    found = await queries.find(session, identity, actor)
    found.read(now)
    return found


async def read_all(session: AsyncSession, actor: Actor, now: datetime) -> int:
    """Note that the user has looked at what there is, some hundreds at a time; return what is left."""
    for each in await queries.unread(session, actor, _AT_ONCE):
        each.read(now)
    await session.flush()
    return await queries.count_unread(session, actor)
