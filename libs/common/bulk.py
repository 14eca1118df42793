"""A new version of a read model filled in bulk: each partition folded in memory, then copied in.

All events of a key stand in one partition, so that nothing of a key is in the tables yet while it is folded,
and memory holds the keys of one partition. Filling ends before whatever is out of the ordinary, a gap or a
record that cannot be read: the consumer goes on there, which knows what becomes of it.
"""

import asyncio
import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Bus, Reader, Record, TopicPartition
from libs.common.consumer import FencedError
from libs.common.envelope import Envelope, PoisonError, decoded
from libs.common.group import GapError, NotYetError, fresh
from libs.common.inbox import Key, Move, Placement
from libs.common.inbox import Sequence as Last
from libs.common.inbox_postgres import PostgresInbox, PostgresTransaction
from libs.common.journal import Cause
from libs.common.projection import Projection, Version
from libs.common.transaction import Transactions

log = logging.getLogger(__name__)
# What a page decodes to stays in the processor's cache until it is folded: large ones take a fifth longer.
_PAGE = 100
_POLL = 0.2
# Records of one partition that are held in memory at most; the consumer goes on behind them.
_MOST = 2_000_000
# Polls without anything, after which the rest of a partition is left to the consumer.
_EMPTY = 100


class Fold(Protocol):
    """What one partition's events come to, in memory."""

    def take(self, envelopes: Sequence[Envelope]) -> None:
        """Take events in, in order per key, each once."""
        ...

    async def keep(self, session: AsyncSession) -> None:
        """Write it into this version's own tables, which hold nothing of these keys yet."""
        ...


@runtime_checkable
class InBulk(Projection, Protocol):
    """A read model that is filled faster as a whole than batch by batch."""

    def in_memory(self) -> Fold:
        """Return a fold that has taken nothing yet."""
        ...


async def copy(
    session: AsyncSession, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows by COPY, in the session's transaction; a jsonb is given as text."""
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    schema = await driver.fetchval("SELECT current_schema()")
    await driver.copy_records_to_table(table, records=rows, columns=list(columns), schema_name=schema)


@dataclass(slots=True)
class _Read:
    """One partition, as far as it has been read."""

    place: TopicPartition
    row: Placement
    fold: Fold
    at: int
    last: Record | None = None
    seen: dict[Key, Last] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bulk:
    """Fills one version, up to the ends that stood when it began; no worker may know of it yet."""

    version: Version
    projection: InBulk
    bus: Bus
    transactions: Transactions
    slot: str

    async def fill(self) -> None:
        """Fold partition after partition; what was left out is at the consumer's position still."""
        group = self.version.group
        ends = await self.bus.ends(group.topics)
        rows = await PostgresInbox(self.transactions).placements(group.name, ends)
        filled = [place for place in sorted(rows) if rows[place].position < ends[place]]
        reader = await self.bus.reader(group.name, group.topics, self.slot)
        writing: asyncio.Task[None] | None = None
        # Hundreds of thousands of objects come and go here, none of them in a circle.
        gc.disable()
        try:
            waiting = await _assigned(reader, rows)
            for place in (each for each in filled if each in waiting):
                read = await self._read(reader, place, rows[place], ends[place])
                if writing is not None:
                    await writing
                writing = asyncio.create_task(self._write(read)) if read else None
            if writing is not None:
                await writing
        finally:
            gc.enable()
            if writing is not None and not writing.done():
                writing.cancel()
            await reader.close()

    async def _read(self, reader: Reader, place: TopicPartition, row: Placement, end: int) -> _Read | None:
        """Return a partition folded as far as it is in order; None when that is nowhere."""
        read = _Read(place, row, self.projection.in_memory(), row.position)
        end = min(end, row.position + _MOST)
        reader.resume(place)
        empty = 0
        try:
            while read.at < end and empty < _EMPTY:
                records = (await reader.poll(_POLL, _PAGE)).get(place, [])
                empty = 0 if records else empty + 1
                if records and records[-1].offset >= end:
                    records = [each for each in records if each.offset < end]
                _take(read, records)
        except (GapError, PoisonError) as error:
            log.warning("%s is left to the consumer at %d: %s", place, read.at, type(error).__name__)
        finally:
            reader.pause(place)
        return read if read.last is not None else None

    async def _write(self, read: _Read) -> None:
        """Write what a partition came to, its position and its keys, in one transaction."""
        try:
            await self.transactions.run(
                Cause("system", f"rebuild-{self.projection.name}"), partial(self._within, read)
            )
        except NotYetError:
            log.warning("%s is left to the consumer: NotYetError", read.place)

    async def _within(self, read: _Read, session: AsyncSession) -> None:
        assert read.last is not None  # noqa: S101 - a partition without records is not written
        for limit in ("transaction_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            await session.execute(text(f"SET LOCAL {limit} = 0"))
        name = self.version.group.name
        transaction = PostgresTransaction(session, self.version.service)
        if await transaction.enter(name, [Move(read.place, read.row.position, read.last)]) is None:
            raise FencedError(f"{name}: somebody else moved {read.place}")
        seen = [(name, *key, *last) for key, last in read.seen.items()]
        await copy(session, "seen", ("group", "topic", "key", "epoch", "sequence"), seen)
        await session.execute(text(f"SET LOCAL search_path TO {self.version.schema}, public"))
        await read.fold.keep(session)


def _take(read: _Read, records: Sequence[Record]) -> None:
    """Fold records into what was read before them."""
    if records:
        envelopes = [decoded(each) for each in records]
        new, newest = fresh(envelopes, read.seen, {read.place: read.row.start})
        read.fold.take(new)
        read.seen |= newest
        read.at, read.last = records[-1].offset + 1, records[-1]


async def _assigned(reader: Reader, rows: Mapping[TopicPartition, Placement]) -> frozenset[TopicPartition]:
    """Return the partitions that are this member's, each placed at its position and paused."""
    for _ in range(_EMPTY):
        await reader.poll(_POLL, 1)
        waiting = reader.unplaced()
        if waiting:
            for place in waiting & rows.keys():
                reader.place(place, rows[place].position)
                reader.pause(place)
            return waiting
    return frozenset()
