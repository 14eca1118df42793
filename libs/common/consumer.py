"""The consumer: each event's effect once, in order per key, whatever is killed in between.

A state machine over bus, inbox and clock, so that the simulator runs these very lines. Offsets move by
compare-and-set in the transaction of the effect; the broker's own offsets serve lag tools alone.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from libs.common.bus import Bus, LostMemberError, Reader, Record, TopicPartition
from libs.common.clock import Clock
from libs.common.envelope import Envelope, PoisonError, decode
from libs.common.group import Applier, GapError, Group, NotYetError, Verdict, fresh, judge
from libs.common.inbox import Inbox, InboxTransaction, Park, Placement
from libs.common.journal import Cause
from libs.common.metrics import SLOW, Counter, Histogram
from libs.common.redrive import redrive
from libs.common.telemetry_context import CURRENT

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
_WAIT_FOR_KEY = 1.0
_WAIT_AGAIN = 10.0
_LOOK_AGAIN = 0.05
_BACKOFF = 0.2
_MAX_BACKOFF = 10.0
_RETRY_PARKED = 1.0
_MAX_RETRY_PARKED = 15.0
_PARKED_LIMIT = 1000

RECORDS = Counter("plexus_consumer_records_total", "Records by what became of them", ("group", "outcome"))
PARKED = Counter(
    "plexus_consumer_keys_parked_total", "Keys set aside, with a dead letter or without", ("group",)
)
DEAD_LETTERS = Counter("plexus_consumer_dead_letters_total", "Copies sent to the dead letters", ("group",))
RETRIES = Counter(
    "plexus_consumer_retries_total", "Batches to be tried again, by the failure's class", ("group", "error")
)
DELAY = Histogram(
    "plexus_event_delay_seconds", "From when an event was recorded until it was applied", ("group",), SLOW
)

# What surrounds the application of a batch; tracing puts its spans there.
type Watch = Callable[[str, Sequence[Envelope]], AbstractContextManager[None]]


def _unwatched(_group: str, _envelopes: Sequence[Envelope]) -> AbstractContextManager[None]:
    return nullcontext()


class FencedError(Exception):
    """Another member moved the position: this one is a zombie for that partition."""


class TooManyParkedError(Exception):
    """The worker stops: something is wrong that parking more keys would only hide."""


@dataclass(slots=True)
class Track:
    """One placed partition: its row as last written, and when to try again after a transient failure."""

    placement: Placement
    position: int
    failures: int = 0
    resume_at: float | None = None
    waits_until: float = -math.inf


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
    _reader: Reader | None = None
    _tracks: dict[TopicPartition, Track] = field(default_factory=dict)
    _retry_at: float = 0.0

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
        self._resume(self._reader)
        batches = await self._reader.poll(0.2, max(500, self.group.batch))
        self.polled_at = self.clock.monotonic()
        await self._process_all(self._reader, batches)
        if batches:
            await self._reader.commit({place: track.position for place, track in self._tracks.items()})
        await self._retry_parked()

    async def close(self) -> None:
        """Leave the group."""
        reader, self._reader = self._reader, None
        self._tracks.clear()
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
            row = await self._trusted(place, rows[place], cluster)
            self._tracks[place] = Track(row, row.position)
            reader.place(place, row.position)

    async def _trusted(self, place: TopicPartition, row: Placement, cluster: str) -> Placement:
        """Return the row when the log still holds its last record; else go back by time."""
        if row.last_offset is None or place.topic in self.group.compacted:
            return row
        found = await self.bus.read(place, row.last_offset)
        if found is not None and found.header("ce_id") == row.last_id and cluster == row.cluster_id:
            return row
        same_log = found is not None and found.header("ce_id") == row.last_id
        position = row.position if same_log or row.last_time is None else await self._earlier(place, row)
        log.error("%s: %s was made anew; reading again from offset %d", self.group.name, place, position)
        await self.inbox.rebase(self.group.name, place, row.position, position, cluster)
        return Placement(row.start, position, cluster)

    async def _earlier(self, place: TopicPartition, row: Placement) -> int:
        """Return the offset an hour before the last record applied."""
        return await self.bus.offset_at(place, row.last_time - timedelta(hours=1)) if row.last_time else 0

    def _resume(self, reader: Reader) -> None:
        """Read partitions again whose pause is over."""
        for place, track in self._tracks.items():
            if track.resume_at is not None and track.resume_at <= self.clock.monotonic():
                track.resume_at = None
                reader.resume(place)

    async def _process_all(self, reader: Reader, batches: Mapping[TopicPartition, list[Record]]) -> None:
        """Process urgent topics first; what is left over when one partition fails is fetched again."""
        left = sorted(batches, key=lambda each: (each.topic not in self.group.urgent, each))
        try:
            while left:
                await self._process(reader, left[0], batches[left[0]])
                left.pop(0)
        finally:
            for place in left:
                reader.displace(place)

    async def _process(self, reader: Reader, place: TopicPartition, records: list[Record]) -> None:
        """Apply a partition's records in chunks; stop at the first failure that may pass."""
        track = self._tracks[place]
        ahead = [record for record in records if record.offset >= track.position]
        try:
            for begin in range(0, len(ahead), self.group.batch):
                await self._apply(place, track, ahead[begin : begin + self.group.batch])
            track.failures = 0
        except FencedError:
            log.info("%s lost %s to another member", self.group.name, place)
            RETRIES.add(self.group.name, FencedError.__name__)
            reader.displace(place)
        except NotYetError:
            # Others are polled meanwhile, and bring what is missing.
            RETRIES.add(self.group.name, NotYetError.__name__)
            self._pause(reader, place, track, _LOOK_AGAIN)
        except Exception as error:
            if not self.inbox.is_transient(error):
                raise
            self._back_off(reader, place, track, error)

    def _back_off(self, reader: Reader, place: TopicPartition, track: Track, error: Exception) -> None:
        """Pause the partition, longer each time."""
        track.failures += 1
        RETRIES.add(self.group.name, type(error).__name__)
        pause = min(_MAX_BACKOFF, _BACKOFF * 2 ** (track.failures - 1))
        log.warning("%s pauses %s for %.1f s: %s", self.group.name, place, pause, type(error).__name__)
        self._pause(reader, place, track, pause)

    def _pause(self, reader: Reader, place: TopicPartition, track: Track, seconds: float) -> None:
        """Come back to the first record that was not applied in a while."""
        track.resume_at = self.clock.monotonic() + seconds
        reader.displace(place)
        reader.place(place, track.position)
        reader.pause(place)

    async def _apply(self, place: TopicPartition, track: Track, records: list[Record]) -> None:
        """Apply records in one transaction; halve a batch that fails for good, park a single record."""
        if not records:
            return
        try:
            await self._attempt(place, track, records)
        except FencedError:
            raise
        except Exception as error:
            if self.inbox.is_transient(error):
                raise
            if len(records) == 1 and isinstance(error, NotYetError) and self._may_wait(track):
                raise
            if len(records) == 1:
                await self._park(place, track, records[0], error)
                return
            middle = len(records) // 2
            await self._apply(place, track, records[:middle])
            await self._apply(place, track, records[middle:])

    async def _attempt(self, place: TopicPartition, track: Track, records: list[Record]) -> None:
        """Apply records in one transaction."""
        envelopes = [decode(record) for record in records]
        effect = partial(self._effect, place, track, envelopes)
        CURRENT.set(envelopes[0].traceparent)
        with self.watch(self.group.name, envelopes):
            applied, parked = await self.inbox.run(_cause(envelopes), effect)
        track.position = records[-1].offset + 1
        self._count(envelopes, applied, parked)

    def _count(self, envelopes: list[Envelope], applied: int, parked: int) -> None:
        """Note what became of a batch, and how old its oldest event was."""
        name, dropped = self.group.name, len(envelopes) - applied - parked
        for outcome, count in (("applied", applied), ("duplicate", dropped), ("parked", parked)):
            if count:
                RECORDS.add(name, outcome, by=count)
        if applied:
            # A stranger's instant may lack its zone, and must not stop anything here.
            oldest = min(each.time.timestamp() for each in envelopes)
            DELAY.observe(max(0.0, self.clock.now().timestamp() - oldest), name, times=applied)

    def _may_wait(self, track: Track) -> bool:
        """Wait up to a second in place, and not again soon: what is missing then is missing for many."""
        now = self.clock.monotonic()
        if now > track.waits_until + _WAIT_AGAIN:
            track.waits_until = now + _WAIT_FOR_KEY
        return now < track.waits_until

    async def _effect(
        self, place: TopicPartition, track: Track, envelopes: list[Envelope], transaction: InboxTransaction
    ) -> tuple[int, int]:
        """Move the position, sort out what is new, apply it: all or nothing.

        Returns how many were applied, and how many joined their parked keys.
        """
        if not await transaction.advance(self.group.name, place, track.position, envelopes[-1].record):
            raise FencedError(str(place))
        if not self.group.dedupe:
            await self.group.applier.apply(transaction, envelopes)
            return len(envelopes), 0
        keys = {each.key for each in envelopes}
        parked = await transaction.parked(self.group.name, place.topic, keys)
        seen = await transaction.seen(self.group.name, place.topic, keys)
        waiting = [each for each in envelopes if each.key in parked]
        for each in waiting:
            await transaction.park(self.group.name, each.record, each.key, None)
        new = fresh((each for each in envelopes if each.key not in parked), seen, track.placement.start)
        if new:
            await self.group.applier.apply(transaction, new)
            newest = {each.key: (each.epoch, each.sequence) for each in new}
            await transaction.mark(self.group.name, place.topic, newest)
        return len(new), len(waiting)

    async def _park(self, place: TopicPartition, track: Track, record: Record, error: Exception) -> None:
        """Set a record and its key aside, so that other keys flow."""
        if await self.inbox.count_parked(self.group.name) >= _PARKED_LIMIT:
            raise TooManyParkedError(self.group.name) from error
        key = record.key.decode(errors="backslashreplace")
        why, name = _why(error), self.group.name
        facts = {"traceparent": record.header("traceparent")}
        log.error(
            "%s parked a key of %s at offset %d: %s", name, place, record.offset, why.reason, extra=facts
        )

        async def body(transaction: InboxTransaction) -> None:
            if not await transaction.advance(self.group.name, place, track.position, record):
                raise FencedError(str(place))
            await transaction.park(name, record, key, why)

        await self.inbox.run(Cause("system", f"park-{name}"), body)
        track.position = record.offset + 1
        RECORDS.add(name, "parked")
        PARKED.add(name)
        if why.waits_for is None:
            DEAD_LETTERS.add(name)

    async def _retry_parked(self) -> None:
        """Try parked keys again that wait for something."""
        if self.clock.monotonic() < self._retry_at:
            return
        self._retry_at = self.clock.monotonic() + _RETRY_PARKED
        for topic, key in await self.inbox.retryable(self.group.name, self.clock.now()):
            try:
                await redrive(self.inbox, self.group, topic, key)
            except Exception as error:  # noqa: BLE001 - whatever it is, the key stays parked
                log.info("%s: a parked key of %s waits on: %s", self.group.name, topic, _reason(error))
                pause = timedelta(seconds=_MAX_RETRY_PARKED if isinstance(error, GapError) else _RETRY_PARKED)
                await self.inbox.postpone(self.group.name, topic, key, self.clock.now() + pause)


def _cause(envelopes: list[Envelope]) -> Cause:
    """Handlers act as the system, on behalf of the event's actor; a batch of several has no one actor."""
    first = envelopes[0]
    if len({each.actor for each in envelopes}) > 1:
        return Cause("system", first.correlation_id or str(first.id), str(first.id), first.traceparent)
    actor = first.actor if first.actor and first.actor.startswith("system") else f"system:{first.actor or ''}"
    return Cause(actor, first.correlation_id or str(first.id), str(first.id), first.traceparent)


def _why(error: Exception) -> Park:
    """Tell what would free the key: an arrival, or an operator."""
    if isinstance(error, NotYetError | GapError):
        return Park(_reason(error), waits_for=str(error))
    return Park(_reason(error))


def _reason(error: Exception) -> str:
    """Name the failure without the record's content, which may be personal."""
    known = isinstance(error, PoisonError | GapError | NotYetError)
    return f"{type(error).__name__}: {error}" if known else type(error).__name__
