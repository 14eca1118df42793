"""What a process is asked at the scrape, on a real database and a broker in memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from libs.common.clock import SystemClock
from libs.common.consumer import Consumer
from libs.common.db import Database
from libs.common.group_metrics import DEAD_LETTERS, DELAY, PARKED, RECORDS, RETRIES
from libs.common.memory import MemoryBroker
from libs.common.metrics import Gauge, Samples
from libs.common.metrics_pool import TIMEOUTS, WAITS, read_pool
from libs.common.metrics_sources import LOOP_LAG, lag, outbox, parked, polls, timers, watch_loop
from libs.common.problems import Unavailable
from libs.common.reads import Asked
from libs.common.testing import scratch
from tests.chaos import toy
from tests.chaos.event_path.things import Things, things


@pytest.fixture
async def toys() -> AsyncIterator[Things]:
    async with things(MemoryBroker(SystemClock())) as lent:
        yield lent


def by_name(found: dict[Gauge, Samples]) -> dict[str, Samples]:
    return {gauge.name: samples for gauge, samples in found.items()}


def member(toys: Things) -> Consumer:
    return Consumer(toys.group, toys.bus, toys.inbox(), SystemClock(), "one")


async def execute(database: Database, sql: str) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text(sql))


class TestOutbox:
    async def test_tells_how_much_waits_and_since_when(self, database: Database) -> None:
        read = outbox(database.reading)
        assert by_name(await read()) == {
            "plexus_outbox_rows": {(): 0},
            "plexus_outbox_oldest_seconds": {(): 0},
            "plexus_outbox_blocked_keys": {(): 0},
        }

        columns = "topic, key, headers, value, recorded_at"
        row = "'t', 'k', '{}', '', now() - interval '90 s'"
        await execute(database, f"INSERT INTO outbox ({columns}) VALUES ({row})")
        await execute(database, "INSERT INTO outbox_blocked_key (topic, key, reason) VALUES ('t', 'k', 'r')")

        found = by_name(await read())
        assert (found["plexus_outbox_rows"][()], found["plexus_outbox_blocked_keys"][()]) == (1, 1)
        assert 89 < found["plexus_outbox_oldest_seconds"][()] < 120


class TestConsumer:
    async def test_tells_how_far_it_is_behind(self, toys: Things) -> None:
        consumer, name = member(toys), toys.group.name
        read = lag(toys.lent.database.reading, toys.bus, {name: consumer})
        await toys.send_range(1, 2)
        behind = by_name(await read())["plexus_consumer_lag_records"]

        for _ in range(3):
            await consumer.step()

        assert behind == {(name, toys.topic): 2 * len(toys.keys)}
        assert by_name(await read())["plexus_consumer_lag_records"] == {(name, toys.topic): 0}

    async def test_counts_what_became_of_each_record(self, toys: Things) -> None:
        name = toys.group.name
        consumer = Consumer(replace(toys.group, batch=4), toys.bus, toys.inbox(), SystemClock(), "one")
        await toys.send_range(1, 1)
        await toys.send_range(1, 1)
        await toys.send(toy.message(UUID(int=7), 1, b"{"), toy.message(UUID(int=7), 2))

        for _ in range(6):
            await consumer.step()

        counted = {labels[1]: count for labels, count in RECORDS.values.items() if labels[0] == name}
        assert counted == {"applied": len(toys.keys), "duplicate": len(toys.keys), "parked": 2}
        assert (PARKED.values[name,], DEAD_LETTERS.values[name,]) == (1, 1)
        assert sum(DELAY.series[name,].counts) == len(toys.keys)

    async def test_tells_which_keys_are_parked_and_what_frees_them(self, toys: Things) -> None:
        consumer, name = member(toys), toys.group.name
        read = parked(toys.lent.database.reading, {name: consumer})
        before = by_name(await read())["plexus_consumer_parked_keys"]
        await toys.send(toy.message(UUID(int=7), 1, b"{"), toy.message(UUID(int=8), 3))

        for _ in range(3):
            await consumer.step()

        assert before == {(name, "operator"): 0, (name, "arrival"): 0}
        assert by_name(await read())["plexus_consumer_parked_keys"] == {
            (name, "operator"): 1,
            (name, "arrival"): 1,
        }

    async def test_counts_its_retries_by_the_failures_class(self, toys: Things) -> None:
        async def fail(_: object) -> None:
            raise OSError

        toys.ledger.before = fail
        consumer = member(toys)
        await toys.send_range(1, 1)

        await consumer.step()
        await consumer.step()

        assert RETRIES.values[toys.group.name, "OSError"] >= 1

    async def test_tells_when_it_polled_last(self, toys: Things) -> None:
        consumer = member(toys)
        await consumer.step()

        (ages,) = by_name(await polls({"g": consumer})()).values()

        assert 0 <= ages["g",] < 5


class TestTimers:
    async def test_tells_only_of_those_that_are_late(self, database: Database) -> None:
        await execute(
            database,
            "INSERT INTO due (kind, key, at) VALUES ('a', '1', now() - interval '60 s'),"
            " ('a', '2', now() - interval '5 s'), ('b', '1', now() + interval '60 s')",
        )

        found = by_name(await timers(database.reading)())

        assert found["plexus_timers_overdue"] == {("a",): 2}
        assert 59 < found["plexus_timers_overdue_seconds"]["a",] < 90


class TestPool:
    async def test_counts_those_who_wait_and_those_who_wait_in_vain(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with scratch(pool_size=1) as lent:
            monkeypatch.setattr(lent.database.engine.pool, "_timeout", 0.05)
            before = WAITS.values["main",], TIMEOUTS.values["main",]
            async with lent.database.reading.connect():
                taken = by_name(await read_pool(lent.database.engine))
                with pytest.raises(PoolTimeoutError):
                    await lent.database.reading.connect()
            freed = by_name(await read_pool(lent.database.engine))

        assert (WAITS.values["main",], TIMEOUTS.values["main",]) == (before[0] + 1, before[1] + 1)
        assert taken["plexus_pool_connections"] == {("main", "in_use"): 1, ("main", "idle"): 0}
        assert freed["plexus_pool_connections"] == {("main", "in_use"): 0, ("main", "idle"): 1}
        assert taken["plexus_pool_size"] == {("main",): 1}

    async def test_counts_the_hot_reads_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("libs.common.reads.PATIENCE", 0.05)
        async with scratch(pool_size=1) as lent:
            reads, before = lent.database.reads, TIMEOUTS.values["reads",]
            slow = asyncio.create_task(reads.rows(Asked("SELECT pg_sleep(1.5)", ())))
            async with asyncio.timeout(60):
                while by_name(await reads.read_metrics())["plexus_pool_connections"]["reads", "in_use"] < 1:
                    await asyncio.sleep(0.01)
            with pytest.raises(Unavailable):
                await reads.rows(Asked("SELECT 1", ()))
            await slow
            freed = by_name(await reads.read_metrics())

        assert TIMEOUTS.values["reads",] == before + 1
        assert freed["plexus_pool_connections"] == {("reads", "in_use"): 0, ("reads", "idle"): 1}

    async def test_is_plain_where_telemetry_is_off(self) -> None:
        async with scratch(telemetry=False) as lent:
            assert await read_pool(lent.database.engine) == {}


class TestLoop:
    async def test_notices_who_blocks_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("libs.common.metrics_sources._LOOK", 0.01)
        before, stop = sum(LOOP_LAG.of().counts), asyncio.Event()
        watching = asyncio.create_task(watch_loop(stop))

        async with asyncio.timeout(60):
            while sum(LOOP_LAG.of().counts) < before + 3:
                await asyncio.sleep(0.005)
        stop.set()
        await watching

        assert LOOP_LAG.of().sum > 0
