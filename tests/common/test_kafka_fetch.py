"""Fetch sessions on a real broker: what is asked for, and that nothing is lost or repeated."""

# ruff: noqa: SLF001 - what is asked of the broker shows nowhere else

import asyncio
import hashlib
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import aiokafka
import pytest
from aiokafka.cluster import ClusterMetadata
from aiokafka.consumer import fetcher, subscription_state
from aiokafka.protocol.fetch import FetchRequest

from libs.common.bus import Message, Record, Topic, TopicPartition
from libs.common.fetch_session import Ask
from libs.common.kafka import KafkaBus
from libs.common.kafka_fetch import SessionFetcher, SessionRequest
from libs.common.kafka_reader import KafkaReader
from libs.common.testing import make_settings

WAIT = 60.0
PARTITIONS = 12


class Watched:
    """A reader whose fetch requests are kept, and which knows how far it has read."""

    def __init__(self, reader: KafkaReader) -> None:
        self.reader = reader
        self.asks: list[Ask] = []
        self.positions: dict[TopicPartition, int] = {}
        self.found: list[Record] = []
        consumer: Any = reader._client
        self.fetcher: Any = consumer._fetcher
        client = consumer._client
        send = client.send

        async def sending(node: Any, request: Any, **options: Any) -> Any:
            if isinstance(request, SessionRequest):
                self.asks.append(request.ask)
            return await send(node, request, **options)

        client.send = sending

    async def until(self, enough: Callable[[], bool]) -> None:
        """Place what is new where it was read to, and poll."""
        async with asyncio.timeout(WAIT):
            while not enough():
                self.place()
                await self.poll(0.05)

    def place(self) -> None:
        for place in self.reader.unplaced():
            self.reader.place(place, self.positions.get(place, 0))

    async def poll(self, seconds: float) -> None:
        for place, records in (await self.reader.poll(seconds, 100)).items():
            self.found += records
            self.positions[place] = records[-1].offset + 1

    async def values(self, count: int) -> list[bytes]:
        await self.until(lambda: len(self.found) >= count)
        return sorted(each.value for each in self.found)


@pytest.fixture
async def bus() -> AsyncIterator[KafkaBus]:
    opened = KafkaBus(make_settings("toy", "postgresql://nobody"))
    yield opened
    await opened.close()


@pytest.fixture
async def topic(bus: KafkaBus) -> str:
    name = f"crm.toy.t{uuid4().hex[:8]}"
    await bus.ensure([Topic(name, partitions=PARTITIONS)])
    return name


@pytest.fixture
async def join(bus: KafkaBus, topic: str) -> AsyncIterator[Callable[[str], Any]]:
    opened: list[KafkaReader] = []

    async def joined(slot: str) -> Watched:
        opened.append(await bus.reader(f"group-{topic}", [topic], slot))
        return Watched(opened[-1])

    yield joined
    for each in opened:
        await each.close()


async def send(bus: KafkaBus, topic: str, *values: str) -> list[bytes]:
    """Send each value under a key of its own; return them in order."""
    producer = await bus.producer()
    wanted = sorted(value.encode() for value in values)
    await asyncio.gather(*[await producer.send(Message(topic, each, each)) for each in wanted])
    await producer.close()
    return wanted


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:03}" for number in range(count)]


class TestSession:
    async def test_names_everything_once_and_then_what_moved(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        reader = await join("one")
        await reader.until(lambda: len(reader.asks) > 1)
        first, before = reader.asks[0], len(reader.asks)

        sent = await send(bus, topic, "a")
        found = await reader.values(1)
        await reader.until(lambda: any(ask.named for ask in reader.asks[before:]))

        assert found == sent
        assert (first.epoch, len(first.named)) == (0, PARTITIONS)
        later = [ask for ask in reader.asks[before:] if ask.named]
        assert [list(ask.named.values()) for ask in later] == [[1]]
        assert all(ask.epoch > 0 and not ask.forgotten for ask in reader.asks[1:])

    async def test_brings_again_what_came_and_was_not_taken(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        reader = await join("one")
        await reader.until(lambda: len(reader.asks) > 1)
        sent = await send(bus, topic, "a")
        async with asyncio.timeout(WAIT):
            while not reader.fetcher._records:
                await asyncio.sleep(0.01)
        (place,) = (TopicPartition(*each) for each in reader.fetcher._records)
        told = len(reader.asks)

        reader.reader.displace(place)
        reader.reader.place(place, 0)
        await reader.until(lambda: len(reader.asks) > told)
        again = reader.asks[told]

        assert again.named == {}
        assert await reader.values(1) == sent

    async def test_a_seek_back_delivers_again_and_nothing_else(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        reader = await join("one")
        sent = await send(bus, topic, *numbered("a", 40))
        assert await reader.values(40) == sent
        place = next(iter(reader.positions))
        own = [each.value for each in reader.found if each.partition == place.partition]
        reader.found.clear()

        reader.reader.displace(place)
        reader.reader.place(place, 0)
        await reader.until(lambda: len(reader.found) >= len(own))
        more = await send(bus, topic, *numbered("b", 40))

        assert await reader.values(len(own) + 40) == sorted([*own, *more])

    async def test_a_paused_partition_leaves_the_session_until_it_is_resumed(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        reader = await join("one")
        await reader.until(lambda: len(reader.asks) > 1)
        place = TopicPartition(topic, 0)
        reader.reader.displace(place)
        reader.reader.place(place, 0)
        reader.reader.pause(place)
        sent = await send(bus, topic, *numbered("a", 60))
        others = 60 - (await bus.ends([topic]))[place]

        await reader.values(others)
        await reader.until(lambda: any(place in ask.forgotten for ask in reader.asks))
        silent = {each.partition for each in reader.found}
        reader.reader.resume(place)

        assert others < 60
        assert 0 not in silent
        assert await reader.values(60) == sent

    async def test_brings_all_of_more_than_fits_into_an_answer(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        reader = await join("one")
        reader.fetcher._max_partition_fetch_bytes, reader.fetcher._fetch_max_bytes = 700, 1500
        sent = await send(bus, topic, *(f"{each}{'x' * 300}" for each in numbered("a", 150)))

        found = await reader.values(150)

        assert found == sent
        assert all(len(ask.named) < PARTITIONS for ask in reader.asks[1:])

    async def test_a_lost_session_begins_anew(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        reader = await join("one")
        first = await send(bus, topic, *numbered("a", 20))
        assert await reader.values(20) == first
        (session,) = reader.fetcher._sessions.values()
        told = len(reader.asks)

        session._id += 1
        second = await send(bus, topic, *numbered("b", 20))

        assert await reader.values(40) == first + second
        assert [len(ask.named) for ask in reader.asks[told:] if ask.epoch == 0] == [PARTITIONS]

    async def test_a_broken_connection_begins_anew(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        reader = await join("one")
        first = await send(bus, topic, *numbered("a", 20))
        assert await reader.values(20) == first
        told = len(reader.asks)

        async with asyncio.timeout(WAIT):
            while not any(ask.epoch == 0 for ask in reader.asks[told:]):
                for connection in [*reader.reader._client._client._conns.values()]:
                    connection.close()
                await reader.until(lambda: bool(reader.fetcher._in_flight))
                await reader.poll(0.02)
        second = await send(bus, topic, *numbered("b", 20))

        assert await reader.values(40) == first + second
        assert {len(ask.named) for ask in reader.asks[told:] if ask.epoch == 0} == {PARTITIONS}

    async def test_two_members_divide_everything_and_repeat_nothing(
        self, bus: KafkaBus, topic: str, join: Callable[[str], Any]
    ) -> None:
        one = await join("one")
        first = await send(bus, topic, *numbered("a", 60))
        assert await one.values(60) == first
        two = await join("two")
        two.positions = one.positions
        async with asyncio.timeout(WAIT):
            while not two.reader.listener.unplaced or len(one.reader.listener.unplaced) == PARTITIONS:
                await asyncio.gather(one.poll(0.05), two.poll(0.05))

        second = await send(bus, topic, *numbered("b", 60))
        async with asyncio.timeout(WAIT):
            while len(one.found) + len(two.found) < 120:
                for each in (one, two):
                    each.place()
                    await each.poll(0.05)

        assert sorted(each.value for each in one.found + two.found) == first + second
        assert len(two.found) > 0


class TestAiokafka:
    def test_is_the_release_whose_private_parts_are_overridden(self) -> None:
        """Behind another release: read what changed in these, then renew the digest."""
        parts = (
            aiokafka.AIOKafkaConsumer.start,
            fetcher.Fetcher,
            fetcher.FetchResult,
            fetcher.PartitionRecords,
            subscription_state.Assignment,
            subscription_state.TopicPartitionState,
            FetchRequest,
            ClusterMetadata,
        )
        source = "".join(inspect.getsource(each) for each in parts)

        assert hashlib.sha256(source.encode()).hexdigest()[:16] == "acedf802d124cee7"

    async def test_other_consumers_keep_their_own_fetcher(self, bus: KafkaBus, topic: str) -> None:
        reader = Watched(await bus.reader(f"group-{topic}", [topic], "one"))
        await bus.read(TopicPartition(topic, 0), 0)
        await bus._started_probe()

        assert type(reader.fetcher) is SessionFetcher
        assert bus._probe is not None
        assert type(bus._probe._fetcher) is fetcher.Fetcher
        await reader.reader.close()
