"""The inbox over a service's own PostgreSQL database."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import datetime

import asyncpg
from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from libs.common import direct
from libs.common.bus import Record, TopicPartition
from libs.common.envelope import wire
from libs.common.hints import EFFECTS
from libs.common.inbox import InboxTransaction, Key, Known, Move, Park, Placement, Sequence
from libs.common.journal import AuditEntry, Cause, Entry, audit, enqueue
from libs.common.problems import Unavailable
from libs.common.tables import parked_event, parked_key
from libs.common.transaction import Transactions

# SQLSTATE classes of what passes: connection, lost race, resources, lock, operator, system.
_PASSING = frozenset({"08", "40", "53", "55", "57", "58"})
_TIMED_OUT = frozenset({"25P03", "25P04"})

_PLACE = ' "group" = :group AND topic = :topic AND partition = :partition'
_KEYS = ' "group" = :group AND topic = :topic AND key = ANY(:keys)'
_KEY = ' "group" = :group AND topic = :topic AND key = :key'

_ENTER = """
WITH moved AS (
  UPDATE consumer_offset AS o
  SET position = m.last_offset + 1, last_id = m.last_id, last_offset = m.last_offset, last_time = m.last_time
  FROM unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::bigint[], $7::timestamptz[])
    AS m(topic, partition, expected, last_id, last_offset, last_time)
  WHERE o."group" = $1 AND o.topic = m.topic AND o.partition = m.partition AND o.position = m.expected
  RETURNING 1
)
SELECT (SELECT count(*) FROM moved), k.topic, k.key, s.epoch, s.sequence, p.key IS NOT NULL
FROM (VALUES (1)) AS one LEFT JOIN unnest($8::text[], $9::text[]) AS k(topic, key) ON true
LEFT JOIN seen AS s ON s."group" = $1 AND s.topic = k.topic AND s.key = k.key
LEFT JOIN parked_key AS p ON p."group" = $1 AND p.topic = k.topic AND p.key = k.key
"""
_MARK = """
INSERT INTO seen ("group", topic, key, epoch, sequence)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[])
ON CONFLICT ("group", topic, key) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
"""


class PostgresTransaction:
    """InboxTransaction over the tables of `libs.common.tables`."""

    def __init__(self, session: AsyncSession, service: str) -> None:
        self.session, self._service = session, service

    async def enter(self, group: str, moves: Collection[Move], keys: Collection[Key] = ()) -> Known | None:
        """Compare-and-set, which fences a zombie: its transaction finds another position and ends.

        One statement sees one moment: where it finds no parked key, no redrive was under way then, and none
        can begin, for whoever parks a key has to move a position first. A parked one is locked and looked
        at again.
        """
        places = [(*each.place, each.expected, *_last(each.last)) for each in moves]
        wanted = sorted(keys)
        values = (*_columns(places, 6), *_columns(wanted, 2))
        rows = await direct.rows(self.session, _ENTER, group, *values)
        if rows[0][0] != len(moves):
            return None
        if any(row[5] for row in rows):
            return await self._locked(group, wanted)
        return Known(seen={(row[1], row[2]): (row[3], row[4]) for row in rows if row[3] is not None})

    async def _locked(self, group: str, keys: Iterable[Key]) -> Known:
        """Lock the parked ones of keys that come sorted; what a redrive has just done is seen then."""
        by_topic: defaultdict[str, list[str]] = defaultdict(list)
        for topic, key in keys:
            by_topic[topic].append(key)
        parked: set[Key] = set()
        seen: dict[Key, Sequence] = {}
        for topic, names in by_topic.items():
            parked |= {(topic, key) for key in await self.parked(group, topic, names)}
            found = await self.seen(group, topic, names)
            seen |= {(topic, key): last for key, last in found.items()}
        return Known(frozenset(parked), seen)

    async def parked(self, group: str, topic: str, keys: Iterable[str]) -> frozenset[str]:
        """Lock in key order, so that consumer and redrive never deadlock."""
        sql = f"SELECT key FROM parked_key WHERE {_KEYS} ORDER BY key FOR UPDATE"
        found = await self.session.execute(text(sql), {"group": group, "topic": topic, "keys": sorted(keys)})
        return frozenset(found.scalars())

    async def seen(self, group: str, topic: str, keys: Iterable[str]) -> dict[str, Sequence]:
        """Read after the lock on the parked keys, so that a finished redrive is seen."""
        sql = f"SELECT key, epoch, sequence FROM seen WHERE {_KEYS}"
        found = await self.session.execute(text(sql), {"group": group, "topic": topic, "keys": list(keys)})
        return {key: (epoch, sequence) for key, epoch, sequence in found}

    async def start(self, group: str, place: TopicPartition) -> int:
        """Read the offset row."""
        sql = f"SELECT start FROM consumer_offset WHERE {_PLACE}"
        row = {"group": group, "topic": place.topic, "partition": place.partition}
        return int((await self.session.execute(text(sql), row)).scalar_one())

    async def mark(self, group: str, newest: Mapping[Key, Sequence]) -> None:
        """Upsert in sorted order."""
        rows = [(*key, *newest[key]) for key in sorted(newest)]
        await direct.rows(self.session, _MARK, group, *_columns(rows, 4))

    async def park(self, group: str, record: Record, key: str, why: Park | None) -> None:
        """Insert the record and the key; what only an operator can free makes exactly one dead letter."""
        key = _storable(key)
        if why is not None:
            row = {
                "group": group,
                "topic": record.topic,
                "key": key,
                "reason": why.reason,
                "waits_for": why.waits_for,
            }
            await self.session.execute(insert(parked_key).values(row).on_conflict_do_nothing())
        if why is not None and why.waits_for is None:
            enqueue(self.session, self._dead_letter(group, record, key, why))
        await self.session.execute(
            insert(parked_event).values(_parked(group, record, key)).on_conflict_do_nothing()
        )

    async def oldest_parked(self, group: str, topic: str, key: str) -> list[Record]:
        """Read the parked records of one key."""
        sql = f'SELECT * FROM parked_event WHERE {_KEY} ORDER BY partition, "offset"'
        found = await self.session.execute(text(sql), {"group": group, "topic": topic, "key": key})
        return [_unparked(row) for row in found.mappings()]

    async def unpark(self, group: str, record: Record) -> None:
        """Delete one parked record."""
        sql = f'DELETE FROM parked_event WHERE {_PLACE} AND "offset" = :offset'
        place = {
            "group": group,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
        }
        await self.session.execute(text(sql), place)

    async def free(self, group: str, topic: str, key: str) -> None:
        """Delete the parked key."""
        await self.session.execute(
            text(f"DELETE FROM parked_key WHERE {_KEY}"), {"group": group, "topic": topic, "key": key}
        )

    def _dead_letter(self, group: str, record: Record, key: str, why: Park) -> Entry:
        """Return the copy with its reason for the service's dead-letter topic."""
        named = _headers(record)
        origin = {
            "dlq_group": group,
            "dlq_topic": record.topic,
            "dlq_partition": str(record.partition),
            "dlq_offset": str(record.offset),
            "dlq_reason": why.reason,
        }
        return Entry(f"crm.{self._service}.dlq", key, named | origin, record.value)


class PostgresInbox:
    """Inbox over a service's database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def placements(
        self, group: str, places: Iterable[TopicPartition]
    ) -> dict[TopicPartition, Placement]:
        """Read the group's offset rows."""
        async with self._transactions.database.reading.connect() as connection:
            rows = await connection.execute(
                text('SELECT * FROM consumer_offset WHERE "group" = :group'), {"group": group}
            )
            found = {TopicPartition(row.topic, row.partition): _placement(row) for row in rows}
        return {place: found[place] for place in places if place in found}

    async def rebase(
        self, group: str, place: TopicPartition, expected: int, position: int, cluster_id: str
    ) -> None:
        """Compare-and-set the new position, and leave an audit row."""

        async def body(session: AsyncSession) -> None:
            sql = (
                "UPDATE consumer_offset SET position = :position, cluster_id = :cluster_id, last_id = NULL,"
                f" last_offset = NULL WHERE {_PLACE} AND position = :expected"
            )
            row = {"group": group, "topic": place.topic, "partition": place.partition}
            moved = {"expected": expected, "position": position, "cluster_id": cluster_id}
            await session.execute(text(sql), row | moved)
            audit(
                session,
                AuditEntry("consumer.rebased", "partition", f"{place.topic}/{place.partition}", None, moved),
            )

        await self._transactions.run(Cause("system", f"rebase-{group}"), body)

    async def run[T](self, cause: Cause, body: Callable[[InboxTransaction], Awaitable[T]]) -> T:
        """Run in the service's own transaction, with its journal."""

        async def within(session: AsyncSession) -> T:
            return await body(PostgresTransaction(session, self._transactions.source))

        done = await self._transactions.run(cause, within)
        self._transactions.database.hints.tell(EFFECTS)
        return done

    async def retryable(self, group: str, now: datetime) -> list[tuple[str, str]]:
        """Read parked keys that are due."""
        sql = (
            'SELECT topic, key FROM parked_key WHERE "group" = :group AND waits_for IS NOT NULL'
            " AND retry_at <= :now ORDER BY retry_at LIMIT 100"
        )
        async with self._transactions.database.reading.connect() as connection:
            return [
                (row.topic, row.key)
                for row in await connection.execute(text(sql), {"group": group, "now": now})
            ]

    async def postpone(self, group: str, topic: str, key: str, until: datetime) -> None:
        """Count the try."""
        sql = f"UPDATE parked_key SET tries = tries + 1, retry_at = :until WHERE {_KEY}"
        async with self._transactions.database.reading.connect() as connection:
            await connection.execute(text(sql), {"group": group, "topic": topic, "key": key, "until": until})

    async def count_parked(self, group: str) -> int:
        """Count those that wait for nothing else."""
        async with self._transactions.database.reading.connect() as connection:
            sql = text('SELECT count(*) FROM parked_key WHERE "group" = :group AND waits_for IS NULL')
            return int((await connection.execute(sql, {"group": group})).scalar_one())

    def is_transient(self, error: BaseException) -> bool:
        """Connections, time limits and lost races pass; everything else would fail again."""
        if isinstance(error, Unavailable | OSError | TimeoutError | StaleDataError):
            return True
        cause = getattr(error, "orig", error)
        code = getattr(cause, "sqlstate", None)
        if code is not None:
            return code[:2] in _PASSING or code in _TIMED_OUT
        if isinstance(error, DBAPIError):
            # The driver itself refused: a lost connection passes, a value that fits no column never.
            is_unfit = isinstance(cause, ValueError) or isinstance(cause.__cause__, ValueError)
            return error.connection_invalidated or not is_unfit
        return isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError)


def _last(record: Record) -> tuple[object, ...]:
    """Return what is kept of the last record of a partition."""
    return record.header("ce_id"), record.offset, record.timestamp


def _columns(rows: Collection[tuple[object, ...]], width: int) -> list[list[object]]:
    """Return rows as one list for each of their columns."""
    return [[row[at] for row in rows] for at in range(width)]


def _placement(row: object) -> Placement:
    return Placement(*(getattr(row, name) for name in Placement.__dataclass_fields__))


def _parked(group: str, record: Record, key: str) -> dict[str, object]:
    """Return the row of a parked record."""
    return {
        "group": group,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": key,
        "timestamp": record.timestamp,
        "headers": _headers(record),
        "value": record.value,
    }


def _headers(record: Record) -> dict[str, str]:
    """Return headers as text; bytes that are no UTF-8 survive as escapes."""
    return {
        _storable(name): _storable(value.decode(errors="backslashreplace")) for name, value in record.headers
    }


def _storable(value: str) -> str:
    """Return the text without what PostgreSQL cannot keep."""
    return value.replace("\0", "\\x00")


def _unparked(row: RowMapping) -> Record:
    """Return the record of a row."""
    return Record(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        timestamp=row["timestamp"],
        key=row["key"].encode(),
        value=row["value"],
        headers=wire(dict(row["headers"])),
    )
