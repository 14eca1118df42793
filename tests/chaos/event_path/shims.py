"""Planted bugs of the real event path: subclasses of the shipped code, by the name that a test orders."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import TopicPartition
from libs.common.consumer import Consumer
from libs.common.envelope import decode
from libs.common.inbox import InboxTransaction, Key, Known, Move
from libs.common.inbox_postgres import PostgresInbox, PostgresTransaction
from libs.common.journal import Cause
from libs.common.outbox import Page, PostgresOutbox
from libs.common.relay import Relay
from libs.common.track import Share
from tests.chaos.simulator.planted import DeletesBeforeItSends, IdAboveLast, KeepsItsProducer


class SkipLocked(PostgresOutbox):
    """Two active relays: each takes rows that the other one has not locked, in a transaction of its own."""

    async def lead(self) -> bool:
        await super().lead()
        return True

    async def oldest(self, floor: int, limit: int) -> Page:
        page = await super().oldest(floor, limit)
        connection = self._open()
        await connection.execute("BEGIN")
        ids = [row.id for row in page.rows]
        sql = "SELECT id FROM outbox WHERE id = ANY($1) ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED"
        mine = {row["id"] for row in await connection.fetch(sql, ids)}
        if not mine:
            await connection.execute("COMMIT")
        return Page([row for row in page.rows if row.id in mine], page.high_water, page.blocked)

    async def delete(self, ids: list[int]) -> None:
        await super().delete(ids)
        await self._open().execute("COMMIT")


RELAYS: dict[str, tuple[type[Relay], type[PostgresOutbox]]] = {
    "shipped": (Relay, PostgresOutbox),
    "id > last": (IdAboveLast, PostgresOutbox),
    "delete before send": (DeletesBeforeItSends, PostgresOutbox),
    "no renewal": (KeepsItsProducer, PostgresOutbox),
    "skip locked": (Relay, SkipLocked),
}


class OffsetFirst(Consumer):
    """The position is committed before the effect."""

    async def _attempt(self, shares: Sequence[Share]) -> None:
        envelopes = [decode(record) for each in shares for record in each.records]
        moves = [Move(place, track.position, records[-1]) for place, track, records in shares]

        async def move(transaction: InboxTransaction) -> None:
            await transaction.enter(self.group.name, moves)

        async def effect(transaction: InboxTransaction) -> None:
            await self.group.applier.apply(transaction, envelopes)

        await self.inbox.run(Cause("system", "move"), move)
        for _, track, records in shares:
            track.position = records[-1].offset + 1
        await self.inbox.run(Cause("system", "effect"), effect)


class ParksTheUnknown(Consumer):
    """A strict reader: an event type that it does not know is an error."""

    async def _attempt(self, shares: Sequence[Share]) -> None:
        if any(decode(record).event is None for each in shares for record in each.records):
            raise LookupError("unknown type")
        await super()._attempt(shares)


class _Unfenced(PostgresTransaction):
    async def enter(self, group: str, moves: Collection[Move], keys: Collection[Key] = ()) -> Known | None:
        connection = await self.session.connection()
        found = await connection.exec_driver_sql(
            'SELECT topic, partition, position FROM consumer_offset WHERE "group" = $1', (group,)
        )
        stands = {TopicPartition(row.topic, row.partition): row.position for row in found}
        moved = [each._replace(expected=stands[each.place]) for each in moves]
        return await super().enter(group, moved, keys)


class _Unlocked(PostgresTransaction):
    async def parked(self, group: str, topic: str, keys: Iterable[str]) -> frozenset[str]:
        connection = await self.session.connection()
        found = await connection.exec_driver_sql(
            'SELECT key FROM parked_key WHERE "group" = $1 AND topic = $2 AND key = ANY($3)',
            (group, topic, list(keys)),
        )
        return frozenset(found.scalars())


class _SlowUnlocked(_Unlocked):
    async def parked(self, group: str, topic: str, keys: Iterable[str]) -> frozenset[str]:
        parked = await super().parked(group, topic, keys)
        if parked and SlowUnlocked.pause is not None:
            await SlowUnlocked.pause.met()
        return parked


class _Forgetful(PostgresTransaction):
    async def enter(self, group: str, moves: Collection[Move], keys: Collection[Key] = ()) -> Known | None:
        known = await super().enter(group, moves, keys)
        return known and replace(known, seen={})


class _Shimmed(PostgresInbox):
    transaction: type[PostgresTransaction]

    async def run[T](self, cause: Cause, body: Callable[[InboxTransaction], Awaitable[T]]) -> T:
        async def within(session: AsyncSession) -> T:
            return await body(self.transaction(session, self._transactions.source))

        return await self._transactions.run(cause, within)


class Unfenced(_Shimmed):
    """A zombie moves the position wherever it stands: no compare-and-set."""

    transaction = _Unfenced


class Unlocked(_Shimmed):
    """Consumer and redrive look at a parked key without its lock."""

    transaction = _Unlocked


@dataclass
class Pause:
    """Time that passes between a look and what is decided by it, for as long as a test wants."""

    looked: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def met(self) -> None:
        self.looked.set()
        await self.over.wait()


class SlowUnlocked(_Shimmed):
    """The same; who has looked at a parked key then waits for the pause to be over."""

    transaction = _SlowUnlocked
    pause: ClassVar[Pause | None] = None


class Forgetful(_Shimmed):
    """Nothing is remembered of what was applied."""

    transaction = _Forgetful
