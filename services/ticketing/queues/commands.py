"""What can be done with a queue."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor, load
from services.ticketing.queues.model import Queue
from services.ticketing.queues.schemas import QueueCreate, QueueUpdate


async def open_queue(session: AsyncSession, asked: QueueCreate, actor: Actor, now: datetime) -> Queue:
    """Open a queue."""
    _demand_users(actor, asked.member_ids)
    named = await external_columns(session, Queue, asked.external_id)
    made = Queue.open(asked.model_dump(exclude={"external_id"}) | named, now)
    session.add(made)
    return made


async def revise_queue(
    session: AsyncSession, identity: UUID, version: int, asked: QueueUpdate, actor: Actor, now: datetime
) -> Queue:
    """Change what was sent."""
    found = await load(session, Queue, identity, actor, "queue:update", for_update=True, version=version)
    if "member_ids" in asked.model_fields_set:
        _demand_users(actor, asked.member_ids)
    found.revise(asked.model_dump(exclude_unset=True), now)
    return found


async def delete_queue(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Queue:
    """Put it into the recycle bin."""
    found = await load(session, Queue, identity, actor, "queue:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def restore_queue(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Queue:
    """Take it out of the recycle bin."""
    found = await load(session, Queue, identity, actor, "queue:delete", for_update=True)
    found.restore(now)
    return found


def _demand_users(actor: Actor, ids: Iterable[UUID]) -> None:
    """Raise UnknownReference for a member whom nobody has heard of."""
    for unknown in sorted(set(ids) - actor.directory.users.keys()):
        raise UnknownReference(detail=f"user {unknown}")
