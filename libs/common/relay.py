"""The relay: outbox rows to the broker, in id order, at least once, in order per key.

A state machine over three arguments (store, bus, clock), so that the simulator runs these very lines.
No transaction is open while sending: SELECT, send, DELETE what was acknowledged.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass, field

from libs.common.bus import Bus, Producer, RefusedError, SendError
from libs.common.clock import Clock
from libs.common.outbox import OutboxStore, Row

log = logging.getLogger(__name__)
_PAGE = 500
_BUSY, _IDLE, _STANDBY = 0.02, 0.2, 1.0
_MARGIN = 5.0


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

    def __init__(self, store: OutboxStore, bus: Bus, clock: Clock, transaction_timeout: float) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._floor = Floor(transaction_timeout + _MARGIN)
        self._producer: Producer | None = None
        self._blocked: frozenset[str] = frozenset()

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`; a dead broker or database means wait and try again for ever."""
        pause = _IDLE
        while not stop.is_set():
            try:
                pause = _BUSY if await self.step() else min(_IDLE, pause * 2)
            except Exception as error:  # noqa: BLE001 - the relay outlives every outage
                log.warning("relay waits: %s", type(error).__name__)
                await self._throw_producer_away()
                pause = _STANDBY
            await self._clock.sleep(pause)
        await self._throw_producer_away()
        await self._store.close()

    async def step(self) -> int:
        """Send one page; return how many rows were acknowledged. Raises SendError when some were not."""
        if not await self._store.lead():
            await self._clock.sleep(_STANDBY)
            return 0
        settled = self._floor.settled(self._clock.monotonic())
        page = await self._store.oldest(self._floor.value, _PAGE)
        self._floor.sample(self._clock.monotonic(), page.high_water)
        if self._blocked - page.blocked:
            # An operator unblocked a key, and its rows may lie below the floor.
            self._floor.value = 0
        self._blocked = page.blocked
        sent = await self._send(page.rows)
        full = len(page.rows) == _PAGE
        self._floor.rise(min(settled, page.rows[-1].id) if full else settled)
        return sent

    async def _send(self, rows: list[Row]) -> int:
        """Send rows in order and delete what was acknowledged behind no failed row of its key."""
        if not rows:
            return 0
        outcomes = await self._outcomes(rows)
        stuck = {_key(row) for row, outcome in zip(rows, outcomes, strict=True) if outcome}
        done = [
            row.id
            for row, outcome in zip(rows, outcomes, strict=True)
            if not outcome and _key(row) not in stuck
        ]
        await self._store.delete(done)
        for row, outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, RefusedError):
                log.error("blocked a key of %s: %s", row.message.topic, outcome)
                await self._store.block(row.message.topic, row.message.key.decode(), str(outcome))
        if any(outcome and not isinstance(outcome, RefusedError) for outcome in outcomes):
            raise SendError("not every row was acknowledged")
        return len(done)

    async def _outcomes(self, rows: list[Row]) -> list[BaseException | None]:
        """Send every row whose key was not refused before it; return None for each acknowledged one."""
        if self._producer is None:
            self._producer = await self._bus.producer()
        refused: dict[tuple[str, bytes], RefusedError] = {}
        waiting = [await self._queue(self._producer, row, refused) for row in rows]
        return await asyncio.gather(*waiting, return_exceptions=True)

    async def _queue(
        self, producer: Producer, row: Row, refused: dict[tuple[str, bytes], RefusedError]
    ) -> Awaitable[None]:
        """Hand one row to the producer; a refused key takes its later rows with it."""
        try:
            if _key(row) in refused:
                return _raise(refused[_key(row)])
            return await producer.send(row.message)
        except RefusedError as error:
            refused[_key(row)] = error
            return _raise(error)
        except SendError as error:
            return _raise(error)

    async def _throw_producer_away(self) -> None:
        """Forget the producer: after an expired batch it never recovers by itself."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(Exception):
                await producer.close()


def _key(row: Row) -> tuple[str, bytes]:
    return row.message.topic, row.message.key


async def _raise(error: Exception) -> None:
    raise error
