"""What is read together, and the one dedupe: each event of a key once, in order, without a gap."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from libs.common.bus import Record, TopicPartition
from libs.common.envelope import Envelope, PoisonError, decode
from libs.common.inbox import InboxTransaction, Key, Sequence

# Records that a transaction takes at most, when nothing comes of most of them.
_MANY = 500
# The pace of groups that nobody looks at while he waits.
UNHURRIED = 0.1


class NotYetError(Exception):
    """The effect needs something that has not arrived: the key is parked until it does."""

    def __init__(self, kind: str, identity: object) -> None:
        super().__init__(f"{kind} {identity}")


class GapError(Exception):
    """An event of this key is missing between the last one applied and this one."""


class Verdict(Enum):
    """What to do with an event."""

    APPLY = "apply"
    DROP = "drop"
    GAP = "gap"


class Applier(Protocol):
    """The effect of a group: command handlers, a fold, or an upsert."""

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> None:
        """Apply events of any of the group's topics, in order per key, in the given transaction."""
        ...


@runtime_checkable
class Foreseeing(Applier, Protocol):
    """An applier that can tell before it begins what it would raise NotYetError for."""

    async def late(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> Collection[Envelope]:
        """Return the events that need what neither has arrived nor comes with these."""
        ...


def everything(_: Envelope) -> bool:
    """Heed every event."""
    return True


@dataclass(frozen=True, slots=True)
class Group:
    """What is read together. `batch` events share a transaction; `urgent` topics go first in each poll.

    Between two polls that bring something lie `pace` seconds at least, unless more waits than a poll takes:
    a transaction costs as much as many events, and a group that nobody waits for lets more of them share one.

    An event that the applier does not heed only moves positions, and does not count among them. Without
    `dedupe` the applier itself upserts by (epoch, version) and no row is kept.
    """

    name: str
    topics: tuple[str, ...]
    applier: Applier
    batch: int = 1
    dedupe: bool = True
    urgent: frozenset[str] = frozenset()
    compacted: frozenset[str] = frozenset()
    heeds: Callable[[Envelope], bool] = everything
    pace: float = 0.0

    def fits(self, records: Iterable[Record]) -> bool:
        """Return whether these records may share a transaction."""
        return len(list(self.pieces(records))) == 1

    def pieces(self, records: Iterable[Record]) -> Iterator[list[Record]]:
        """Yield the records in their order, as many at a time as a transaction takes."""
        most, piece, heeded = max(self.batch, _MANY), list[Record](), 0
        for each in records:
            counts = self.heeds is everything or self._heeds(each)
            if len(piece) == most or heeded + counts > self.batch:
                yield piece
                piece, heeded = [], 0
            piece.append(each)
            heeded += counts
        if piece:
            yield piece

    def parted(self, records: list[Record]) -> list[list[Record]]:
        """Return a piece that failed in smaller ones: what only moves positions is not to blame."""
        heeded = [at for at, each in enumerate(records) if self._heeds(each)]
        first, last = (heeded[0], heeded[0] + 1) if len(heeded) == 1 else (0, len(records) // 2)
        return [each for each in (records[:first], records[first:last], records[last:]) if each]

    def _heeds(self, record: Record) -> bool:
        """Count what cannot be read as well: it will be parked."""
        try:
            return self.heeds(decode(record))
        except PoisonError:
            return True


def judge(last: Sequence | None, started_at: int, epoch: int, sequence: int) -> Verdict:
    """Decide by (epoch, sequence) alone; `started_at` > 0 means the group began behind the log's start.

    Such a group knows no gaps: the first that it sees of a key may be a duplicate of what was sent before it
    began, and the next one that is new then seems to jump.
    """
    if last is None:
        return Verdict.APPLY if sequence == 1 or started_at > 0 else Verdict.GAP
    if epoch != last[0]:
        return Verdict.APPLY if epoch > last[0] else Verdict.DROP
    if sequence <= last[1]:
        return Verdict.DROP
    return Verdict.APPLY if sequence == last[1] + 1 or started_at > 0 else Verdict.GAP


def fresh(
    envelopes: Iterable[Envelope], seen: Mapping[Key, Sequence], starts: Mapping[TopicPartition, int]
) -> tuple[list[Envelope], dict[Key, Sequence]]:
    """Return the events to apply and the last of each key; duplicates are left out, a gap raises GapError.

    `starts` says where the group began in each partition.
    """
    newest: dict[Key, Sequence] = {}
    found = []
    for each in envelopes:
        key = (each.record.topic, each.key)
        last = newest.get(key) or seen.get(key)
        # Nearly all are the next one of their key, which needs no further look.
        if last is None or last != (each.epoch, each.sequence - 1):
            verdict = judge(last, starts[each.record.place], each.epoch, each.sequence)
            if verdict is Verdict.GAP:
                raise GapError(f"sequence {each.sequence} after {last}")
            if verdict is Verdict.DROP:
                continue
        newest[key] = (each.epoch, each.sequence)
        found.append(each)
    return found, newest
