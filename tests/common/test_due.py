"""Timers on real PostgreSQL: once each, together with their effect, whoever else is at work."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.due import Alarm, Timer, cancel, schedule
from libs.common.journal import AuditEntry, Cause, audit
from libs.common.testing import FakeClock
from libs.common.transaction import Transactions

PAST = datetime.now(UTC) - timedelta(hours=1)
CAUSE = Cause("system", "test")


@pytest.fixture
async def transactions(database: Database) -> AsyncIterator[Transactions]:
    yield Transactions(database, "toy")
    async with database.engine.begin() as connection:
        await connection.execute(text("TRUNCATE due, audit"))


async def _plan(transactions: Transactions, *rows: tuple[str, str, datetime]) -> None:
    async def body(session: AsyncSession) -> None:
        for row in rows:
            await schedule(session, *row)

    await transactions.run(CAUSE, body)


async def _count(database: Database, table: str) -> int:
    async with database.reading.connect() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def ring(session: AsyncSession, key: str, at: datetime) -> None:
    audit(session, AuditEntry("rang", "timer", key, None, {}))


def failing(times: int) -> Timer:
    async def fail(session: AsyncSession, key: str, at: datetime) -> None:
        nonlocal times
        audit(session, AuditEntry("tried", "timer", key, None, {}))
        times -= 1
        if times >= 0:
            raise ValueError(key)

    return fail


class TestAlarm:
    async def test_calls_what_is_due_and_nothing_else(
        self, transactions: Transactions, database: Database
    ) -> None:
        future = datetime.now(UTC) + timedelta(hours=1)
        await _plan(transactions, ("bell", "a", PAST), ("bell", "a", PAST), ("bell", "b", future))

        alarm = Alarm({"bell": ring}, transactions)

        assert [await alarm.call_one(), await alarm.call_one()] == [True, False]
        assert await _count(database, "audit") == 1
        assert await _count(database, "due") == 1

    async def test_leaves_timers_of_another_release_alone(
        self, transactions: Transactions, database: Database
    ) -> None:
        await _plan(transactions, ("gong", "a", PAST))

        assert not await Alarm({"bell": ring}, transactions).call_one()
        assert await _count(database, "due") == 1

    async def test_keeps_a_timer_whose_effect_failed_and_goes_on_with_others(
        self, transactions: Transactions, database: Database, clock: FakeClock
    ) -> None:
        await _plan(transactions, ("bad", "a", PAST), ("bell", "b", PAST + timedelta(minutes=1)))
        alarm = Alarm({"bad": failing(1), "bell": ring}, transactions, clock)

        assert [await alarm.call_one(), await alarm.call_one(), await alarm.call_one()] == [True, True, False]
        assert await _count(database, "due") == 1

        clock.advance(3)

        assert [await alarm.call_one(), await alarm.call_one()] == [True, False]
        assert await _count(database, "audit") == 2
        assert await _count(database, "due") == 0

    async def test_calls_each_once_when_four_are_at_work(
        self, transactions: Transactions, database: Database
    ) -> None:
        await _plan(transactions, *(("bell", str(number), PAST) for number in range(60)))
        alarms = [Alarm({"bell": ring}, transactions) for _ in range(4)]

        async def drain(alarm: Alarm) -> int:
            called = 0
            while await alarm.call_one():
                called += 1
            return called

        called = await asyncio.gather(*map(drain, alarms))

        assert sum(called) == 60
        assert sum(one > 0 for one in called) > 1
        assert await _count(database, "audit") == 60

    async def test_runs_until_it_is_stopped(self, transactions: Transactions, database: Database) -> None:
        await _plan(transactions, ("bell", "a", PAST))
        stop = asyncio.Event()
        running = asyncio.create_task(Alarm({"bell": ring}, transactions).run(stop))

        async with asyncio.timeout(60):
            while await _count(database, "audit") == 0:
                await asyncio.sleep(0.02)
        stop.set()
        await running

        assert await _count(database, "due") == 0


class TestCancel:
    async def test_takes_back_every_instant_of_these_kinds(
        self, transactions: Transactions, database: Database
    ) -> None:
        later = PAST + timedelta(minutes=1)
        await _plan(transactions, ("warn", "a", PAST), ("breach", "a", later), ("warn", "b", PAST))

        await transactions.run(CAUSE, lambda session: cancel(session, ("warn", "breach"), "a"))

        assert await _count(database, "due") == 1
