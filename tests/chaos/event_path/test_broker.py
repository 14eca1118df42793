"""The broker is killed under load and stays away longer than a send may take; writers never notice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from libs.common.kafka import KafkaBus
from libs.common.testing import make_settings, scratch
from tests.chaos.event_path.log import Judgement, judge, read_topic
from tests.chaos.event_path.own_broker import OwnBroker, own_broker
from tests.chaos.event_path.relays import RelayProcess, relays
from tests.chaos.event_path.sales import TOPIC, Sales
from tests.figures import Figures

pytestmark = pytest.mark.timeout(240)
SHIMS = ("shipped", "delete before send")
AWAY = 11.0


@dataclass(slots=True)
class Outage:
    """What came of one relay."""

    judgement: Judgement
    drained: bool
    in_flight: int
    written_meanwhile: int


@pytest.fixture(scope="module")
async def outages() -> AsyncIterator[dict[str, Outage]]:
    """One outage for the shipped relay and for the planted one, each with a database of its own."""
    async with own_broker() as broker, AsyncExitStack() as stack:
        bus = KafkaBus(make_settings("toy", "postgresql://nobody", kafka_bootstrap=broker.bootstrap))
        lent = [await stack.enter_async_context(scratch("sales")) for _ in SHIMS]
        writers = [await Sales.begin(each, bus) for each in lent]
        started = [
            await (await stack.enter_async_context(relays(each.url, broker.bootstrap))).start(shim)
            for each, shim in zip(lent, SHIMS, strict=True)
        ]
        sides = zip(writers, started, strict=True)
        found = await asyncio.gather(
            *(_suffer(sales, relay) for sales, relay in sides), _interrupt(broker, started[0])
        )
        await broker.come_back()
        yield {
            shim: Outage(await _judged(sales, bus), await sales.drained(), *seen)
            for shim, sales, seen in zip(SHIMS, writers, found[:-1], strict=True)
        }
        await bus.close()


async def _judged(sales: Sales, bus: KafkaBus) -> Judgement:
    await sales.drained(30)
    return judge(await read_topic(bus, TOPIC), await sales.versions())


async def _interrupt(broker: OwnBroker, relay: RelayProcess) -> tuple[int, int]:
    """Kill the broker when the relay has a send in flight."""
    await asyncio.sleep(1)
    async with asyncio.timeout(60):
        while not relay.in_flight():
            await asyncio.sleep(0.001)
    broker.kill()
    return 0, 0


async def _suffer(sales: Sales, relay: RelayProcess) -> tuple[int, int]:
    """Write before and in the outage; return what was in flight then, and how much was written in it."""
    await sales.write(1500, 4)
    before, in_flight = sales.events, relay.in_flight()
    await asyncio.sleep(AWAY)
    await sales.write(300, 4)
    return in_flight, sales.events - before


class TestBrokerKilled:
    def test_loses_nothing_and_never_stops_a_writer(self, outages: dict[str, Outage]) -> None:
        outage = outages["shipped"]

        figures = Figures("event-path")
        figures.sample("broker_kills", 1)
        figures.at_least("broker killed: rows in flight", outage.in_flight, 1)
        figures.at_least("broker killed: events written without it", outage.written_meanwhile, 300)
        figures.exactly("broker killed: outbox empty at the end", outage.drained, bar=True)
        wrong = outage.judgement.lost + outage.judgement.out_of_order + outage.judgement.invented
        figures.exactly("broker killed: lost, out of order or invented", wrong, 0)
        assert figures.done(part=True), figures.failures()
        assert outage.judgement.is_clean

    def test_planted_deletion_before_the_acknowledgement_is_found(self, outages: dict[str, Outage]) -> None:
        assert outages["delete before send"].judgement.lost > 0
