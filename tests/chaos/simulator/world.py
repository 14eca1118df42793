"""One service's database in memory: committed state, row locks, and the stores of the three machines."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from libs.common.bus import Message, Record, TopicPartition
from libs.common.idempotency import Answer, Claim, Kept
from libs.common.inbox import InboxTransaction, Key, Known, Move, Park, Placement, Sequence
from libs.common.journal import Cause
from libs.common.outbox import Page, Row
from tests.chaos.simulator.chaos import Life

# Short, so that a run sees the relay's floor move.
TRANSACTION_TIMEOUT = 3.0

type Keyed = tuple[str, str, str]


@dataclass(slots=True)
class World:
    """What is committed."""

    outbox: dict[int, Row] = field(default_factory=dict)
    last_id: int = 0
    leader: object = None
    blocked: set[tuple[str, str]] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=dict)
    poison: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    offsets: dict[tuple[str, TopicPartition], Placement] = field(default_factory=dict)
    seen: dict[Keyed, Sequence] = field(default_factory=dict)
    parked_keys: dict[Keyed, tuple[Park, datetime]] = field(default_factory=dict)
    parked_events: dict[Keyed, list[Record]] = field(default_factory=lambda: defaultdict(list))
    dead_letters: list[Record] = field(default_factory=list)
    effects: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, Kept] = field(default_factory=dict)
    starts: dict[tuple[str, TopicPartition], int] = field(default_factory=dict)
    recorded: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    locks: dict[Any, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def note_parked(self, name: Keyed, why: Park, at: datetime) -> None:
        """Keep the first reason."""
        self.parked_keys.setdefault(name, (why, at))

    def bury(self, life: Life) -> None:
        """Drop the session of a process that died."""
        if self.leader is life.session:
            self.leader = None


class Transaction:
    """Writes wait until the commit, reads see what is committed, locks last to the end."""

    def __init__(self, world: World, life: Life) -> None:
        self.world, self.life = world, life
        self._deadline = asyncio.get_running_loop().time() + TRANSACTION_TIMEOUT
        self._writes: list[Callable[[], None]] = []
        self._held: list[Any] = []

    def write(self, change: Callable[[], None]) -> None:
        """Apply a change with the commit."""
        self._writes.append(change)

    async def lock(self, name: Any) -> None:
        """Wait for a row lock."""
        if name not in self._held:
            await self.world.locks[name].acquire()
            self._held.append(name)

    def try_lock(self, name: Any) -> bool:
        """Take a lock that nobody holds."""
        if self.world.locks[name].locked():
            return False
        # An uncontended acquire never suspends, so it may be driven by hand.
        taking = self.world.locks[name].acquire()
        try:
            taking.send(None)
        except StopIteration:
            self._held.append(name)
        return True

    async def commit(self) -> None:
        """Make the writes visible at once; whether the caller hears of it is another matter."""
        await self.life.step("before commit", 0.01)
        if asyncio.get_running_loop().time() > self._deadline:
            raise ConnectionResetError("transaction_timeout")
        for change in self._writes:
            change()
        await self.life.step("commit unknown", 0.01)

    def end(self) -> None:
        """Let the locks go."""
        for name in self._held:
            self.world.locks[name].release()
        self._held.clear()


async def transact[T](world: World, life: Life, body: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run a body in one transaction."""
    transaction = Transaction(world, life)
    try:
        result = await body(transaction)
        await transaction.commit()
    finally:
        transaction.end()
    return result


class SimulatedOutbox:
    """OutboxStore; the session dies with its process, or is taken away behind its back."""

    def __init__(self, world: World, life: Life) -> None:
        self._world, self._life = world, life

    async def lead(self) -> bool:
        await self._life.step("lead", 0.005)
        if self._world.leader is None:
            self._world.leader = self._life.session
        return self._world.leader is self._life.session

    async def oldest(self, floor: int, limit: int) -> Page:
        await self._life.step("oldest", 0.005)
        high_water = self._world.last_id
        await self._life.step("between sequence and rows")
        blocked = set(self._world.blocked)
        rows = [
            row
            for number, row in sorted(self._world.outbox.items())
            if number > floor and (row.message.topic, row.message.key.decode()) not in blocked
        ]
        return Page(rows[:limit], high_water, frozenset(f"{topic} {key}" for topic, key in blocked))

    async def delete(self, ids: list[int]) -> None:
        await self._life.step("before delete", 0.01)
        for number in ids:
            self._world.outbox.pop(number, None)
        await self._life.step("after delete", 0.01)

    async def block(self, topic: str, key: str, reason: str) -> None:
        await self._life.step("block")
        self._world.blocked.add((topic, key))

    async def close(self) -> None:
        self._world.bury(self._life)


class SimulatedTransaction(Transaction):
    """InboxTransaction."""

    session: Any = SimpleNamespace(info={})

    async def enter(self, group: str, moves: Collection[Move], keys: Collection[Key] = ()) -> Known | None:
        for each in sorted(moves, key=lambda one: one.place):
            if not await self.advance(group, each):
                return None
        parked: set[Key] = set()
        seen: dict[Key, Sequence] = {}
        for topic in sorted({topic for topic, _ in keys}):
            names = [key for name, key in keys if name == topic]
            parked |= {(topic, key) for key in await self.parked(group, topic, names)}
            seen |= {(topic, key): last for key, last in (await self.seen(group, topic, names)).items()}
        return Known(frozenset(parked), seen)

    async def advance(self, group: str, move: Move) -> bool:
        place, last = move.place, move.last
        await self.life.step("advance", 0.005)
        await self.lock(("offset", group, place))
        row = self.world.offsets[group, place]
        if row.position != move.expected:
            return False
        moved = replace(
            row,
            position=last.offset + 1,
            last_id=last.header("ce_id"),
            last_offset=last.offset,
            last_time=last.timestamp,
        )
        self.write(lambda: self.world.offsets.update({(group, place): moved}))
        return True

    async def parked(self, group: str, topic: str, keys: Iterable[str]) -> frozenset[str]:
        for key in sorted(keys):
            if (group, topic, key) in self.world.parked_keys:
                await self.lock(("parked", group, topic, key))
        await self.life.step("parked")
        return frozenset(key for key in keys if (group, topic, key) in self.world.parked_keys)

    async def seen(self, group: str, topic: str, keys: Iterable[str]) -> dict[str, Sequence]:
        await self.life.step("seen")
        return {
            key: self.world.seen[group, topic, key] for key in keys if (group, topic, key) in self.world.seen
        }

    async def start(self, group: str, place: TopicPartition) -> int:
        return self.world.offsets[group, place].start

    async def mark(self, group: str, newest: Mapping[Key, Sequence]) -> None:
        self.write(lambda: self.world.seen.update({(group, *key): last for key, last in newest.items()}))

    async def park(self, group: str, record: Record, key: str, why: Park | None) -> None:
        name = (group, record.topic, key)
        if why is not None:
            await self.lock(("parked", *name))
            self.write(lambda: self.world.note_parked(name, why, record.timestamp))
            if why.waits_for is None:
                self.write(lambda: self.world.dead_letters.append(record))
        self.write(lambda: self.world.parked_events[name].append(record))

    async def oldest_parked(self, group: str, topic: str, key: str) -> list[Record]:
        await self.life.step("oldest parked")
        return list(self.world.parked_events[group, topic, key])

    async def unpark(self, group: str, record: Record) -> None:
        records = self.world.parked_events[group, record.topic, record.key.decode()]
        self.write(lambda: records.remove(record) if record in records else None)

    async def free(self, group: str, topic: str, key: str) -> None:
        self.write(lambda: self.world.parked_keys.pop((group, topic, key), None) and None)

    def effect(self, group: str, key: str, sequence: int) -> None:
        """The effect whose number the checker counts."""
        self.write(lambda: self.world.effects[group, key].append(sequence))
        self.write(lambda: self.world.known[group].add(key))


class SimulatedInbox:
    """Inbox."""

    transaction = SimulatedTransaction

    def __init__(self, world: World, life: Life) -> None:
        self._world, self._life = world, life

    async def placements(
        self, group: str, places: Iterable[TopicPartition]
    ) -> dict[TopicPartition, Placement]:
        await self._life.step("placements", 0.005)
        return {place: self._world.offsets[group, place] for place in places}

    async def rebase(
        self, group: str, place: TopicPartition, expected: int, position: int, cluster_id: str
    ) -> None:
        raise AssertionError("no topic is made anew here")

    async def run[T](self, cause: Cause, body: Callable[[InboxTransaction], Awaitable[T]]) -> T:
        transaction = self.transaction(self._world, self._life)
        try:
            result = await body(transaction)
            await transaction.commit()
        finally:
            transaction.end()
        return result

    async def retryable(self, group: str, now: datetime) -> list[tuple[str, str]]:
        await self._life.step("retryable", 0.005)
        return [
            (topic, key)
            for (name, topic, key), (why, retry_at) in self._world.parked_keys.items()
            if name == group and why.waits_for is not None and retry_at <= now
        ]

    async def postpone(self, group: str, topic: str, key: str, until: datetime) -> None:
        await self._life.step("postpone", 0.005)
        if found := self._world.parked_keys.get((group, topic, key)):
            self._world.parked_keys[group, topic, key] = (found[0], until)

    async def count_parked(self, group: str) -> int:
        keys = self._world.parked_keys.items()
        return sum(name == group and why.waits_for is None for (name, _, _), (why, _) in keys)

    def is_transient(self, error: BaseException) -> bool:
        return isinstance(error, OSError)


class SimulatedIdempotency:
    """IdempotencyStore inside a transaction."""

    def __init__(self, transaction: Transaction, now: Callable[[], datetime]) -> None:
        self._transaction, self._now = transaction, now

    async def lock(self, claim: Claim) -> bool:
        await self._transaction.life.step("key lock")
        return self._transaction.try_lock(("key", claim.key))

    async def find(self, claim: Claim) -> Kept | None:
        await self._transaction.life.step("key look")
        return self._transaction.world.answers.get(claim.key)

    async def forget(self, claim: Claim) -> None:
        self._transaction.world.answers.pop(claim.key, None)

    async def keep(self, claim: Claim, answer: Answer) -> None:
        kept = Kept(claim.request_hash, answer, self._now())
        self._transaction.write(lambda: self._transaction.world.answers.update({claim.key: kept}))


def outbox_row(world: World, message: Message) -> Row:
    """Take the next id, which later commits may overtake."""
    world.last_id += 1
    return Row(world.last_id, message)
