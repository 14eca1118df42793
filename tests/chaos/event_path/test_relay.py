"""Sixteen writers of sales and a relay that is killed again and again, on real PostgreSQL and real Kafka."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from libs.common.kafka import KafkaBus
from libs.common.testing import scratch
from tests.chaos.event_path.log import Judgement, judge, read_topic
from tests.chaos.event_path.relays import Relays, relays
from tests.chaos.event_path.sales import TOPIC, Sales, slow_commits
from tests.figures import Figures, budget


@asynccontextmanager
async def running(bus: KafkaBus) -> AsyncIterator[tuple[Sales, Relays]]:
    """sales on a fresh database, and relays for it."""
    async with scratch("sales", pool_size=16) as lent:
        sales = await Sales.begin(lent, bus)
        async with relays(lent.url, os.environ["PLEXUS_TEST_KAFKA_BOOTSTRAP"]) as started:
            with slow_commits():
                yield sales, started


async def judged(sales: Sales, bus: KafkaBus) -> Judgement:
    return judge(await read_topic(bus, TOPIC), await sales.versions())


async def writing_through(sales: Sales, events: int, writers: int, killing: Awaitable[None]) -> None:
    """Write while relays are killed, and on to the end of that: it needs sends in flight."""
    killed = asyncio.ensure_future(killing)
    await sales.write(events, writers)
    while not killed.done():
        await sales.write(writers, writers)
    await killed


async def killing(started: Relays, shim: str, kills: int) -> None:
    """Keep two relays up, and kill whichever has a send in flight."""
    await started.start(shim)
    for _ in range(kills):
        await started.kill_in_flight(started.running[0])
        await started.start(shim)


class TestKilledRelay:
    async def test_loses_nothing_and_keeps_the_order(self, bus: KafkaBus) -> None:
        sizes = budget("event-path")
        async with running(bus) as (sales, started):
            kills = killing(started, "shipped", sizes["relay_kills"])
            await writing_through(sales, sizes["events"], sizes["writers"], kills)
            drained = await sales.drained()
            judgement, versions = await judged(sales, bus), await sales.versions()

        figures = Figures("event-path")
        figures.sample("writers", sizes["writers"])
        figures.sample("events", judgement.events)
        figures.sample("relay_kills", started.kills)
        figures.at_least("fewest rows in flight at a kill", min(started.in_flight), 1)
        figures.exactly("outbox empty at the end", drained, bar=True)
        figures.exactly("killed relay: events lost", judgement.lost, 0)
        figures.exactly("killed relay: events out of order", judgement.out_of_order, 0)
        figures.exactly("killed relay: events nobody recorded", judgement.invented, 0)
        figures.at_least("killed relay: duplicates on the topic", judgement.duplicates, 1)
        short = [key for key, version in sales.acknowledged.items() if versions[str(key)] < version]
        figures.exactly("acknowledged and gone", len(short), 0)
        assert figures.done(part=True), figures.failures()

    async def test_planted_deletion_before_the_send_is_found(self, bus: KafkaBus) -> None:
        async with running(bus) as (sales, started):
            await writing_through(sales, 1000, 16, killing(started, "delete before send", 2))
            await sales.drained(3)

            judgement = await judged(sales, bus)

        assert judgement.events >= 1000
        assert started.kills == 2
        assert judgement.lost > 0

    async def test_planted_id_above_last_is_found(self, bus: KafkaBus) -> None:
        async with running(bus) as (sales, started):
            await started.start("id > last")
            await sales.write(2000, 16)
            await sales.drained(3)

            judgement = await judged(sales, bus)

        assert judgement.events >= 2000
        assert judgement.lost > 0


class TestSecondRelay:
    async def test_waits_while_the_leader_is_paused(self, bus: KafkaBus) -> None:
        async with running(bus) as (sales, started):
            leader = await started.start()
            await sales.write(300, 4)
            second = await started.start()
            leader.signal(signal.SIGSTOP)
            await sales.write(600, 16)
            await asyncio.sleep(2)
            waiting, sent_by_second = await sales.outbox(), second.in_flight()
            leader.signal(signal.SIGCONT)
            await sales.write(600, 16)
            drained, judgement = await sales.drained(), await judged(sales, bus)

        figures = Figures("event-path")
        figures.at_least("second relay: rows that wait for a paused leader", waiting, 500)
        figures.exactly("second relay: rows it sent beside the leader", sent_by_second, 0)
        figures.exactly("second relay: outbox empty at the end", drained, bar=True)
        figures.exactly("second relay: lost or out of order", judgement.lost + judgement.out_of_order, 0)
        assert figures.done(part=True), figures.failures()
        assert judgement.is_clean

    async def test_takes_over_when_the_leader_is_gone(self, bus: KafkaBus) -> None:
        async with running(bus) as (sales, started):
            leader = await started.start()
            await sales.write(100, 4)
            await started.start()
            started.kill(leader)
            await sales.write(400, 8)

            assert await sales.drained()
            assert (await judged(sales, bus)).is_clean

    async def test_planted_two_skip_locked_relays_are_found(self, bus: KafkaBus) -> None:
        async with running(bus) as (sales, started):
            await started.start("skip locked")
            await started.start("skip locked")
            await sales.write(1500, 16)
            await sales.drained(5)

            judgement = await judged(sales, bus)

        assert judgement.events >= 1500
        assert judgement.out_of_order > 0
