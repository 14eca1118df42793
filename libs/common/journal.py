"""The journal of a transaction: outbox, audit and idempotency rows, written as one statement before COMMIT.

Events travel through the outbox; five single statements would cost about a third of the write rate
(architecture.md 6), so everything goes over as arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Recorded, collected, dumps
from libs.common.envelope import Attributes, headers
from libs.common.events import MAX_EVENT_BYTES
from libs.common.ids import new_id
from libs.common.problems import TooLarge

_WRITE = """
WITH sent AS (
  INSERT INTO outbox (topic, key, headers, value)
  SELECT topic, key, headers::jsonb || jsonb_build_object('ce_epoch', (SELECT max(number)::text FROM epoch)),
         value
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[])
       WITH ORDINALITY AS o(topic, key, headers, value, n)
  ORDER BY n
), audited AS (
  INSERT INTO audit (actor, action, object_type, object_id, version, changes, correlation_id, address)
  SELECT $11, action, object_type, object_id, version, changes::jsonb, $12, $13
  FROM unnest($5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[])
       WITH ORDINALITY AS a(action, object_type, object_id, version, changes, n)
  ORDER BY n
)
INSERT INTO idempotency (principal, route, key, request_hash, status, headers, body, subjects)
SELECT i->>'principal', i->>'route', i->>'key', decode(i->>'request_hash', 'hex'),
       (i->>'status')::smallint, i->'headers', decode(i->>'body', 'hex'),
       ARRAY(SELECT jsonb_array_elements_text(i->'subjects'))
FROM unnest($10::text[]) AS t(j), LATERAL (SELECT t.j::jsonb AS i) AS x
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a transaction runs: who acts, and the chain of requests and events that led here."""

    actor: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row for the outbox; `key` decides partition and order."""

    topic: str
    key: str
    headers: dict[str, str]
    value: bytes


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row for the audit trail; personal values in `changes` are ciphertext already."""

    action: str
    object_type: str
    object_id: str
    version: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dressed:
    """An event's body and its audit changes, with everything personal encrypted."""

    body: dict[str, Any]
    changes: dict[str, Any]


class Dresser(Protocol):
    """Turns recorded events into what may be stored and sent: encrypted, and stamped with owner_path."""

    async def __call__(self, session: AsyncSession, events: Sequence[Recorded], /) -> list[Dressed]:
        """Return one Dressed per event, in the same order."""
        ...


async def plain(_: AsyncSession, events: Sequence[Recorded]) -> list[Dressed]:
    """Dress events that hold nothing personal."""
    return [Dressed(each.event.model_dump(mode="json"), dict(each.changes)) for each in events]


def enqueue(session: AsyncSession, entry: Entry) -> None:
    """Send a record that is no domain event, before the transaction's events."""
    session.info.setdefault("entries", []).append(entry)


def audit(session: AsyncSession, entry: AuditEntry) -> None:
    """Add an audit row to the transaction."""
    session.info.setdefault("audit", []).append(entry)


def keep(session: AsyncSession, row: dict[str, Any]) -> None:
    """Keep an answer for its idempotency key; `row` has the columns of the table, bytes as hex."""
    session.info.setdefault("idempotency", []).append(row)


def take(session: AsyncSession) -> tuple[list[Recorded], list[Entry], list[AuditEntry], list[dict[str, Any]]]:
    """Return and clear what the session gathered for its journal."""
    events = list(collected(session))
    entries: list[Entry] = session.info.pop("entries", [])
    audits: list[AuditEntry] = session.info.pop("audit", [])
    kept: list[dict[str, Any]] = session.info.pop("idempotency", [])
    session.info["recorded"] = []
    return events, entries, audits, kept


async def write(session: AsyncSession, source: str, cause: Cause, dresser: Dresser, now: datetime) -> None:
    """Flush and write the whole journal; the caller commits right after.

    Raises TooLarge when an event is over 256 KiB.
    """
    await session.flush()
    if not collected(session) and not session.info.keys() & {"entries", "audit", "idempotency"}:
        return
    dressed = await dresser(session, collected(session))
    events, entries, audits, kept = take(session)
    sent = [*entries, *(_entry(*pair, source, cause, now) for pair in zip(events, dressed, strict=True))]
    audited = [*(_audited(*pair) for pair in zip(events, dressed, strict=True)), *audits]
    connection = await session.connection()
    await connection.exec_driver_sql(
        _WRITE, (*_columns(sent, audited, kept), cause.actor, cause.correlation_id, cause.address)
    )


def _columns(
    sent: list[Entry], audited: list[AuditEntry], kept: list[dict[str, Any]]
) -> tuple[list[Any], ...]:
    """Turn rows into the statement's arrays."""
    return (
        [each.topic for each in sent],
        [each.key for each in sent],
        [dumps(each.headers) for each in sent],
        [each.value for each in sent],
        [each.action for each in audited],
        [each.object_type for each in audited],
        [each.object_id for each in audited],
        [each.version for each in audited],
        [dumps(each.changes) for each in audited],
        [dumps(each) for each in kept],
    )


def _entry(each: Recorded, dressed: Dressed, source: str, cause: Cause, now: datetime) -> Entry:
    """Return the outbox row of an event, or refuse one that is too large."""
    value = orjson.dumps(dressed.body)
    if len(value) > MAX_EVENT_BYTES:
        raise TooLarge(
            detail=f"The change makes an event of {len(value)} bytes; {MAX_EVENT_BYTES} are allowed."
        )
    attributes = Attributes(
        id=new_id(),
        type=each.event.type,
        source=source,
        time=now,
        subject=str(each.event.subject),
        sequence=each.sequence,
        actor=cause.actor,
        correlation_id=cause.correlation_id,
        causation_id=cause.causation_id,
        traceparent=cause.traceparent,
    )
    return Entry(each.event.topic, str(each.event.aggregate_id), headers(attributes), value)


def _audited(each: Recorded, dressed: Dressed) -> AuditEntry:
    """Return the audit row of an event."""
    kind = type(each.aggregate).__name__.lower()
    return AuditEntry(each.event.type, kind, str(each.event.subject), each.sequence, dressed.changes)
