"""A heartbeat's way: outbox, relay, broker, reader; and that nobody takes it for an event."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common import heartbeat
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer, Group
from libs.common.events import Event
from libs.common.heartbeat import Heartbeats, beating, read_heartbeats
from libs.common.inbox_postgres import PostgresInbox
from libs.common.journal import Cause
from libs.common.kafka import KafkaBus
from libs.common.migrate import begin
from libs.common.outbox import PostgresOutbox
from libs.common.plan import Plan, heartbeat_topic, is_compacted, topics_of
from libs.common.relay import Relay
from libs.common.testing import FakeClock, Scratch, make_settings, scratch
from libs.common.transaction import Transactions
from libs.platform.process import heartbeats
from services.analytics.event_log.projection import EventLog


@pytest.fixture
async def lent() -> AsyncIterator[Scratch]:
    async with scratch() as fresh:
        yield fresh


async def age(source: str, clock: FakeClock | SystemClock) -> float | None:
    (ages,) = (await read_heartbeats(clock)).values()
    return ages.get((source,))


class TestWay:
    async def test_is_that_of_an_event(self, lent: Scratch, bus: KafkaBus) -> None:
        source, clock, stop = f"beat{uuid4().hex[:8]}", SystemClock(), asyncio.Event()
        topics = (heartbeat_topic(source),)
        plan = Plan(make_settings(source, lent.url), "services.toy")
        await bus.ensure([each for each in topics_of(plan) if each.name in topics])
        group = Group(f"{source}.replicas", topics, Heartbeats(), dedupe=False, compacted=frozenset(topics))
        async with lent.database.engine.begin() as connection:
            await begin(connection, group.name, await bus.ends(topics), await bus.cluster_id())
        transactions = Transactions(lent.database, source)
        parts = (
            Relay(PostgresOutbox(lent.url), bus, clock, 15.0).run(stop),
            Consumer(group, bus, PostgresInbox(transactions), clock, "one").run(stop),
        )
        running = [asyncio.create_task(each) for each in parts]

        for _ in range(2):
            await transactions.run(Cause("system", "test"), beating(source).work)
        async with asyncio.timeout(60):
            while await age(source, clock) is None:
                await asyncio.sleep(0.02)
        stop.set()
        await asyncio.gather(*running)

        assert 0 <= (await age(source, clock) or 0) < 20
        assert sum(heartbeat._DELAY.series[source,].counts) >= 1  # noqa: SLF001 - what the page shows

    async def test_leaves_no_trail_but_the_row_to_be_sent(self, lent: Scratch) -> None:
        transactions = Transactions(lent.database, "toy")

        await transactions.run(Cause("system", "test"), beating("toy").work)

        async with lent.database.reading.connect() as connection:
            sql = "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM audit)"
            assert tuple((await connection.execute(text(sql))).one()) == (1, 0)

    async def test_grows_old_when_nothing_comes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = FakeClock()
        monkeypatch.setattr(heartbeat, "_HEARD", {"toy": clock.now() - timedelta(seconds=3)})

        clock.advance(60)

        assert await age("toy", clock) == 63


class TestPlace:
    def test_is_no_event_of_any_contract(self) -> None:
        topics = {event.topic for event in Event.registry.values()}

        assert not any(each.endswith(".heartbeat") for each in topics | set(EventLog.topics))

    def test_is_one_partition_that_keeps_the_newest(self) -> None:
        plan = Plan(make_settings("toy", "postgresql://nobody"), "services.toy")

        (topic,) = (each for each in topics_of(plan) if each.name == heartbeat_topic("toy"))

        assert (topic.partitions, topic.compacted, is_compacted(topic.name)) == (1, True, True)

    def test_is_read_of_every_service(self) -> None:
        services = ("auth", "customer", "sales", "marketing", "ticketing", "analytics", "integration")

        assert set(map(heartbeat_topic, services)) <= set(heartbeats("analytics"))
