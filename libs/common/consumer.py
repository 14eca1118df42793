"""The consumer: each event's effect once, in order per key, whatever is killed in between.

A state machine over bus, inbox and clock, so that the simulator runs these very lines. Offsets move by
compare-and-set in the transaction of the effect; the broker's own offsets serve lag tools alone.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Protocol

from libs.common.bus import Bus, Reader, Record, TopicPartition
from libs.common.clock import Clock
from libs.common.envelope import Envelope, PoisonError, decode
from libs.common.inbox import Inbox, InboxTransaction, Park, Placement, Sequence
from libs.common.journal import Cause

log = logging.getLogger(__name__)
_WAIT_FOR_KEY = 1.0
_BACKOFF = 0.2
_MAX_BACKOFF = 10.0
_RETRY_PARKED = 1.0
_MAX_RETRY_PARKED = 15.0
_PARKED_LIMIT = 1000


class NotYetError(Exception):
    """The effect needs something that has not arrived: the key is parked until it does."""

    def __init__(self, kind: str, identity: object) -> None:
        super().__init__(f"{kind} {identity}")


class GapError(Exception):
    """An event of this key is missing between the last one applied and this one."""


class FencedError(Exception):
    """Another member moved the position: this one is a zombie for that partition."""


class TooManyParkedError(Exception):
    """The worker stops: something is wrong that parking more keys would only hide."""


class Verdict(Enum):
    """What to do with an event."""

    APPLY = "apply"
    DROP = "drop"
    GAP = "gap"


class Applier(Protocol):
    """The effect of a group: command handlers, a fold, or an upsert."""

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> None:
        """Apply events in order, in the given transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Group:
    """What is read together. `batch` events share a transaction; `urgent` topics go first in each poll.

    Without `dedupe` the applier itself upserts by (epoch, version) and no row is kept.
    """

    name: str
    topics: tuple[str, ...]
    applier: Applier
    batch: int = 1
    dedupe: bool = True
    urgent: frozenset[str] = frozenset()
    compacted: frozenset[str] = frozenset()


def judge(last: Sequence | None, started_at: int, epoch: int, sequence: int) -> Verdict:
    """Decide by (epoch, sequence) alone; `started_at` > 0 means the group began behind the log's start."""
    if last is None:
        return Verdict.APPLY if sequence == 1 or started_at > 0 else Verdict.GAP
    if epoch != last[0]:
        return Verdict.APPLY if epoch > last[0] else Verdict.DROP
    if sequence == last[1] + 1:
        return Verdict.APPLY
    return Verdict.DROP if sequence <= last[1] else Verdict.GAP


@dataclass(slots=True)
class Track:
    """One placed partition: its row as last written, and when to try again after a transient failure."""

    placement: Placement
    position: int
    failures: int = 0
    resume_at: float | None = None


@dataclass(slots=True)
class Consumer:
    """One member of one group."""

    group: Group
    bus: Bus
    inbox: Inbox
    clock: Clock
    slot: str
    polled_at: float = 0.0
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
        for place in sorted(batches, key=lambda each: (each.topic not in self.group.urgent, each)):
            await self._process(self._reader, place, batches[place])
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

    async def _process(self, reader: Reader, place: TopicPartition, records: list[Record]) -> None:
        """Apply a partition's records in chunks; stop at the first failure that may pass."""
        track = self._tracks[place]
        fresh = [record for record in records if record.offset >= track.position]
        try:
            for begin in range(0, len(fresh), self.group.batch):
                await self._apply(place, track, fresh[begin : begin + self.group.batch])
            track.failures = 0
        except FencedError:
            log.info("%s lost %s to another member", self.group.name, place)
            reader.displace(place)
        except Exception as error:
            if not self.inbox.is_transient(error):
                raise
            self._back_off(reader, place, track, error)

    def _back_off(self, reader: Reader, place: TopicPartition, track: Track, error: Exception) -> None:
        """Pause the partition and come back to the first record that was not applied."""
        track.failures += 1
        pause = min(_MAX_BACKOFF, _BACKOFF * 2 ** (track.failures - 1))
        log.warning("%s pauses %s for %.1f s: %s", self.group.name, place, pause, type(error).__name__)
        track.resume_at = self.clock.monotonic() + pause
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
            if len(records) == 1:
                await self._park(place, track, records[0], error)
                return
            middle = len(records) // 2
            await self._apply(place, track, records[:middle])
            await self._apply(place, track, records[middle:])

    async def _attempt(self, place: TopicPartition, track: Track, records: list[Record]) -> None:
        """Try, and wait up to a second in place for something that is on its way."""
        deadline = self.clock.monotonic() + _WAIT_FOR_KEY
        while True:
            try:
                envelopes = [decode(record) for record in records]
                await self.inbox.run(_cause(envelopes), partial(self._effect, place, track, envelopes))
            except NotYetError:
                if len(records) > 1 or self.clock.monotonic() >= deadline:
                    raise
                await self.clock.sleep(0.05)
            else:
                track.position = records[-1].offset + 1
                return

    async def _effect(
        self, place: TopicPartition, track: Track, envelopes: list[Envelope], transaction: InboxTransaction
    ) -> None:
        """Move the position, sort out what is new, apply it: all or nothing."""
        if not await transaction.advance(self.group.name, place, track.position, envelopes[-1].record):
            raise FencedError(str(place))
        if not self.group.dedupe:
            await self.group.applier.apply(transaction, envelopes)
            return
        keys = {each.key for each in envelopes}
        parked = await transaction.parked(self.group.name, place.topic, keys)
        seen = await transaction.seen(self.group.name, place.topic, keys)
        for each in envelopes:
            if each.key in parked:
                await transaction.park(self.group.name, each.record, each.key, None)
        fresh = _fresh((each for each in envelopes if each.key not in parked), seen, track.placement.start)
        await self.group.applier.apply(transaction, fresh)
        if fresh:
            newest = {each.key: (each.epoch, each.sequence) for each in fresh}
            await transaction.mark(self.group.name, place.topic, newest)

    async def _park(self, place: TopicPartition, track: Track, record: Record, error: Exception) -> None:
        """Set a record and its key aside, so that other keys flow."""
        if await self.inbox.count_parked(self.group.name) >= _PARKED_LIMIT:
            raise TooManyParkedError(self.group.name) from error
        key = record.key.decode(errors="backslashreplace")
        log.error(
            "%s parked a key of %s at offset %d: %s", self.group.name, place, record.offset, _reason(error)
        )

        async def body(transaction: InboxTransaction) -> None:
            if not await transaction.advance(self.group.name, place, track.position, record):
                raise FencedError(str(place))
            await transaction.park(self.group.name, record, key, _why(error))

        await self.inbox.run(Cause("system", f"park-{self.group.name}"), body)
        track.position = record.offset + 1

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


async def redrive(inbox: Inbox, group: Group, topic: str, key: str) -> int:
    """Apply a parked key's events in order, a transaction each, and free the key; return their number.

    Raises what the first failing event raises (PoisonError, GapError, NotYetError, a rule's Problem): it and
    the events behind it stay parked.
    """
    applied = 0
    while True:
        step = await inbox.run(
            Cause("system", f"redrive-{key}"), lambda tx: _redrive_one(tx, group, topic, key)
        )
        if step is None:
            return applied
        applied += step


async def _redrive_one(transaction: InboxTransaction, group: Group, topic: str, key: str) -> int | None:
    """Apply the next parked event under the key's lock; None when the key is free."""
    if key not in await transaction.parked(group.name, topic, [key]):
        return None
    records = await transaction.oldest_parked(group.name, topic, key)
    if not records:
        await transaction.free(group.name, topic, key)
        return None
    envelope = min(map(decode, records), key=lambda each: (each.epoch, each.sequence))
    seen = await transaction.seen(group.name, topic, [key])
    # Where the group began was judged when the key was parked; here only order counts.
    fresh = _fresh([envelope], seen, 0)
    await group.applier.apply(transaction, fresh)
    if fresh:
        await transaction.mark(group.name, topic, {key: (envelope.epoch, envelope.sequence)})
    await transaction.unpark(group.name, envelope.record)
    return len(fresh)


def _fresh(envelopes: Iterable[Envelope], seen: dict[str, Sequence], started_at: int) -> list[Envelope]:
    """Return the events to apply; duplicates are left out, a gap raises."""
    last = dict(seen)
    fresh = []
    for each in envelopes:
        verdict = judge(last.get(each.key), started_at, each.epoch, each.sequence)
        if verdict is Verdict.GAP:
            raise GapError(f"sequence {each.sequence} after {last.get(each.key)}")
        if verdict is Verdict.APPLY:
            last[each.key] = (each.epoch, each.sequence)
            fresh.append(each)
    return fresh


def _cause(envelopes: list[Envelope]) -> Cause:
    """Handlers act as the system, on behalf of the event's actor."""
    first = envelopes[0]
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
