"""The loop that things leave by: it fills what is free, loses no outcome, and stops clean."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.testing import FakeClock
from libs.common.transaction import Transactions
from services.integration.dispatching import Dispatcher
from tests.integration.acting import transacting


class House:
    """A store of numbers that are to leave."""

    def __init__(self, waiting: int) -> None:
        self.waiting = list(range(waiting))
        self.left: list[int] = []
        self.most = self.running = 0
        self.failures = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def claim(self, _: AsyncSession, room: int, busy: Sequence[int]) -> Sequence[int]:
        assert len(busy) + room <= 3
        taken, self.waiting = self.waiting[:room], self.waiting[room:]
        return taken

    async def carry(self, item: int) -> int:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        await self.gate.wait()
        self.running -= 1
        return item

    async def settle(self, _: AsyncSession, outcomes: Sequence[int]) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.left += outcomes

    def dispatcher(self) -> Dispatcher[int, int]:
        return Dispatcher("numbers", self.claim, self.carry, self.settle, width=3, idle=0.01)


@pytest.fixture
def transactions(database: Database, clock: FakeClock) -> Transactions:
    return transacting(database, clock)


async def until_left(house: House, number: int) -> None:
    async with asyncio.timeout(60):
        while len(house.left) < number:
            await asyncio.sleep(0.01)


class TestDispatcher:
    async def test_carries_everything_and_no_more_at_once_than_its_width(
        self, transactions: Transactions
    ) -> None:
        house, stop = House(20), asyncio.Event()
        running = asyncio.create_task(house.dispatcher().run(transactions, stop))

        await until_left(house, 20)
        stop.set()
        await running

        assert (sorted(house.left), house.most) == (list(range(20)), 3)

    async def test_settles_what_arrived_when_the_database_is_back(self, transactions: Transactions) -> None:
        house, stop = House(2), asyncio.Event()
        house.failures = 1
        running = asyncio.create_task(house.dispatcher().run(transactions, stop))

        await until_left(house, 2)
        stop.set()
        await running

        assert sorted(house.left) == [0, 1]

    async def test_lets_what_is_under_way_arrive_before_it_stops(self, transactions: Transactions) -> None:
        house, stop = House(3), asyncio.Event()
        house.gate.clear()
        running = asyncio.create_task(house.dispatcher().run(transactions, stop))
        async with asyncio.timeout(60):
            while house.running < 3:
                await asyncio.sleep(0.01)

        stop.set()
        house.gate.set()
        await running

        assert sorted(house.left) == [0, 1, 2]

    async def test_leaves_no_task_behind_when_it_is_cancelled(self, transactions: Transactions) -> None:
        house, before = House(3), asyncio.all_tasks()
        house.gate.clear()
        running = asyncio.create_task(house.dispatcher().run(transactions, asyncio.Event()))
        async with asyncio.timeout(60):
            while house.running < 3:
                await asyncio.sleep(0.01)

        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.sleep(0)

        assert asyncio.all_tasks() == before
