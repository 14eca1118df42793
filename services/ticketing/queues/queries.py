"""Every SELECT on queues, and whose turn it is in each."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Base
from libs.common.listing import Filter, Listing, Source
from libs.common.problems import Conflict
from services.ticketing.queues.model import Queue
from services.ticketing.queues.schemas import QueueRead

_COLUMNS = {name: getattr(Queue, name) for name in QueueRead.model_fields}

# Who got the last ticket: outside the queue's version, for it changes with every ticket.
_turn = sa.Table(
    "queue_turn",
    Base.metadata,
    sa.Column("queue_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid),
)

LISTING = Listing(
    "queues",
    columns=_COLUMNS,
    filters={
        "id": Filter(Queue.id),
        "name": Filter(Queue.name, text=True),
        "assignment": Filter(Queue.assignment),
        "external_system": Filter(Queue.external_system),
        "external_id": Filter(Queue.external_id),
        "created_at": Filter(Queue.created_at),
        "updated_at": Filter(Queue.updated_at),
        "deleted_at": Filter(Queue.deleted_at),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": Queue.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of queues as JSON; they belong to nobody in particular."""
    return await LISTING.page(source, LISTING.parse(parameters))


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    """Return one queue."""
    return await LISTING.read(source, identity)


def shown(queue: Queue) -> QueueRead:
    """Return a queue as the API shows it."""
    return QueueRead.model_validate(queue)


def queues_of(user_id: UUID | None) -> Select[Any]:
    """Select the queues that a user is a member of, those in the recycle bin too."""
    return select(Queue.id).where(Queue.member_ids.contains([user_id]))


def name_of_queue(column: Any) -> sa.ScalarSelect[str]:
    """Return, as SQL, what the queue in a column is called."""
    return select(Queue.name).where(Queue.id == column).scalar_subquery()


async def find_queue(session: AsyncSession, identity: UUID) -> Queue:
    """Return a queue that takes tickets."""
    found = await session.get(Queue, identity)
    if found is None or found.deleted_at is not None:
        raise Conflict("unknown-reference", detail=f"queue {identity}")
    return found


async def last_turn(session: AsyncSession, queue_id: UUID) -> UUID | None:
    """Return who got the last ticket of a queue; nobody else hands one out before this transaction ends."""
    mine = insert(_turn).values(queue_id=queue_id)
    locked = mine.on_conflict_do_update(index_elements=["queue_id"], set_={"queue_id": queue_id})
    last: UUID | None = (await session.execute(locked.returning(_turn.c.user_id))).scalar_one()
    return last


async def note_turn(session: AsyncSession, queue_id: UUID, user_id: UUID) -> None:
    """Keep who got the last ticket of a queue."""
    await session.execute(sa.update(_turn).where(_turn.c.queue_id == queue_id).values(user_id=user_id))
