"""The consumer's own memory, in the service's database: offsets, the one dedupe, and parked keys.

Everything here happens in the transaction of the effect (architecture.md 4, Consumer).
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Record, TopicPartition
from libs.common.journal import Cause

type Sequence = tuple[int, int]
# A topic, and a key on it.
type Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a group stands in a partition, and which record it applied last."""

    start: int
    position: int
    cluster_id: str
    last_id: str | None = None
    last_offset: int | None = None
    last_time: datetime | None = None


class Move(NamedTuple):
    """A partition's step from the position that it is expected at to behind its `last` record."""

    place: TopicPartition
    expected: int
    last: Record


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the keys of a batch: those that are parked, and the last event applied of each."""

    parked: frozenset[Key] = frozenset()
    seen: Mapping[Key, Sequence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Park:
    """Why a key waits; `waits_for` names what would free it, and None means an operator."""

    reason: str
    waits_for: str | None = None


class InboxTransaction(Protocol):
    """What one transaction of a consumer may do beside its effect."""

    @property
    def session(self) -> AsyncSession:
        """The session that commands run in."""
        ...

    async def enter(self, group: str, moves: Collection[Move], keys: Collection[Key] = ()) -> Known | None:
        """Move every position, and tell of `keys`, those that are parked locked.

        None when somebody else has moved one of them: nothing may be done then.
        """
        ...

    async def parked(self, group: str, topic: str, keys: Iterable[str]) -> frozenset[str]:
        """Return and lock those of `keys` that are parked."""
        ...

    async def seen(self, group: str, topic: str, keys: Iterable[str]) -> dict[str, Sequence]:
        """Return (epoch, sequence) of the last event applied, per key."""
        ...

    async def start(self, group: str, place: TopicPartition) -> int:
        """Return the offset that the group began at."""
        ...

    async def mark(self, group: str, newest: Mapping[Key, Sequence]) -> None:
        """Remember the last events applied."""
        ...

    async def park(self, group: str, record: Record, key: str, why: Park | None) -> None:
        """Keep the record for later; with `why` the key becomes parked and a dead letter is sent."""
        ...

    async def oldest_parked(self, group: str, topic: str, key: str) -> list[Record]:
        """Return a parked key's records in the order of the log."""
        ...

    async def unpark(self, group: str, record: Record) -> None:
        """Forget one parked record."""
        ...

    async def free(self, group: str, topic: str, key: str) -> None:
        """End the parking of a key that has no record left."""
        ...


class Inbox(Protocol):
    """The store behind a consumer."""

    async def placements(
        self, group: str, places: Iterable[TopicPartition]
    ) -> dict[TopicPartition, Placement]:
        """Return the offset rows that exist."""
        ...

    async def rebase(
        self, group: str, place: TopicPartition, expected: int, position: int, cluster_id: str
    ) -> None:
        """Set a position that no applied record led to: the topic behind it was made anew."""
        ...

    async def run[T](self, cause: Cause, body: Callable[[InboxTransaction], Awaitable[T]]) -> T:
        """Run `body` in one transaction and commit."""
        ...

    async def retryable(self, group: str, now: datetime) -> list[tuple[str, str]]:
        """Return (topic, key) of parked keys that wait for something and are due for another try."""
        ...

    async def postpone(self, group: str, topic: str, key: str, until: datetime) -> None:
        """Note a failed try."""
        ...

    async def count_parked(self, group: str) -> int:
        """Return how many keys are parked until an operator frees them."""
        ...

    def is_transient(self, error: BaseException) -> bool:
        """Return whether the same record may succeed a little later."""
        ...
