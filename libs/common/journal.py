"""The journal of a transaction: outbox, audit and idempotency rows, written as one statement before COMMIT.

Events travel through the outbox; five single statements would cost about a third of the write rate
(architecture.md 6), so everything goes over as arrays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.copies import Copy
from libs.common.db import Aggregate, Recorded, collected, dumps, gather, take_also
from libs.common.envelope import Attributes, encode, headers
from libs.common.events import MAX_EVENT_BYTES
from libs.common.ids import new_id_text, text_of
from libs.common.problems import TooLarge
from libs.common.rows import Statement, add_rows

# Each is a part of one statement. Rows travel as one JSON text, which costs a third of an array per column.
_SENT = """
sent AS (
  INSERT INTO outbox (topic, key, headers, value)
  SELECT topic, key, headers || (SELECT jsonb_build_object('ce_epoch', max(number)::text) FROM epoch), value
  FROM ROWS FROM (
    json_to_recordset(${0}::text::json) AS (topic text, key text, headers jsonb), unnest(${1}::bytea[])
  ) WITH ORDINALITY AS o(topic, key, headers, value, n)
  WHERE {condition}
  ORDER BY n
)"""
_AUDITED = """
audited AS (
  INSERT INTO audit (action, object_type, object_id, version, changes, actor, correlation_id, address)
  SELECT action, object_type, object_id, version, changes, ${1}, ${2}, ${3}
  FROM ROWS FROM (
    json_to_recordset(${0}::text::json)
      AS (action text, object_type text, object_id text, version bigint, changes jsonb)
  ) WITH ORDINALITY AS a(action, object_type, object_id, version, changes, n)
  ORDER BY n
)"""
_KEPT = """
kept AS (
  INSERT INTO idempotency (principal, route, key, request_hash, status, headers, body, subjects)
  SELECT i->>'principal', i->>'route', i->>'key', decode(i->>'request_hash', 'hex'),
         (i->>'status')::smallint, i->'headers', decode(i->>'body', 'hex'),
         ARRAY(SELECT jsonb_array_elements_text(i->'subjects'))
  FROM unnest(${0}::text[]) AS t(j), LATERAL (SELECT t.j::jsonb AS i) AS x
)"""

_OUTBOX = ("topic", "key", "headers", "value")
_AUDIT = ("action", "object_type", "object_id", "version", "changes", "actor", "correlation_id", "address")
# From so many events on they are copied: three trips more to the database, and 20 us less an event there.
_MANY = 300


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
    key: str | UUID
    headers: Mapping[str, str | UUID]
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
    """An event's fields and its audit changes, with everything personal encrypted."""

    fields: dict[str, Any]
    changes: dict[str, Any]


class Dresser(Protocol):
    """Turns recorded events into what may be stored and sent: encrypted, and stamped with owner_path."""

    async def __call__(self, session: AsyncSession, events: Sequence[Recorded], /) -> list[Dressed]:
        """Return one Dressed per event, in the same order."""
        ...


async def plain(_: AsyncSession, events: Sequence[Recorded]) -> list[Dressed]:
    """Dress events that hold nothing personal."""
    return [Dressed(dict(each.event), dict(each.changes)) for each in events]


type _Taken = tuple[Sequence[Recorded], Sequence[Entry], Sequence[AuditEntry]]


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


async def write(
    session: AsyncSession, source: str, cause: Cause, dresser: Dresser, now: datetime
) -> Statement | None:
    """Return the statement that writes what the session holds and the whole journal; None for nothing.

    The caller runs it and commits right after; the session is empty from here on. Raises TooLarge when an
    event is over 256 KiB.
    """
    statement = Statement()
    await _add_aggregates(session, statement)
    dressed = await dresser(session, collected(session)) if collected(session) else []
    events, entries, audits, kept = take(session)
    told = _Told(source, cause, now)
    if len(events) < _MANY:
        _add_journal(statement, told, (events, entries, audits), dressed)
    else:
        statement.copies = await _copies(session, told, (events, entries, audits), dressed)
    for number, (change, given) in enumerate(take_also(session)):
        _add(statement, f"also{number} AS ({change})", *given)
    if kept:
        _add(statement, _KEPT, [dumps(each) for each in kept])
    return statement if statement.parts or statement.copies else None


def _add_journal(statement: Statement, told: "_Told", taken: _Taken, dressed: Sequence[Dressed]) -> None:
    """Add outbox and audit rows to the statement."""
    events, entries, audits = taken
    rows = [{"topic": each.topic, "key": each.key, "headers": each.headers} for each in entries]
    rows += [told.row(each) for each in events]
    values = [*(each.value for each in entries), *map(_value, dressed)]
    audited = [*(_audited(*pair) for pair in zip(events, dressed, strict=True)), *map(_audit_row, audits)]
    if rows:
        _add(statement, _SENT, dumps(rows), values, condition=statement.condition)
    if audited:
        cause = told.cause
        _add(statement, _AUDITED, dumps(audited), cause.actor, cause.correlation_id, cause.address)


async def _copies(
    session: AsyncSession, told: "_Told", taken: _Taken, dressed: Sequence[Dressed]
) -> list[Copy]:
    """Return outbox and audit rows to be copied behind the statement."""
    events, entries, audits = taken
    pairs = list(zip(events, dressed, strict=True))
    connection = await session.connection()
    found = await connection.exec_driver_sql("SELECT max(number)::text FROM epoch")
    epoch = {"ce_epoch": found.scalar_one()}
    sent = [(each.topic, str(each.key), dumps({**each.headers, **epoch}), each.value) for each in entries]
    sent += [(*told.record(each, epoch), _value(one)) for each, one in pairs]
    by = (told.cause.actor, told.cause.correlation_id, told.cause.address)
    rows = [_audited(*pair) for pair in pairs] + [_audit_row(each) for each in audits]
    audited = [_audit_record(each, by) for each in rows]
    return [Copy("outbox", _OUTBOX, sent), Copy("audit", _AUDIT, audited)]


async def _add_aggregates(session: AsyncSession, statement: Statement) -> None:
    """Take the changed aggregates out of the session and into the statement.

    What else is mapped knows no version and no event; then SQLAlchemy writes everything.
    """
    held = (*session.new, *session.dirty, *session.deleted)
    if not all(isinstance(each, Aggregate) for each in held):
        await session.flush()
    elif held:
        add_rows(statement, gather(session.sync_session), collected(session))
        session.expunge_all()


def _add(statement: Statement, part: str, *parameters: Any, condition: str = "") -> None:
    first = statement.take(parameters)
    statement.parts.append(_numbered(part, first, len(parameters), condition))


@lru_cache(maxsize=1024)
def _numbered(part: str, first: int, count: int, condition: str) -> str:
    return part.format(*range(first, first + count), condition=condition)


class _Told:
    """Makes the outbox rows of one transaction's events; what they have in common is made once."""

    def __init__(self, source: str, cause: Cause, now: datetime) -> None:
        self.cause = cause
        self._source, self._now = source, now
        self._common: dict[str, dict[str, Any]] = {}
        self._begun: dict[str, str] = {}

    def row(self, each: Recorded) -> dict[str, Any]:
        """Return the outbox row of an event, without its value."""
        event = each.event
        common = self._common.get(event.type) or self._headers(event.type)
        own = {"ce_id": new_id_text(), "ce_subject": event.subject, "ce_sequence": str(each.sequence)}
        return {"topic": event.topic, "key": event.aggregate_id, "headers": common | own}

    def record(self, each: Recorded, epoch: dict[str, str]) -> tuple[str, str, str]:
        """Return topic, key and headers of an event as texts; no value in these headers needs an escape."""
        event = each.event
        begun = self._begun.get(event.type)
        if begun is None:
            common = self._headers(event.type) | epoch
            own = ("ce_id", "ce_subject", "ce_sequence")
            begun = dumps({name: common[name] for name in common if name not in own}).removesuffix("}")
            self._begun[event.type] = begun
        subject = text_of(event.subject)
        own_text = f'"ce_id":"{new_id_text()}","ce_subject":"{subject}","ce_sequence":"{each.sequence}"'
        return event.topic, text_of(event.aggregate_id), f"{begun},{own_text}}}"

    def _headers(self, kind: str) -> dict[str, Any]:
        """Return the headers of a type's events, each of which puts its own id, subject and sequence in."""
        cause = self.cause
        attributes = Attributes(
            id=UUID(int=0),
            type=kind,
            source=self._source,
            time=self._now,
            subject="",
            sequence=0,
            actor=cause.actor,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            traceparent=cause.traceparent,
        )
        self._common[kind] = headers(attributes)
        return self._common[kind]


def _value(dressed: Dressed) -> bytes:
    """Return what an event says, or refuse one that is too large."""
    value = encode(dressed.fields)
    if len(value) > MAX_EVENT_BYTES:
        raise TooLarge(
            detail=f"The change makes an event of {len(value)} bytes; {MAX_EVENT_BYTES} are allowed."
        )
    return value


def _audited(each: Recorded, dressed: Dressed) -> dict[str, Any]:
    """Return the audit row of an event."""
    return {
        "action": each.event.type,
        "object_type": type(each.aggregate).__name__.lower(),
        "object_id": each.event.subject,
        "version": each.sequence,
        "changes": dressed.changes,
    }


def _audit_record(row: dict[str, Any], by: tuple[str | None, ...]) -> tuple[Any, ...]:
    """Return an audit row as COPY takes it."""
    identity = row["object_id"]
    object_id = identity if isinstance(identity, str) else text_of(identity)
    return row["action"], row["object_type"], object_id, row["version"], dumps(row["changes"]), *by


def _audit_row(each: AuditEntry) -> dict[str, Any]:
    names = ("action", "object_type", "object_id", "version", "changes")
    return {name: getattr(each, name) for name in names}
