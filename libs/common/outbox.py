"""The outbox as the relay sees it: the oldest rows, and what was acknowledged."""

import contextlib
from dataclasses import dataclass
from typing import Protocol

import asyncpg
import orjson

from libs.common.bus import Message
from libs.common.envelope import wire

# Rows and blocked keys of one snapshot: a key unblocked between two looks would be sent from the floor on.
# The sequence is read as it is at the moment, which is before the look is over: all that the floor asks for.
_OLDEST = """
SELECT (SELECT last_value FROM pg_sequences WHERE sequencename = 'outbox_id_seq') AS high_water,
  blocked.keys, o.* FROM (
  SELECT coalesce(array_agg(topic || ' ' || key), '{}') AS keys FROM outbox_blocked_key
) AS blocked LEFT JOIN LATERAL (
  SELECT id, topic, key, headers::text, value FROM outbox AS o
  WHERE id > $1 AND NOT EXISTS (SELECT FROM outbox_blocked_key AS b WHERE b.topic = o.topic AND b.key = o.key)
  ORDER BY id LIMIT $2
) AS o ON true ORDER BY o.id
"""
_LOCK = 7_305_001
# An outbox is empty whenever its statistics are taken: planned by those, each page reads all of a backlog.
_BY_INDEX = {"enable_seqscan": "off", "enable_bitmapscan": "off"}


@dataclass(frozen=True, slots=True)
class Row:
    """One unsent outbox row."""

    id: int
    message: Message


@dataclass(frozen=True, slots=True)
class Page:
    """The oldest rows above the floor, an id that the sequence had passed before, and the keys left out."""

    rows: list[Row]
    high_water: int
    blocked: frozenset[str]


class OutboxStore(Protocol):
    """What the relay asks of the outbox."""

    async def lead(self) -> bool:
        """Return whether this process is, or now becomes, the one active relay."""
        ...

    async def oldest(self, floor: int, limit: int) -> Page:
        """Return up to `limit` rows with id > floor of unblocked keys, in id order."""
        ...

    async def delete(self, ids: list[int]) -> None:
        """Forget acknowledged rows."""
        ...

    async def block(self, topic: str, key: str, reason: str) -> None:
        """Leave a key out of `oldest` until an operator unblocks it."""
        ...

    async def close(self) -> None:
        """Give up the lead and the connection; `lead` opens a new one."""
        ...


class PostgresOutbox:
    """The outbox table over one direct connection, whose session holds the advisory lock."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._leads = False

    async def lead(self) -> bool:
        """Connect when needed and try the session-level lock; a lost connection loses the lead."""
        if self._connection is None or self._connection.is_closed():
            self._leads = False
            self._connection = await asyncpg.connect(
                self._url, timeout=10, command_timeout=15, server_settings=_BY_INDEX
            )
        if not self._leads:
            self._leads = bool(await self._connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK))
        return self._leads

    async def oldest(self, floor: int, limit: int) -> Page:
        """Read rows, keys and sequence in one look: every lower id was handed out before it is over."""
        found = await self._open().fetch(_OLDEST, floor, limit)
        rows = [_row(each) for each in found if each["id"] is not None]
        return Page(rows, found[0]["high_water"] or 0, frozenset(found[0]["keys"]))

    async def delete(self, ids: list[int]) -> None:
        """Delete by id; a row that is gone already is no error."""
        await self._open().execute("DELETE FROM outbox WHERE id = ANY($1)", ids)

    async def block(self, topic: str, key: str, reason: str) -> None:
        """Insert the blocked key; the first reason stands."""
        sql = "INSERT INTO outbox_blocked_key (topic, key, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        await self._open().execute(sql, topic, key, reason)

    async def close(self) -> None:
        """Close the connection, which frees the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.close(timeout=2)

    def _open(self) -> asyncpg.Connection:
        if self._connection is None:
            raise ConnectionError("the relay has no connection")
        return self._connection


def _row(each: asyncpg.Record) -> Row:
    named = orjson.loads(each["headers"])
    return Row(each["id"], Message(each["topic"], each["key"].encode(), each["value"], wire(named)))
