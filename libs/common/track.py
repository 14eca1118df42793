"""Where a consumer stands in each partition, and what of it waits in its hands."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from libs.common.bus import Record, TopicPartition
from libs.common.envelope import Envelope
from libs.common.inbox import Move, Placement

_WAIT_FOR_KEY = 1.0
_WAIT_AGAIN = 10.0
# What is missing comes within milliseconds, or is far behind: then looking often costs more than it gains.
LOOK_AGAIN, _LONGEST_LOOK = 0.01, 0.25


class WaitsError(Exception):
    """What was ready is applied, if anything was; the rest waits for what has not arrived."""


@dataclass(slots=True)
class Track:
    """One placed partition: its row as last written, and when to try again after a transient failure.

    `held` was polled and waits: it comes before whatever is polled next.
    """

    placement: Placement
    position: int
    failures: int = 0
    resume_at: float | None = None
    waits_until: float | None = None
    looks: int = 0
    gave_up_at: float = -math.inf
    held: list[Record] = field(default_factory=list)

    def move(self, position: int) -> None:
        """Stand behind what was applied, and forget what it had waited for."""
        self.position, self.failures = position, 0
        self.waits_until, self.looks = None, 0

    def may_wait(self, now: float, *, hopeful: bool) -> bool:
        """Wait up to a second in place; not soon after one in vain: what is missing is missing for many.

        A `hopeful` wait is not in vain: what may be missing is known to be still on its way.
        """
        if hopeful:
            self.waits_until = now + _WAIT_FOR_KEY
            return True
        if now < self.gave_up_at + _WAIT_AGAIN:
            return False
        if self.waits_until is None:
            self.waits_until = now + _WAIT_FOR_KEY
        return now < self.waits_until

    def look(self, *, hopeful: bool) -> float:
        """Return in how many seconds to look again for what is missing."""
        if hopeful:
            return _LONGEST_LOOK
        return min(_LONGEST_LOOK, LOOK_AGAIN * 2.0**self.looks)


class Share(NamedTuple):
    """What one transaction takes of one partition."""

    place: TopicPartition
    track: Track
    records: list[Record]

    @property
    def step(self) -> Move:
        """The step that these records make."""
        return Move(self.place, self.track.position, self.records[-1])

    @property
    def ahead(self) -> list[Record]:
        """Those that are not applied yet."""
        return [each for each in self.records if each.offset >= self.track.position]


def ready(shares: Iterable[Share], late: Collection[Envelope], now: float, *, hopeful: bool) -> list[Share]:
    """Return what comes before the first late event of each partition; all of one that may not wait."""
    waiting = {(each.record.place, each.record.offset) for each in late}
    cut = [(each, each.records[: _ready(each, waiting, now, hopeful=hopeful)]) for each in shares]
    return [each._replace(records=records) for each, records in cut if records]


def _ready(
    share: Share, waiting: Collection[tuple[TopicPartition, int]], now: float, *, hopeful: bool
) -> int:
    """Return how many of a share's records are not to wait; a wait in vain ends here."""
    track, count = share.track, len(share.records)
    first = next((at for at in range(count) if (share.place, share.records[at].offset) in waiting), count)
    if first == count or track.may_wait(now, hopeful=hopeful):
        return first
    if track.waits_until is not None:
        track.gave_up_at, track.waits_until = now, None
    return count
