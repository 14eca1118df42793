"""What relay and consumer ask of a log: Kafka and the in-memory broker both answer it."""

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

type Headers = tuple[tuple[str, bytes], ...]


class TopicPartition(NamedTuple):
    """One ordered log of the broker."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the key decides the partition, so order per key holds."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers = ()


class Record(NamedTuple):
    """What was read, at its place in the log; `timestamp` is the broker's, in UTC."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes
    value: bytes
    headers: Headers = ()

    @property
    def place(self) -> TopicPartition:
        """The partition that holds this record."""
        return TopicPartition(self.topic, self.partition)

    def header(self, name: str) -> str | None:
        """Return a header as text, or None when it is absent or not UTF-8."""
        for key, value in self.headers:
            if key == name:
                # PostgreSQL keeps no NUL in a text.
                return value.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        return None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the contracts declare it."""

    name: str
    partitions: int = 12
    compacted: bool = False


class SendError(Exception):
    """The send failed or timed out: the producer is of no more use, the message may or may not be there."""


class RefusedError(Exception):
    """The broker refuses this message for good."""


class LostMemberError(Exception):
    """The reader is no longer a member of its group, or cannot go on: join again with a new one."""


class Producer(Protocol):
    """An idempotent producer with acks=all."""

    async def send(self, message: Message) -> Awaitable[None]:
        """Queue the message in order; the returned awaitable ends when every in-sync replica has it.

        Raises RefusedError, at once or later, for what can never be stored; SendError for anything else.
        """
        ...

    async def close(self) -> None:
        """Throw the producer away without waiting for what is in flight."""
        ...


class Reader(Protocol):
    """One member of a consumer group. A new partition is *unplaced* until `place` is called."""

    def unplaced(self) -> frozenset[TopicPartition]:
        """Return partitions assigned since the last look whose position nobody has set."""
        ...

    def place(self, partition: TopicPartition, position: int) -> None:
        """Read the partition from `position` on; does nothing when it was revoked meanwhile."""
        ...

    def displace(self, partition: TopicPartition) -> None:
        """Make the partition unplaced again, so that its position is read anew."""
        ...

    async def poll(self, timeout: float, limit: int) -> Mapping[TopicPartition, list[Record]]:
        """Return the next records of placed, unpaused partitions, after at most `timeout` seconds.

        A partition whose position the log does not hold becomes unplaced. Raises LostMemberError.
        """
        ...

    def pause(self, partition: TopicPartition) -> None:
        """Deliver nothing of this partition for now."""
        ...

    def resume(self, partition: TopicPartition) -> None:
        """Deliver this partition again."""
        ...

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Tell the broker the positions, for lag tools only; failures are ignored."""
        ...

    async def close(self) -> None:
        """Leave; a static member keeps its partitions until its session ends."""
        ...


class Producers(Protocol):
    """As much of a broker as the relay asks for."""

    async def producer(self) -> Producer:
        """Return a new, started producer; raises SendError when the broker cannot be reached."""
        ...


class Bus(Producers, Protocol):
    """A broker cluster."""

    async def reader(self, group: str, topics: Iterable[str], slot: str) -> Reader:
        """Join `group` as its static member `slot` and subscribe to `topics`."""
        ...

    async def cluster_id(self) -> str:
        """Return the cluster's id."""
        ...

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """Return the end offset (next to be written) of every partition of `topics`."""
        ...

    async def read(self, partition: TopicPartition, offset: int) -> Record | None:
        """Return the record at exactly `offset`, or None when there is none."""
        ...

    async def offset_at(self, partition: TopicPartition, instant: datetime) -> int:
        """Return the first offset written at or after `instant`, or the end offset."""
        ...

    async def ensure(self, topics: Iterable[Topic]) -> None:
        """Create the topics that are missing; existing ones are left as they are."""
        ...

    async def close(self) -> None:
        """Close what the bus itself holds open."""
        ...
