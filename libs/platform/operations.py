"""How the event path of a service stands, and what an operator can do about parked and blocked keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.bus import Bus, TopicPartition
from libs.common.edge import Reading, Router, Session
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.journal import AuditEntry, audit
from libs.common.kafka import KafkaBus
from libs.common.problems import NotFound, responses
from libs.common.redrive import discard_first
from libs.common.schemas import Text
from libs.common.settings import Settings
from libs.platform.access.edge import Needs

_OUTBOX = text(
    "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0) FROM outbox"
)
_DUE = text("SELECT count(*) FROM due WHERE at <= clock_timestamp()")
_HELD_BACK = text(
    'SELECT "group", topic, key, partition, "offset", timestamp FROM parked_event'
    " ORDER BY 1, 2, 3, 4, 5 LIMIT 1000"
)
_PARKED = text(
    'SELECT "group", topic, key, reason, waits_for, tries, parked_at FROM parked_key ORDER BY parked_at'
)
_BLOCKED = text("SELECT topic, key, reason, blocked_at FROM outbox_blocked_key ORDER BY blocked_at")
_GROUPS = text('SELECT "group", topic, partition, position FROM consumer_offset ORDER BY 1, 2, 3')
_RETRY = text(
    "UPDATE parked_key SET waits_for = 'operator', retry_at = clock_timestamp()"
    ' WHERE "group" = :group AND topic = :topic AND key = :key'
)
_UNBLOCK = text("DELETE FROM outbox_blocked_key WHERE topic = :topic AND key = :key")


class GroupPosition(BaseModel):
    """Where a consumer group stands in a partition; it has caught up when both are equal."""

    group: str
    topic: str
    partition: int
    position: int
    end: int


class EventPath(BaseModel):
    """Unsent outbox rows, timers that are late, keys set aside, and every position.

    The end offsets are read after the outbox.
    """

    outbox: int
    oldest_seconds: float
    due: int
    parked: int
    blocked: int
    groups: list[GroupPosition]


class ParkedKey(BaseModel):
    """A key whose events wait: for an arrival, or for an operator."""

    model_config = ConfigDict(extra="forbid")

    group: Text
    topic: Text
    key: Text


class Discard(ParkedKey):
    """Give up the event that holds a key back, for a reason that stands in the audit trail."""

    offset: Annotated[int, Field(strict=True, ge=0, lt=2**63)]
    reason: Text


class BlockedKey(BaseModel):
    """A key that the broker refused for good."""

    model_config = ConfigDict(extra="forbid")

    topic: Text
    key: Text


class SetAside(BaseModel):
    """Everything that waits for somebody."""

    parked: list[dict[str, object]]
    events: list[dict[str, object]]
    blocked: list[dict[str, object]]


@asynccontextmanager
async def asking(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Lend the application a bus to ask for end offsets; it connects when first asked."""
    app.state.bus = bus = KafkaBus(settings)
    yield
    await bus.close()


def operations(service: str) -> Router:
    """Return the router of one service's operations."""
    router = Router(f"/operations/{service}")
    reader, writer = Depends(Needs("operations:read")), Depends(Needs("operations:write"))

    @router.get("", response_model=EventPath, dependencies=[reader])
    async def read_event_path(request: Request, reading: Reading) -> EventPath:
        """Return how far every event has come."""
        return await _event_path(reading, request.app.state.bus)

    @router.get("/set-aside", response_model=SetAside, dependencies=[reader])
    async def list_set_aside(reading: Reading) -> SetAside:
        """Return parked and blocked keys with their reasons."""
        parked = (await reading.execute(_PARKED)).mappings()
        blocked = (await reading.execute(_BLOCKED)).mappings()
        events = (await reading.execute(_HELD_BACK)).mappings()
        return SetAside(
            parked=[dict(row) for row in parked],
            events=[dict(row) for row in events],
            blocked=[dict(row) for row in blocked],
        )

    @router.post("/redrive", status_code=202, dependencies=[writer], responses=responses(404))
    async def redrive_key(body: ParkedKey, session: Session) -> ParkedKey:
        """Let the worker try a parked key again now."""
        await _demand_one(session, _RETRY, body.model_dump())
        audit(session, AuditEntry("consumer.redriven", "parked-key", body.key, None, body.model_dump()))
        return body

    @router.post("/discard", dependencies=[writer], responses=responses(404))
    async def discard_event(body: Discard, session: Session) -> ParkedKey:
        """Give up the oldest parked event of a key; the position has passed it already."""
        transaction = PostgresTransaction(session, service)
        if not await discard_first(transaction, body.group, body.topic, body.key, body.reason, body.offset):
            raise NotFound
        return body

    @router.post("/unblock", dependencies=[writer], responses=responses(404))
    async def unblock_key(body: BlockedKey, session: Session) -> BlockedKey:
        """Let the relay send a key again that the broker refused."""
        await _demand_one(session, _UNBLOCK, body.model_dump())
        audit(session, AuditEntry("relay.unblocked", "outbox-key", body.key, None, body.model_dump()))
        return body

    return router


async def _event_path(reading: AsyncConnection, bus: Bus) -> EventPath:
    """Read the outbox first, then the ends, then the positions: equal figures mean that all has arrived."""
    due = (await reading.execute(_DUE)).scalar_one()
    outbox, oldest = (await reading.execute(_OUTBOX)).one()
    parked = len((await reading.execute(_PARKED)).all())
    blocked = len((await reading.execute(_BLOCKED)).all())
    topics = {row.topic for row in await reading.execute(_GROUPS)}
    ends = await bus.ends(topics) if topics else {}
    groups = [
        GroupPosition(**row._mapping, end=ends[TopicPartition(row.topic, row.partition)])  # noqa: SLF001
        for row in await reading.execute(_GROUPS)
    ]
    return EventPath(
        outbox=outbox,
        oldest_seconds=round(oldest, 3),
        due=due,
        parked=parked,
        blocked=blocked,
        groups=groups,
    )


async def _demand_one(session: AsyncSession, statement: object, names: dict[str, str]) -> None:
    result = await session.execute(statement, names)  # type: ignore[call-overload]
    if result.rowcount != 1:
        raise NotFound
