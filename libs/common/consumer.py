"""The consumer: each event's effect once, in order per key, whatever is killed in between.

A state machine over bus, inbox and clock, so that the simulator runs these very lines. Offsets move by
compare-and-set in the transaction of the effect; the broker's own offsets serve lag tools alone.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from libs.common.bus import Bus, LostMemberError, Reader, Record, TopicPartition
from libs.common.clock import Clock
from libs.common.envelope import Envelope, decode
from libs.common.group import Applier, Foreseeing, GapError, Group, NotYetError, Verdict, fresh, judge
from libs.common.group_metrics import DEAD_LETTERS, PARKED, RECORDS, RETRIES, count
from libs.common.group_reasons import cause_of, reason_of, why_parked
from libs.common.inbox import Inbox, InboxTransaction
from libs.common.journal import Cause
from libs.common.placing import trusted
from libs.common.redrive import redrive
from libs.common.telemetry_context import CURRENT
from libs.common.track import LOOK_AGAIN, Share, Track, WaitsError, ready

__all__ = [
    "Applier",
    "Consumer",
    "FencedError",
    "GapError",
    "Group",
    "NotYetError",
    "TooManyParkedError",
    "Verdict",
    "judge",
    "redrive",
]

log = logging.getLogger(__name__)
_POLL = 0.2
_BACKOFF = 0.2
_MAX_BACKOFF = 10.0
_TELL_BROKER = 1.0
_RETRY_PARKED = 1.0
_MAX_RETRY_PARKED = 15.0
_PARKED_LIMIT = 1000
# Records of a poll of a group that takes them one by one.
_PAGE = 500

type Polled = Mapping[TopicPartition, list[Record]]
# What surrounds the application of a batch; tracing puts its spans there.
type Watch = Callable[[str, Sequence[Envelope]], AbstractContextManager[None]]


def _unwatched(_group: str, _envelopes: Sequence[Envelope]) -> AbstractContextManager[None]:
    return nullcontext()


class FencedError(Exception):
    """Another member moved the position: this one is a zombie for that partition."""


class TooManyParkedError(Exception):
    """The worker stops: something is wrong that parking more keys would only hide."""


@dataclass(slots=True)
class Consumer:
    """One member of one group."""

    group: Group
    bus: Bus
    inbox: Inbox
    clock: Clock
    slot: str
    polled_at: float = 0.0
    watch: Watch = _unwatched
    # Groups of this process that still have many urgent records to read, which others may be waiting for.
    behind: set[str] = field(default_factory=set)
    _reader: Reader | None = None
    _tracks: dict[TopicPartition, Track] = field(default_factory=dict)
    _poll_at: float = 0.0
    _retry_at: float = 0.0
    _tell_at: float = 0.0
    _told: dict[TopicPartition, int] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`, through every outage of broker and database."""
        while not stop.is_set():
            try:
                await self.step()
            except TooManyParkedError:
                raise
            except LostMemberError as error:
                log.warning("%s joins again: %s", self.group.name, error)
                await self.close()
                await self.clock.sleep(1.0)
            except Exception as error:  # noqa: BLE001 - the consumer outlives every outage
                log.warning("%s waits: %s", self.group.name, type(error).__name__)
                await self.clock.sleep(1.0)
        await self.close()

    async def step(self) -> None:
        """Place new partitions, poll once, process what came, retry what waits."""
        if self._reader is None:
            self._reader = await self.bus.reader(self.group.name, self.group.topics, self.slot)
        await self._place(self._reader)
        await self._rest()
        self._resume(self._reader)
        most = max(_PAGE, self.group.batch)
        batches = await self._reader.poll(self._patience(), most)
        self.polled_at = self.clock.monotonic()
        is_full = sum(map(len, batches.values())) >= most
        if batches and not is_full:
            self._poll_at = self.polled_at + self.group.pace
        is_behind = bool(self.group.urgent) and is_full
        (self.behind.add if is_behind else self.behind.discard)(self.group.name)
        await self._process_all(self._reader, self._in_hand(batches))
        await self._tell_broker(self._reader)
        await self._retry_parked()

    async def close(self) -> None:
        """Leave the group."""
        reader, self._reader = self._reader, None
        self._tracks.clear()
        self._told.clear()
        self.behind.discard(self.group.name)
        if reader is not None:
            await reader.close()

    async def _place(self, reader: Reader) -> None:
        """Seek every new partition to the position in our own database."""
        waiting = reader.unplaced()
        if not waiting:
            return
        cluster = await self.bus.cluster_id()
        rows = await self.inbox.placements(self.group.name, waiting)
        for place in sorted(waiting):
            if place not in rows:
                log.error("%s has no offset row for %s: run migrate first", self.group.name, place)
                continue
            row = await trusted(self.group, self.bus, self.inbox, place, rows[place], cluster)
            self._tracks[place] = Track(row, row.position)
            reader.place(place, row.position)

    async def _rest(self) -> None:
        """Keep to the group's pace, unless something is due before."""
        pause = min(self._poll_at - self.clock.monotonic(), self._patience())
        if pause > 0:
            await self.clock.sleep(pause)

    def _resume(self, reader: Reader) -> None:
        """Read partitions again whose pause is over."""
        for place, track in self._tracks.items():
            if track.resume_at is not None and track.resume_at <= self.clock.monotonic():
                track.resume_at = None
                reader.resume(place)

    def _patience(self) -> float:
        """Return how long a poll may wait: no longer than until a pause is over, or what waits is due."""
        tracks, now = self._tracks.values(), self.clock.monotonic()
        pauses = [each.resume_at - now for each in tracks if each.resume_at is not None]
        return max(0.0, min([_POLL, *pauses, *(LOOK_AGAIN for each in tracks if each.held)]))

    def _in_hand(self, polled: Polled) -> Polled:
        """Return what was polled, behind what was polled before and waits."""
        held = {place: each.held for place, each in self._tracks.items() if each.held}
        for place in held:
            self._tracks[place].held = []
        return held | {place: [*held.get(place, ()), *records] for place, records in polled.items()}

    async def _process_all(self, reader: Reader, batches: Polled) -> None:
        """Process urgent topics first; what is left over when one partition fails is fetched again."""
        left = sorted(batches, key=lambda each: (each.topic not in self.group.urgent, each))
        urgent = [each for each in left if each.topic in self.group.urgent]
        try:
            if urgent and await self._together(reader, left, batches, whole=True):
                left = []
            for wave in (left[: len(urgent)], left[len(urgent) :]):
                together = await self._together(reader, wave, batches)
                for place in wave:
                    if not together:
                        await self._process(reader, place, batches[place])
                    left.remove(place)
        finally:
            for place in left:
                reader.displace(place)

    async def _together(
        self, reader: Reader, places: Sequence[TopicPartition], batches: Polled, *, whole: bool = False
    ) -> bool:
        """Apply what came of several partitions in one transaction; False when each must go by itself.

        A transaction costs as much as many events, and a quiet group's poll brings a few of each partition.
        A `whole` poll has urgent topics in it, which never wait for the others.
        """
        shares = [self._share(place, batches[place]) for place in places]
        shares = [each for each in shares if each.records]
        if len(shares) < 2 or not self.group.fits(r for each in shares for r in each.records):  # noqa: PLR2004
            return False
        try:
            await self._attempt(shares)
        except WaitsError:
            self._hold(reader, shares)
        except NotYetError:
            if whole or False in {self._may_wait(each.track) for each in shares}:
                return False
            self._look_again(reader, shares)
        except Exception:  # noqa: BLE001 - by itself each partition meets, and tells, what is wrong with it
            return False
        return True

    def _share(self, place: TopicPartition, records: list[Record]) -> Share:
        """Return what is to be applied of a partition's records."""
        share = Share(place, self._tracks[place], records)
        return share._replace(records=share.ahead)

    async def _process(self, reader: Reader, place: TopicPartition, records: list[Record]) -> None:
        """Apply a partition's records in chunks; stop at the first failure that may pass."""
        _, track, ahead = self._share(place, records)
        try:
            for piece in self.group.pieces(ahead):
                await self._apply(place, track, piece)
            track.failures = 0
        except FencedError:
            log.info("%s lost %s to another member", self.group.name, place)
            RETRIES.add(self.group.name, FencedError.__name__)
            reader.displace(place)
        except WaitsError:
            self._hold(reader, [Share(place, track, ahead)])
        except NotYetError:
            self._look_again(reader, [Share(place, track, records)])
        except Exception as error:
            if not self.inbox.is_transient(error):
                raise
            self._back_off(reader, place, track, error)

    def _hold(self, reader: Reader, shares: Iterable[Share]) -> None:
        """Keep what waits; what is too much to keep is fetched again."""
        waiting = [each._replace(records=each.ahead) for each in shares]
        waiting = [each for each in waiting if each.records]
        if sum(len(each.records) for each in waiting) > max(_PAGE, self.group.batch):
            self._look_again(reader, waiting)
        else:
            RETRIES.add(self.group.name, WaitsError.__name__)
            for _, track, records in waiting:
                track.held = records

    def _look_again(self, reader: Reader, shares: Iterable[Share]) -> None:
        """Come back in a moment; others are polled meanwhile, and bring what is missing."""
        RETRIES.add(self.group.name, NotYetError.__name__)
        for place, track, _ in shares:
            self._pause(reader, place, track, track.look(hopeful=bool(self.behind)))
            track.looks += 1

    def _back_off(self, reader: Reader, place: TopicPartition, track: Track, error: Exception) -> None:
        """Pause the partition, longer each time."""
        track.failures += 1
        RETRIES.add(self.group.name, type(error).__name__)
        pause = min(_MAX_BACKOFF, _BACKOFF * 2 ** (track.failures - 1))
        log.warning("%s pauses %s for %.1f s: %s", self.group.name, place, pause, type(error).__name__)
        self._pause(reader, place, track, pause)

    def _pause(self, reader: Reader, place: TopicPartition, track: Track, seconds: float) -> None:
        """Come back to the first record that was not applied in a while."""
        track.resume_at, track.held = self.clock.monotonic() + seconds, []
        reader.displace(place)
        reader.place(place, track.position)
        reader.pause(place)

    async def _apply(self, place: TopicPartition, track: Track, records: list[Record]) -> None:
        """Apply records in one transaction; halve a batch that fails for good, park a single record."""
        try:
            await self._attempt([Share(place, track, records)])
        except (FencedError, WaitsError):
            raise
        except Exception as error:
            if self.inbox.is_transient(error):
                raise
            if len(records) == 1 and isinstance(error, NotYetError) and self._may_wait(track):
                raise
            if len(records) == 1:
                await self._park(place, track, records[0], error)
                return
            for part in self.group.parted(records):
                await self._apply(place, track, part)

    async def _attempt(self, shares: Sequence[Share]) -> None:
        """Apply records in one transaction; WaitsError when it was not all of them."""
        envelopes = [decode(record) for each in shares for record in each.records]
        effect = partial(self._effect, shares, envelopes)
        heeded = [each for each in envelopes if self.group.heeds(each)] or envelopes
        CURRENT.set(heeded[0].traceparent)
        with self.watch(self.group.name, envelopes):
            applied, parked, taken = await self.inbox.run(cause_of(heeded), effect)
        for _, track, records in taken:
            track.move(records[-1].offset + 1)
        all_taken = sum(len(each.records) for each in taken)
        count(self.group.name, envelopes, all_taken, applied, parked, self.clock.now())
        if any(each.ahead for each in shares):
            raise WaitsError

    def _may_wait(self, track: Track) -> bool:
        return track.may_wait(self.clock.monotonic(), hopeful=bool(self.behind))

    async def _effect(
        self, shares: Sequence[Share], envelopes: list[Envelope], transaction: InboxTransaction
    ) -> tuple[int, int, Sequence[Share]]:
        """Move the positions, sort out what is new, apply it: all that is ready, or nothing.

        Returns how many were applied, how many joined their parked keys, and what was ready.
        """
        group = self.group
        if isinstance(group.applier, Foreseeing):
            late = await group.applier.late(transaction, envelopes)
            if late:
                shares = ready(shares, late, self.clock.monotonic(), hopeful=bool(self.behind))
                envelopes = [decode(record) for each in shares for record in each.records]
            if not shares:
                raise WaitsError
        keys = {(each.record.topic, each.key) for each in envelopes} if group.dedupe else ()
        known = await transaction.enter(group.name, [each.step for each in shares], keys)
        if known is None:
            raise FencedError(", ".join(str(each.place) for each in shares))
        if not group.dedupe:
            await group.applier.apply(transaction, envelopes)
            return len(envelopes), 0, shares
        waiting = [each for each in envelopes if (each.record.topic, each.key) in known.parked]
        for each in waiting:
            await transaction.park(group.name, each.record, each.key, None)
        if waiting:
            envelopes = [each for each in envelopes if (each.record.topic, each.key) not in known.parked]
        starts = {each.place: each.track.placement.start for each in shares}
        new, newest = fresh(envelopes, known.seen, starts)
        if new:
            await transaction.mark(group.name, newest)
            await group.applier.apply(transaction, new)
        return len(new), len(waiting), shares

    async def _park(self, place: TopicPartition, track: Track, record: Record, error: Exception) -> None:
        """Set a record and its key aside, so that other keys flow."""
        if await self.inbox.count_parked(self.group.name) >= _PARKED_LIMIT:
            raise TooManyParkedError(self.group.name) from error
        key = record.key.decode(errors="backslashreplace")
        why, name = why_parked(error), self.group.name
        facts = {"traceparent": record.header("traceparent")}
        log.error(
            "%s parked a key of %s at offset %d: %s", name, place, record.offset, why.reason, extra=facts
        )

        async def body(transaction: InboxTransaction) -> None:
            if await transaction.enter(name, [Share(place, track, [record]).step]) is None:
                raise FencedError(str(place))
            await transaction.park(name, record, key, why)

        await self.inbox.run(Cause("system", f"park-{name}"), body)
        track.position, track.waits_until = record.offset + 1, None
        if isinstance(error, NotYetError):
            track.gave_up_at = self.clock.monotonic()
        RECORDS.add(name, "parked")
        PARKED.add(name)
        if why.waits_for is None:
            DEAD_LETTERS.add(name)

    async def _tell_broker(self, reader: Reader) -> None:
        """Commit the positions that moved to the broker, once a second, for lag tools alone."""
        if self.clock.monotonic() < self._tell_at:
            return
        tracks = self._tracks.items()
        moved = {place: each.position for place, each in tracks if self._told.get(place) != each.position}
        if moved:
            self._tell_at = self.clock.monotonic() + _TELL_BROKER
            await reader.commit(moved)
            self._told |= moved

    async def _retry_parked(self) -> None:
        """Try parked keys again that wait for something."""
        if self.clock.monotonic() < self._retry_at:
            return
        self._retry_at = self.clock.monotonic() + _RETRY_PARKED
        for topic, key in await self.inbox.retryable(self.group.name, self.clock.now()):
            try:
                await redrive(self.inbox, self.group, topic, key)
            except Exception as error:  # noqa: BLE001 - whatever it is, the key stays parked
                log.info("%s: a parked key of %s waits on: %s", self.group.name, topic, reason_of(error))
                pause = timedelta(seconds=_MAX_RETRY_PARKED if isinstance(error, GapError) else _RETRY_PARKED)
                await self.inbox.postpone(self.group.name, topic, key, self.clock.now() + pause)
