"""How things leave: claim some under a lease, carry each outside any transaction, settle them together.

A claim is committed before anything leaves, and settled after: what was under way when a process died is
claimed again when its lease is over, and leaves once more under the same id.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import Cause
from libs.common.reads import Asked
from libs.common.transaction import Transactions

log = logging.getLogger(__name__)

_IDLE = 0.3
_TOGETHER = 0.02
_AGAIN = 1.0


@dataclass
class Dispatcher[Item, Outcome]:
    """Keeps up to `width` items under way.

    `claim` is given how many more there is room for, and the items under way; it may settle by itself what
    must not leave. `carry` never raises: every end is an outcome. `look` is a statement that tells outside of
    a transaction whether there may be something to claim at an instant ($1): mostly there is nothing.
    """

    name: str
    claim: Callable[[AsyncSession, int, Sequence[Item]], Awaitable[Sequence[Item]]]
    carry: Callable[[Item], Awaitable[Outcome]]
    settle: Callable[[AsyncSession, Sequence[Outcome]], Awaitable[None]]
    width: int
    look: str | None = None
    idle: float = _IDLE
    _under_way: dict[asyncio.Task[Outcome], Item] = field(default_factory=dict)
    _arrived: list[Outcome] = field(default_factory=list)

    async def run(self, transactions: Transactions, stop: asyncio.Event) -> None:
        """Work until `stop`, then let what is under way arrive."""
        try:
            while not stop.is_set():
                await self._turn(transactions, stop)
            await self._drain(transactions)
        finally:
            for task in self._under_way:
                task.cancel()
            self._under_way.clear()

    async def step(self, transactions: Transactions) -> int:
        """Claim, carry and settle once; return how many items there were."""
        claimed = await self._claim(transactions)
        await self._drain(transactions)
        return claimed

    async def _turn(self, transactions: Transactions, stop: asyncio.Event) -> None:
        """Settle what arrived, fill what is free, and wait for whatever comes first."""
        try:
            await self._settle(transactions)
            claimed = await self._claim(transactions)
        except Exception as error:  # noqa: BLE001 - the database may be away; what arrived is settled later
            log.warning("%s waits: %s", self.name, type(error).__name__)
            await _until(stop, _AGAIN)
            return
        if self._under_way:
            await self._wait(None if claimed and self._is_full() else self.idle)
        else:
            await _until(stop, self.idle)

    def _is_full(self) -> bool:
        return len(self._under_way) >= self.width

    async def _claim(self, transactions: Transactions) -> int:
        room = self.width - len(self._under_way)
        if room <= 0 or not await self._may_claim(transactions):
            return 0
        body = partial(self._claim_in, room=room)
        items = await transactions.run(Cause("system", self.name), body)
        for item in items:
            self._under_way[asyncio.ensure_future(self.carry(item))] = item
        return len(items)

    async def _may_claim(self, transactions: Transactions) -> bool:
        if self.look is None:
            return True
        asked = Asked(self.look, (transactions.clock.now(),))
        ((found,),) = await transactions.database.reads.rows(asked)
        return bool(found)

    async def _claim_in(self, session: AsyncSession, room: int) -> Sequence[Item]:
        return await self.claim(session, room, list(self._under_way.values()))

    async def _wait(self, timeout: float | None) -> None:
        """Wait for the first to arrive, and a moment for those right behind it."""
        await asyncio.wait(self._under_way, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(_TOGETHER)
        done = [task for task in self._under_way if task.done()]
        for task in done:
            self._under_way.pop(task)
            self._arrived.append(task.result())

    async def _settle(self, transactions: Transactions) -> None:
        """Write down what became of those that arrived; they stay until it is written."""
        outcomes = list(self._arrived)
        if outcomes:
            await transactions.run(Cause("system", self.name), lambda session: self.settle(session, outcomes))
            del self._arrived[: len(outcomes)]

    async def _drain(self, transactions: Transactions) -> None:
        while self._under_way:
            await self._wait(None)
        await self._settle(transactions)


async def _until(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
