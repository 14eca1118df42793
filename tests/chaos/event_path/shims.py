"""Planted bugs of the real event path: subclasses of the shipped code, by the name that a test orders."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Record, TopicPartition
from libs.common.consumer import Consumer, Track
from libs.common.envelope import decode
from libs.common.inbox import InboxTransaction, PostgresInbox, PostgresTransaction
from libs.common.journal import Cause
from libs.common.outbox import Page, PostgresOutbox
from libs.common.relay import Relay
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

    async def _attempt(self, place: TopicPartition, track: Track, records: list[Record]) -> None:
        envelopes = [decode(record) for record in records]

        async def move(transaction: InboxTransaction) -> None:
            await transaction.advance(self.group.name, place, track.position, records[-1])

        async def effect(transaction: InboxTransaction) -> None:
            await self.group.applier.apply(transaction, envelopes)

        await self.inbox.run(Cause("system", "move"), move)
        track.position = records[-1].offset + 1
        await self.inbox.run(Cause("system", "effect"), effect)


class ParksTheUnknown(Consumer):
    """A strict reader: an event type that it does not know is an error."""

    async def _attempt(self, place: TopicPartition, track: Track, records: list[Record]) -> None:
        if any(decode(record).event is None for record in records):
            raise LookupError("unknown type")
        await super()._attempt(place, track, records)


class _Unfenced(PostgresTransaction):
    async def advance(self, group: str, place: TopicPartition, expected: int, last: Record) -> bool:
        row = await self.session.connection()
        found = await row.exec_driver_sql(
            'SELECT position FROM consumer_offset WHERE "group" = $1 AND topic = $2 AND partition = $3',
            (group, place.topic, place.partition),
        )
        return await super().advance(group, place, found.scalar_one(), last)


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
    async def seen(self, group: str, topic: str, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
        return {}


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
