"""The relay: outbox rows to the broker, in id order, at least once, in order per key.

A state machine over three arguments (store, bus, clock), so that the simulator runs these very lines.
No transaction is open while sending: SELECT, send, DELETE what was acknowledged.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from libs.common.bus import Producer, Producers, RefusedError, SendError
from libs.common.clock import Clock
from libs.common.metrics import Counter
from libs.common.outbox import OutboxStore, Row

log = logging.getLogger(__name__)
# Behind a full page more is waiting: larger ones then cost database and broker less a row, unless rows are so
# large that memory would fill.
_PAGE, _BACKLOG_PAGE, _BACKLOG_BYTES = 500, 2000, 4 * 1024 * 1024
_BUSY, _IDLE, _STANDBY = 0.02, 0.2, 1.0
_MARGIN = 5.0
_LARGE = 16 * 1024
_EVENTS = Counter("plexus_relay_events_total", "Outbox rows by what the broker said to them", ("outcome",))


@dataclass(slots=True)
class Floor:
    """The id below which nothing can come any more; looking from it keeps the SELECT cheap.

    An id that the sequence had passed at time t is committed or rolled back by t + `horizon`
    (the role's transaction_timeout and a margin). The floor follows such ids, but never passes an unsent row.
    """

    horizon: float
    value: int = 0
    samples: deque[tuple[float, int]] = field(default_factory=deque)

    def sample(self, now: float, high_water: int) -> None:
        """Note that the sequence had passed `high_water` at `now`, in monotonic seconds."""
        self.samples.append((now, high_water))

    def settled(self, now: float) -> int:
        """Return the newest id that no open transaction can still hold at `now`."""
        newest = 0
        while self.samples and self.samples[0][0] + self.horizon <= now:
            newest = self.samples.popleft()[1]
        return newest

    def rise(self, ceiling: int) -> None:
        """Move up to `ceiling`, never down."""
        self.value = max(self.value, ceiling)


class Relay:
    """One service's relay; only the one that holds the store's lock sends."""

    def __init__(
        self,
        store: OutboxStore,
        bus: Producers,
        clock: Clock,
        transaction_timeout: float,
        rest: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        """Take what to relay from where to where; `rest` waits when idle, and may end early at a hint."""
        self._store, self._bus, self._clock = store, bus, clock
        self._rest = rest or clock.sleep
        self._floor = Floor(transaction_timeout + _MARGIN)
        self._producer: Producer | None = None
        self._blocked: frozenset[str] = frozenset()
        self._limit = _PAGE

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`; a dead broker or database means wait and try again for ever."""
        pause = _IDLE
        while not stop.is_set():
            try:
                sent = await self.step()
                pause = 0.0 if sent >= _PAGE else _BUSY if sent else min(_IDLE, max(_BUSY, pause * 2))
            except Exception as error:  # noqa: BLE001 - the relay outlives every outage
                log.warning("relay waits: %s", type(error).__name__)
                await self._throw_producer_away()
                if not isinstance(error, SendError):
                    # A connection that failed once is not trusted to say so again.
                    await self._store.close()
                pause = _STANDBY
            # While there is much, a hint would only make pages smaller; in an outage it changes nothing.
            await (self._rest if _BUSY < pause <= _IDLE else self._clock.sleep)(pause)
        await self._throw_producer_away()
        await self._store.close()

    async def step(self) -> int:
        """Send one page; return how many rows were acknowledged. Raises SendError when some were not."""
        if not await self._store.lead():
            await self._clock.sleep(_STANDBY)
            return 0
        settled = self._floor.settled(self._clock.monotonic())
        limit = self._limit
        page = await self._store.oldest(self._floor.value, limit)
        self._floor.sample(self._clock.monotonic(), page.high_water)
        unblocked, self._blocked = self._blocked - page.blocked, page.blocked
        if unblocked:
            # An operator unblocked a key, and its rows may lie below the floor: look again from the first.
            self._floor.value = 0
            return 0
        sent = await self._send(page.rows)
        full = len(page.rows) == limit
        self._limit = _next_limit(page.rows) if full else _PAGE
        self._floor.rise(min(settled, page.rows[-1].id) if full else settled)
        return sent

    async def _send(self, rows: list[Row]) -> int:
        """Send rows in order; delete what was acknowledged and stands behind no failed row of its key."""
        if not rows:
            return 0
        outcomes = await self._outcomes(rows)
        stuck: set[tuple[str, bytes]] = set()
        done = []
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome:
                stuck.add(_key(row))
            elif _key(row) not in stuck:
                done.append(row.id)
        await self._store.delete(done)
        _EVENTS.add("sent", by=len(done))
        await self._block(
            [row for row, each in zip(rows, outcomes, strict=True) if isinstance(each, RefusedError)]
        )
        if any(outcome and not isinstance(outcome, RefusedError) for outcome in outcomes):
            _EVENTS.add("failed", by=len(rows) - len(done))
            raise SendError("not every row was acknowledged")
        return len(done)

    async def _block(self, refused: list[Row]) -> None:
        """Leave the keys of refused rows out, and remember them: no unblocking may be missed."""
        for topic, key in dict.fromkeys((row.message.topic, row.message.key.decode()) for row in refused):
            log.error("the broker refuses a row of %s: its key is blocked", topic)
            _EVENTS.add("refused")
            await self._store.block(topic, key, "refused by the broker")
            self._blocked |= {f"{topic} {key}"}

    async def _outcomes(self, rows: list[Row]) -> list[Exception | None]:
        """Send in order, nothing behind a failure; return None for each acknowledged row.

        A refused row takes the later rows of its key with it, a failing producer all later rows.
        """
        if self._producer is None:
            self._producer = await self._bus.producer()
        failed: SendError | None = None
        refused: dict[tuple[str, bytes], RefusedError] = {}
        waiting: list[Awaitable[None] | Exception | None] = []
        for row in rows:
            if len(row.message.value) > _LARGE:
                # Refused in one batch with others, it would take them with it.
                failed = failed or await _settle(waiting)
            known = failed or refused.get(_key(row))
            try:
                waiting.append(known or await _send_one(self._producer, row))
            except RefusedError as error:
                refused[_key(row)] = error
                waiting.append(error)
            except SendError as error:
                failed = error
                waiting.append(error)
        return [await _answer(each) for each in waiting]

    async def _throw_producer_away(self) -> None:
        """Forget the producer: after an expired batch it never recovers by itself."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(Exception):
                await producer.close()


def _next_limit(rows: list[Row]) -> int:
    """Return how many rows to ask for behind a full page."""
    mean = sum(len(row.message.value) for row in rows) // len(rows)
    return _BACKLOG_PAGE if mean * _BACKLOG_PAGE <= _BACKLOG_BYTES else _PAGE


def _key(row: Row) -> tuple[str, bytes]:
    return row.message.topic, row.message.key


async def _answer(waiting: Awaitable[None] | Exception | None) -> Exception | None:
    """Return what became of a row; one wait after the other, since most are answered by then."""
    if waiting is None or isinstance(waiting, Exception):
        return waiting
    try:
        await waiting
    except (RefusedError, SendError) as error:
        return error
    return None


async def _settle(waiting: list[Awaitable[None] | Exception | None]) -> SendError | None:
    """Put outcomes in the place of waits; return a failure of the producer, if there is one."""
    failed = None
    for at in range(len(waiting) - 1, -1, -1):
        if waiting[at] is None:
            # Whatever stands before a row that was acknowledged by itself has its outcome.
            break
        outcome = waiting[at] = await _answer(waiting[at])
        failed = outcome if isinstance(outcome, SendError) else failed
    return failed


async def _send_one(producer: Producer, row: Row) -> Awaitable[None] | None:
    """Hand a row to the producer; return what ends with its acknowledgement, or None when it has that."""
    acknowledged = await producer.send(row.message)
    if len(row.message.value) > _LARGE:
        # Only the broker knows whether it takes a row this large, and nothing of its key may overtake it.
        await acknowledged
        return None
    return acknowledged
