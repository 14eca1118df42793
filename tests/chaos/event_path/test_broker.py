"""The broker is killed under load and stays away longer than a send may take; writers never notice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from libs.common.bus import LostMemberError, Reader, TopicPartition
from libs.common.kafka import KafkaBus
from libs.common.testing import make_settings, scratch
from tests.chaos.event_path.log import Judgement, judge, read_topic
from tests.chaos.event_path.own_broker import OwnBroker, own_broker
from tests.chaos.event_path.relays import RelayProcess, relays
from tests.chaos.event_path.sales import TOPIC, Sales
from tests.figures import Figures

SHIMS = ("shipped", "delete before send")
AWAY = 11.0


@dataclass(slots=True)
class Outage:
    """What came of one relay."""

    judgement: Judgement
    drained: bool
    in_flight: int
    written_meanwhile: int


@dataclass(slots=True)
class Follower:
    """A reader that was there before the broker died, and reads on behind it."""

    seen: Counter[tuple[TopicPartition, int]]
    written: set[tuple[TopicPartition, int]]

    async def follow(self, bus: KafkaBus, stop: asyncio.Event) -> None:
        """Read until `stop`; join again as a consumer does, when the group's coordinator stayed away."""
        reader: Reader | None = None
        while not stop.is_set():
            try:
                reader = reader or await bus.reader("follower", [TOPIC], "one")
                await self._step(reader)
            except LostMemberError:
                assert reader is not None
                await reader.close()
                reader = None
            except Exception:  # noqa: BLE001 - there is no broker to join yet
                await asyncio.sleep(1)
        assert reader is not None
        await reader.close()

    async def _step(self, reader: Reader) -> None:
        for place in reader.unplaced():
            # A reader whose partitions were dealt out anew goes on behind what it has.
            reader.place(place, sum(each == place for each, _ in self.seen))
        for place, records in (await reader.poll(0.1, 1000)).items():
            self.seen.update((place, each.offset) for each in records)

    async def catch_up(self, bus: KafkaBus) -> None:
        """Wait until everything that stands in the topic now was seen."""
        ends = await bus.ends([TOPIC])
        self.written = {(place, offset) for place, end in ends.items() for offset in range(end)}
        async with asyncio.timeout(240):
            while self.written - self.seen.keys():
                await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def follower() -> Follower:
    return Follower(Counter(), set())


@pytest.fixture(scope="module")
async def outages(follower: Follower) -> AsyncIterator[dict[str, Outage]]:
    """One outage for the shipped relay and for the planted one, each with a database of its own."""
    async with own_broker() as broker, AsyncExitStack() as stack:
        bus = KafkaBus(make_settings("toy", "postgresql://nobody", kafka_bootstrap=broker.bootstrap))
        lent = [await stack.enter_async_context(scratch("sales")) for _ in SHIMS]
        writers = [await Sales.begin(each, bus) for each in lent]
        started = [
            await (await stack.enter_async_context(relays(each.url, broker.bootstrap))).start(shim)
            for each, shim in zip(lent, SHIMS, strict=True)
        ]
        stop = asyncio.Event()
        following = asyncio.create_task(follower.follow(bus, stop))
        sides = zip(writers, started, strict=True)
        found = await asyncio.gather(
            *(_suffer(sales, relay) for sales, relay in sides), _interrupt(broker, started[0])
        )
        await broker.come_back()
        judged = {
            shim: Outage(await _judged(sales, bus), await sales.drained(), *seen)
            for shim, sales, seen in zip(SHIMS, writers, found[:-1], strict=True)
        }
        await follower.catch_up(bus)
        stop.set()
        await following
        yield judged
        await bus.close()


async def _judged(sales: Sales, bus: KafkaBus) -> Judgement:
    await sales.drained()
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

    def test_a_reader_goes_on_behind_it_and_repeats_nothing(
        self, outages: dict[str, Outage], follower: Follower
    ) -> None:
        assert outages["shipped"].judgement.is_clean
        assert len(follower.written) > 1500
        assert set(follower.seen) == follower.written
        assert max(follower.seen.values()) == 1

    def test_planted_deletion_before_the_acknowledgement_is_found(self, outages: dict[str, Outage]) -> None:
        assert outages["delete before send"].judgement.lost > 0
