"""Bugs that others shipped, each as a shim over the shipped code: the checker must find every one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from libs.common.bus import Reader, Record, SendError, TopicPartition
from libs.common.consumer import Consumer
from libs.common.envelope import decode
from libs.common.idempotency import Claim
from libs.common.inbox import InboxTransaction, Move, Placement
from libs.common.journal import Cause
from libs.common.outbox import Page, Row
from libs.common.relay import Relay
from libs.common.track import Share, Track
from tests.chaos.simulator.simulation import Shipped
from tests.chaos.simulator.world import (
    SimulatedIdempotency,
    SimulatedInbox,
    SimulatedOutbox,
    SimulatedTransaction,
)


class IdAboveLast(Relay):
    """`WHERE id > last`: an id that commits later than a higher one is never looked at again."""

    async def _send(self, rows: list[Row]) -> int:
        sent = await super()._send(rows)
        if rows:
            self._floor.value = rows[-1].id
        return sent


class DeletesBeforeItSends(Relay):
    """The rows are gone before anybody has them."""

    async def _send(self, rows: list[Row]) -> int:
        await self._store.delete([row.id for row in rows])
        return await super()._send(rows)


class KeepsItsProducer(Relay):
    """No renewal after a failed send: the broken producer fails for ever."""

    async def _throw_producer_away(self) -> None:
        """Keep it."""


class SendsBehindAFailure(Relay):
    """A failed send lets the later rows of its key pass, with a new producer."""

    async def _outcomes(self, rows: list[Row]) -> list[Exception | None]:
        outcomes: list[Exception | None] = []
        for row in rows:
            try:
                producer = await self._bus.producer()
                await (await producer.send(row.message))
                outcomes.append(None)
            except SendError as error:
                outcomes.append(error)
        return outcomes


class MissesTheUnblocking(Relay):
    """The floor stays where it is when an operator unblocks a key."""

    async def step(self) -> int:
        self._blocked = frozenset()
        return await super().step()


class SkipLocked(SimulatedOutbox):
    """Two active relays, each taking rows that the other one has not."""

    async def lead(self) -> bool:
        await self._life.step("lead")
        return True

    async def oldest(self, floor: int, limit: int) -> Page:
        page = await super().oldest(floor, limit)
        taken = self._world.locks
        rows = [row for row in page.rows if taken.get(("row", row.id)) in {None, self._life.session}]
        mine = rows[::2] if len(rows) > 1 else rows
        for row in mine:
            taken["row", row.id] = self._life.session  # type: ignore[assignment]
        return replace(page, rows=mine)


class OffsetFirst(Consumer):
    """The position is committed before the effect."""

    async def _attempt(self, shares: Sequence[Share]) -> None:
        envelopes = [decode(record) for each in shares for record in each.records]
        moves = [Move(place, track.position, records[-1]) for place, track, records in shares]

        async def move(transaction: InboxTransaction) -> None:
            await transaction.enter(self.group.name, moves)

        await self.inbox.run(Cause("system", "move"), move)
        for _, track, records in shares:
            track.position = records[-1].offset + 1
        await self.inbox.run(Cause("system", "effect"), lambda tx: self.group.applier.apply(tx, envelopes))


class ForgetsWhatItPolled(Consumer):
    """A partition that was polled and not processed is not fetched again."""

    async def _process(self, reader: Reader, place: TopicPartition, records: list[Record]) -> None:
        if place not in self._tracks or self._tracks[place].failures == 0:
            await super()._process(reader, place, records)

    def _back_off(self, reader: Reader, place: TopicPartition, track: Track, error: Exception) -> None:
        """Go on behind it."""


class ForgetsWhatItHolds(Consumer):
    """What waits for something is not kept until it comes."""

    def _hold(self, reader: Reader, shares: Iterable[Share]) -> None:
        """Go on behind it."""


class _Unfenced(SimulatedTransaction):
    async def advance(self, group: str, move: Move) -> bool:
        row = self.world.offsets[group, move.place]
        moved = Placement(row.start, move.last.offset + 1, row.cluster_id)
        self.write(lambda: self.world.offsets.update({(group, move.place): moved}))
        return True


class NoFence(SimulatedInbox):
    """A zombie moves the position like the heir: no compare-and-set."""

    transaction = _Unfenced


class _Unlocked(SimulatedTransaction):
    async def parked(self, group: str, topic: str, keys: Iterable[str]) -> frozenset[str]:
        await self.life.step("parked")
        return frozenset(key for key in keys if (group, topic, key) in self.world.parked_keys)


class RedriveWithoutLock(SimulatedInbox):
    """Consumer and redrive look at a parked key at the same time."""

    transaction = _Unlocked


class ChecksTheKeyWithoutLock(SimulatedIdempotency):
    """Two requests with one key look, both find nothing, both act."""

    async def lock(self, claim: Claim) -> bool:
        return True


PLANTED = {
    "id > last": Shipped(relay=IdAboveLast),
    "delete before send": Shipped(relay=DeletesBeforeItSends),
    "no producer renewal": Shipped(relay=KeepsItsProducer),
    "send behind a failure": Shipped(relay=SendsBehindAFailure),
    "missed unblocking": Shipped(relay=MissesTheUnblocking),
    "two SKIP LOCKED relays": Shipped(outbox=SkipLocked),
    "offset before effect": Shipped(consumer=OffsetFirst),
    "polled and forgotten": Shipped(consumer=ForgetsWhatItPolled),
    "held and forgotten": Shipped(consumer=ForgetsWhatItHolds),
    "no fence": Shipped(inbox=NoFence),
    "redrive without the key's lock": Shipped(inbox=RedriveWithoutLock),
    "key checked without lock": Shipped(idempotency=ChecksTheKeyWithoutLock),
    "one version for two events": Shipped(counts_every_event=False),
}
