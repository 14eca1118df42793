"""A broker in memory with the port of `libs.common.bus`: for the simulator, and for tests that need no Kafka.

It is harsher than Kafka where Kafka may be harsh: a member hears of a rebalance only when it polls, and what
a dead producer had sent may still arrive.
"""

from bisect import bisect_left
from collections.abc import Awaitable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any
from zlib import crc32

from libs.common.bus import LostMemberError, Message, Record, RefusedError, SendError, Topic, TopicPartition
from libs.common.clock import Clock

_LARGEST = 1024 * 1024
_SESSION = 10.0
_LOOK = 0.02


class Fate(Enum):
    """What becomes of a message that was sent."""

    STORED = "stored"
    STORED_UNKNOWN = "stored, and the acknowledgement is lost"
    LOST = "not stored, and the producer broken"
    REFUSED = "refused for good"


class Faults:
    """What may go wrong; this one lets nothing go wrong. Override in tests."""

    async def reach(self, step: str) -> None:
        """Wait before the step, raise OSError for a broker that is gone, or return."""

    def fate(self, message: Message) -> Fate:
        """Decide about a message that reached the broker."""
        return Fate.REFUSED if len(message.value) > _LARGEST else Fate.STORED


@dataclass(slots=True)
class _Log:
    """One partition; compaction leaves holes in the offsets."""

    records: list[Record] = field(default_factory=list)
    end: int = 0

    def since(self, offset: int, limit: int) -> list[Record]:
        """Return up to `limit` records at or behind an offset."""
        at = bisect_left(self.records, offset, key=lambda each: each.offset)
        return self.records[at : at + limit]


@dataclass(slots=True)
class _Group:
    """Members by slot, and who holds what; a new assignment is a new generation."""

    members: dict[str, "MemoryReader"] = field(default_factory=dict)
    generation: int = 0
    held: dict[str, frozenset[TopicPartition]] = field(default_factory=dict)


class MemoryBroker:
    """A cluster of one; every name is created by `ensure`."""

    def __init__(self, clock: Clock, faults: Faults | None = None, name: str = "memory") -> None:
        self.clock, self.faults = clock, faults or Faults()
        self._name = name
        self._topics: dict[str, list[_Log]] = {}
        self._groups: dict[str, _Group] = {}

    async def producer(self) -> "MemoryProducer":
        """Return a new producer; see the port."""
        try:
            await self.faults.reach("producer")
        except OSError as error:
            raise SendError("no broker") from error
        return MemoryProducer(self)

    async def reader(self, group: str, topics: Iterable[str], slot: str) -> "MemoryReader":
        """Join a group; a slot that comes back within its session takes its partitions over.

        One that comes back for other topics is another member.
        """
        await self.faults.reach("join")
        joined = self._groups.setdefault(group, _Group())
        reader = MemoryReader(self, group, tuple(topics), slot)
        known = slot in joined.members and set(joined.members[slot].topics) == set(reader.topics)
        joined.members[slot] = reader
        if not known:
            self._rebalance(joined)
        return reader

    async def cluster_id(self) -> str:
        """Return the name given to this broker."""
        await self.faults.reach("cluster_id")
        return self._name

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """Return every end offset."""
        await self.faults.reach("ends")
        return {place: self.log(place).end for place in self._places(topics)}

    async def read(self, partition: TopicPartition, offset: int) -> Record | None:
        """Return one record."""
        await self.faults.reach("read")
        found = self.log(partition).since(offset, 1)
        return found[0] if found and found[0].offset == offset else None

    async def offset_at(self, partition: TopicPartition, instant: datetime) -> int:
        """Return the first offset at `instant`."""
        await self.faults.reach("offset_at")
        log = self.log(partition)
        return next((each.offset for each in log.records if each.timestamp >= instant), log.end)

    async def ensure(self, topics: Iterable[Topic]) -> None:
        """Create missing topics."""
        await self.faults.reach("ensure")
        for topic in topics:
            self._topics.setdefault(topic.name, [_Log() for _ in range(topic.partitions)])

    async def close(self) -> None:
        """Hold nothing open."""

    def records(self, topic: str) -> list[Record]:
        """Return all that a topic holds, partition by partition."""
        return [record for log in self._topics[topic] for record in log.records]

    def compact(self, topic: str) -> None:
        """Keep the newest record of each key, as a compacted topic does sooner or later."""
        for log in self._topics[topic]:
            newest = {each.key: each for each in log.records}
            log.records = sorted(newest.values(), key=lambda each: each.offset)

    def recreate(self, topic: str) -> None:
        """Lose a topic with all its records and make it anew."""
        self._topics[topic] = [_Log() for _ in self._topics[topic]]

    def log(self, place: TopicPartition) -> _Log:
        """Return a partition's log."""
        return self._topics[place.topic][place.partition]

    def append(self, message: Message) -> None:
        """Store a message at the end of its key's partition."""
        logs = self._topics[message.topic]
        place = TopicPartition(message.topic, crc32(message.key) % len(logs))
        log = logs[place.partition]
        log.records.append(
            Record(*place, log.end, self.clock.now(), message.key, message.value, message.headers)
        )
        log.end += 1

    def knows(self, topic: str) -> bool:
        """Return whether the topic exists."""
        return topic in self._topics

    def hear(self, reader: "MemoryReader") -> tuple[int, frozenset[TopicPartition]] | None:
        """Take a heartbeat; return (generation, partitions), or None when another member took the slot."""
        group = self._groups[reader.group]
        reader.seen_at = self.clock.monotonic()
        late = [
            slot for slot, each in group.members.items() if each.seen_at + _SESSION < self.clock.monotonic()
        ]
        for slot in late:
            del group.members[slot]
        if group.members.setdefault(reader.slot, reader) is not reader:
            return None
        if late or reader.slot not in group.held:
            self._rebalance(group)
        return group.generation, group.held[reader.slot]

    def _rebalance(self, group: _Group) -> None:
        """Deal all partitions out to the members in turn."""
        slots = sorted(group.members)
        places = self._places({topic for each in group.members.values() for topic in each.topics})
        group.held = {slot: frozenset(places[at :: len(slots)]) for at, slot in enumerate(slots)}
        group.generation += 1

    def _places(self, topics: Iterable[str]) -> list[TopicPartition]:
        return [
            TopicPartition(topic, at) for topic in sorted(topics) for at in range(len(self._topics[topic]))
        ]


class MemoryProducer:
    """Sends in order; after the first failure nothing of it is stored any more."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._queue: list[Message] = []
        self._fates: list[Fate] = []
        self._broken = False

    async def send(self, message: Message) -> Awaitable[None]:
        """Queue the message; see the port."""
        if self._broken:
            raise SendError("the producer is broken")
        if len(message.value) > _LARGEST:
            raise RefusedError("too large")
        self._queue.append(message)
        return _Acknowledgement(self, len(self._queue) - 1)

    async def close(self) -> None:
        """Break the producer."""
        self._broken = True

    def in_flight(self) -> int:
        """Return how many messages were handed over and have not reached the broker."""
        return len(self._queue) - len(self._fates)

    def arrive(self, count: int) -> None:
        """Let up to `count` messages in flight reach the broker, as those of a dead process may, in order."""
        for message in self._queue[len(self._fates) :][:count]:
            self._deliver(message)

    async def acknowledged(self, index: int) -> None:
        """Return when the broker has the message; see the port."""
        try:
            await self._broker.faults.reach("acknowledge")
        except OSError as error:
            self._broken = True
            raise SendError("no broker") from error
        while len(self._fates) <= index:
            self._deliver(self._queue[len(self._fates)])
        if self._fates[index] is Fate.REFUSED:
            raise RefusedError("refused by the broker")
        if self._fates[index] is not Fate.STORED:
            raise SendError("not acknowledged")

    def _deliver(self, message: Message) -> None:
        fate = Fate.LOST if self._broken else self._broker.faults.fate(message)
        if fate in {Fate.STORED, Fate.STORED_UNKNOWN}:
            self._broker.append(message)
        self._broken |= fate in {Fate.STORED_UNKNOWN, Fate.LOST}
        self._fates.append(fate)


class _Acknowledgement:
    """Ends with the acknowledgement of one message; may be dropped without a wait."""

    def __init__(self, producer: MemoryProducer, index: int) -> None:
        self._producer, self._index = producer, index

    def __await__(self) -> Generator[Any, None, None]:
        return self._producer.acknowledged(self._index).__await__()


class MemoryReader:
    """One group member. A `deaf` one goes on without hearing of rebalances behind its back: a zombie."""

    def __init__(self, broker: MemoryBroker, group: str, topics: tuple[str, ...], slot: str) -> None:
        self._broker = broker
        self.group, self.topics, self.slot = group, topics, slot
        self.seen_at = broker.clock.monotonic()
        self._generation = -1
        self._held: frozenset[TopicPartition] = frozenset()
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self.committed: dict[TopicPartition, int] = {}
        self.deaf = False

    def unplaced(self) -> frozenset[TopicPartition]:
        """Return held partitions without a position."""
        return self._held - self._positions.keys()

    def place(self, partition: TopicPartition, position: int) -> None:
        """Set a position."""
        if partition in self.unplaced():
            self._positions[partition] = position

    def displace(self, partition: TopicPartition) -> None:
        """Forget a position."""
        self._positions.pop(partition, None)

    async def poll(self, timeout: float, limit: int) -> Mapping[TopicPartition, list[Record]]:
        """Hear of the group, then read."""
        deadline = self._broker.clock.monotonic() + timeout
        while True:
            try:
                await self._broker.faults.reach("poll")
            except OSError:
                found = {}
            else:
                self._hear()
                found = self._read(limit)
            if found or self._broker.clock.monotonic() >= deadline:
                return found
            await self._broker.clock.sleep(_LOOK)

    def pause(self, partition: TopicPartition) -> None:
        """Skip the partition."""
        self._paused.add(partition)

    def resume(self, partition: TopicPartition) -> None:
        """Read the partition again."""
        self._paused.discard(partition)

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Remember for lag tools."""
        self.committed.update(positions)

    async def close(self) -> None:
        """Hold nothing any more; the slot's partitions wait for its session's end."""
        self._held, self._positions = frozenset(), {}

    def _hear(self) -> None:
        """Take a new assignment over: everything is unplaced then."""
        if self.deaf:
            return
        heard = self._broker.hear(self)
        if heard is None:
            raise LostMemberError("another member took the slot")
        if heard[0] != self._generation:
            self._generation, self._held = heard
            self._positions.clear()
            self._paused.clear()

    def _read(self, limit: int) -> dict[TopicPartition, list[Record]]:
        found: dict[TopicPartition, list[Record]] = {}
        for place, position in list(self._positions.items()):
            log = self._broker.log(place)
            if position > log.end:
                self.displace(place)
            elif place not in self._paused and limit > 0 and (records := log.since(position, limit)):
                found[place] = records
                self._positions[place] = records[-1].offset + 1
                limit -= len(records)
        return found
