"""One suite for Kafka and for the broker in memory: what relay and consumer rely on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from libs.common.bus import Bus, Message, Reader, Record, RefusedError, SendError, Topic, TopicPartition
from libs.common.clock import SystemClock
from libs.common.kafka import KafkaBus
from libs.common.memory import Fate, Faults, MemoryBroker
from libs.common.testing import make_settings

WAIT = 60.0


@pytest.fixture(params=["memory", "kafka"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "memory":
        yield MemoryBroker(SystemClock())
        return
    opened = KafkaBus(make_settings("toy", "postgresql://nobody"))
    yield opened
    await opened.close()


@pytest.fixture
async def topic(bus: Bus) -> str:
    name = f"crm.toy.t{uuid4().hex[:8]}"
    await bus.ensure([Topic(name, partitions=4)])
    return name


@pytest.fixture
async def join(bus: Bus, topic: str) -> AsyncIterator[Callable[[str], asyncio.Future[Reader]]]:
    """Join a group of this test's own; every reader is closed behind the test."""
    group, opened = f"group-{topic}", []

    async def joined(slot: str) -> Reader:
        opened.append(await bus.reader(group, [topic], slot))
        return opened[-1]

    yield joined  # type: ignore[misc]
    for reader in opened:
        await reader.close()


async def send(bus: Bus, topic: str, *pairs: tuple[str, str]) -> None:
    producer = await bus.producer()
    sent = [await producer.send(Message(topic, key.encode(), value.encode())) for key, value in pairs]
    await asyncio.gather(*sent)
    await producer.close()


async def everything(bus: Bus, topic: str) -> list[Record]:
    found = []
    for place, end in sorted((await bus.ends([topic])).items()):
        found += [await bus.read(place, offset) for offset in range(end)]
    return [record for record in found if record]


async def poll(reader: Reader, enough: Callable[[list[Record]], bool]) -> list[Record]:
    """Place whatever comes at 0 and poll until the records suffice."""
    found: list[Record] = []
    async with asyncio.timeout(WAIT):
        while not enough(found):
            for place in reader.unplaced():
                reader.place(place, 0)
            for records in (await reader.poll(0.1, 100)).values():
                found += records
    return found


async def until_assigned(readers: Iterable[Reader]) -> None:
    async with asyncio.timeout(WAIT):
        while not all([await has_places(reader) for reader in readers]):
            pass


async def has_places(reader: Reader) -> bool:
    await reader.poll(0.05, 1)
    return bool(reader.unplaced())


class TestProducer:
    async def test_stores_key_value_and_headers(self, bus: Bus, topic: str) -> None:
        producer = await bus.producer()
        before = datetime.now(UTC) - timedelta(seconds=5)

        await (await producer.send(Message(topic, b"k", b"\xff\x00", (("ce_id", b"7"),))))

        (record,) = await everything(bus, topic)
        assert (record.key, record.value, record.headers) == (b"k", b"\xff\x00", (("ce_id", b"7"),))
        assert before < record.timestamp < datetime.now(UTC) + timedelta(seconds=5)
        await producer.close()

    async def test_keeps_the_order_of_a_key_in_one_partition(self, bus: Bus, topic: str) -> None:
        pairs = [(f"key-{n % 7}", str(n)) for n in range(300)]

        await send(bus, topic, *pairs)

        records = await everything(bus, topic)
        assert len({record.partition for record in records}) > 1
        for key in {key for key, _ in pairs}:
            own = [record for record in records if record.key == key.encode()]
            assert len({record.partition for record in own}) == 1
            assert [record.value.decode() for record in own] == [value for k, value in pairs if k == key]

    async def test_refuses_a_message_over_the_limit_for_good(self, bus: Bus, topic: str) -> None:
        producer = await bus.producer()

        with pytest.raises(RefusedError):
            await (await producer.send(Message(topic, b"k", b"x" * 1_100_000)))

        assert await everything(bus, topic) == []
        await producer.close()

    async def test_ends_what_is_in_flight_when_it_is_thrown_away(self, bus: Bus, topic: str) -> None:
        producer = await bus.producer()
        await producer.close()

        with pytest.raises(SendError):
            await (await producer.send(Message(topic, b"k", b"v")))


class TestOffsets:
    async def test_ends_grow_with_each_record(self, bus: Bus, topic: str) -> None:
        before = await bus.ends([topic])

        await send(bus, topic, ("a", "1"), ("a", "2"))

        after = await bus.ends([topic])
        assert set(before.values()) == {0}
        assert len(before) == 4
        assert sorted(after.values()) == [0, 0, 0, 2]

    async def test_reads_exactly_one_offset_or_none(self, bus: Bus, topic: str) -> None:
        await send(bus, topic, ("a", "1"), ("a", "2"))
        place = next(place for place, end in (await bus.ends([topic])).items() if end)

        read = [await bus.read(place, offset) for offset in (0, 1, 2, 99)]

        assert [record and record.value for record in read] == [b"1", b"2", None, None]

    async def test_finds_an_offset_by_time(self, bus: Bus, topic: str) -> None:
        await send(bus, topic, ("a", "1"))
        place = next(place for place, end in (await bus.ends([topic])).items() if end)
        hour = timedelta(hours=1)

        assert await bus.offset_at(place, datetime.now(UTC) - hour) == 0
        assert await bus.offset_at(place, datetime.now(UTC) + hour) == 1

    async def test_the_cluster_keeps_its_id(self, bus: Bus) -> None:
        assert await bus.cluster_id() == await bus.cluster_id() != ""

    async def test_ensuring_a_topic_again_leaves_it_alone(self, bus: Bus, topic: str) -> None:
        await send(bus, topic, ("a", "1"))

        await bus.ensure([Topic(topic, partitions=4)])

        assert sum((await bus.ends([topic])).values()) == 1


class TestReader:
    async def test_delivers_nothing_of_an_unplaced_partition(
        self, bus: Bus, topic: str, join: Callable[[str], asyncio.Future[Reader]]
    ) -> None:
        await send(bus, topic, *((str(n), "x") for n in range(40)))
        reader = await join("one")
        await until_assigned([reader])

        polled = [await reader.poll(0.1, 100) for _ in range(5)]

        assert not any(polled)
        assert reader.unplaced() == {TopicPartition(topic, n) for n in range(4)}

    async def test_delivers_from_the_position_it_is_placed_at(
        self, bus: Bus, topic: str, join: Callable[[str], asyncio.Future[Reader]]
    ) -> None:
        await send(bus, topic, *(("a", str(n)) for n in range(10)))
        place = next(place for place, end in (await bus.ends([topic])).items() if end)
        reader = await join("one")
        await until_assigned([reader])
        reader.place(place, 7)

        found = await poll(reader, lambda records: len(records) == 3)

        assert [record.value for record in found] == [b"7", b"8", b"9"]

    async def test_delivers_again_from_a_new_position(
        self, bus: Bus, topic: str, join: Callable[[str], asyncio.Future[Reader]]
    ) -> None:
        await send(bus, topic, *(("a", str(n)) for n in range(10)))
        reader = await join("one")
        await poll(reader, lambda records: len(records) == 10)
        place = next(place for place, end in (await bus.ends([topic])).items() if end)

        reader.displace(place)
        silent = [await reader.poll(0.05, 100) for _ in range(3)]
        reader.place(place, 5)
        again = await poll(reader, lambda records: len(records) == 5)

        assert not any(silent)
        assert [record.offset for record in again] == [5, 6, 7, 8, 9]

    async def test_a_position_behind_the_end_makes_the_partition_unplaced(
        self, bus: Bus, topic: str, join: Callable[[str], asyncio.Future[Reader]]
    ) -> None:
        reader = await join("one")
        await until_assigned([reader])
        place = TopicPartition(topic, 2)
        for each in reader.unplaced():
            reader.place(each, 1000 if each == place else 0)

        async with asyncio.timeout(WAIT):
            while place not in reader.unplaced():
                assert not await reader.poll(0.1, 100)

    async def test_skips_a_paused_partition_until_it_is_resumed(
        self, bus: Bus, topic: str, join: Callable[[str], asyncio.Future[Reader]]
    ) -> None:
        reader = await join("one")
        await until_assigned([reader])
        for place in reader.unplaced():
            reader.place(place, 0)
            reader.pause(place)
        await send(bus, topic, ("a", "1"))

        silent = [await reader.poll(0.1, 100) for _ in range(4)]
        for number in range(4):
            reader.resume(TopicPartition(topic, number))
        found = await poll(reader, bool)

        assert not any(silent)
        assert [record.value for record in found] == [b"1"]

    async def test_two_members_share_the_partitions_and_no_partition_is_shared(
        self, bus: Bus, topic: str, join: Callable[[str], asyncio.Future[Reader]]
    ) -> None:
        first = await join("one")
        await until_assigned([first])
        second = await join("two")

        async with asyncio.timeout(WAIT):
            while {len(first.unplaced()), len(second.unplaced())} != {2}:
                await asyncio.gather(first.poll(0.05, 1), second.poll(0.05, 1))

        assert not first.unplaced() & second.unplaced()

    async def test_a_slot_that_comes_back_has_its_partitions_again(
        self, bus: Bus, topic: str, join: Callable[[str], asyncio.Future[Reader]]
    ) -> None:
        first, second = await join("one"), await join("two")
        async with asyncio.timeout(WAIT):
            while (
                not second.unplaced() or not first.unplaced() or len(first.unplaced() | second.unplaced()) < 4
            ):
                await asyncio.gather(first.poll(0.05, 1), second.poll(0.05, 1))
        held, others = first.unplaced(), second.unplaced()
        for place in others:
            second.place(place, 0)
        await first.close()

        again = await join("one")
        await until_assigned([again])
        await second.poll(0.1, 1)

        assert again.unplaced() == held
        assert not second.unplaced()

    async def test_a_slot_that_comes_back_for_more_topics_has_those_too(self, bus: Bus, topic: str) -> None:
        more = f"{topic}more"
        await bus.ensure([Topic(more, partitions=2)])
        first = await bus.reader(f"group-{more}", [topic], "one")
        await until_assigned([first])
        await first.close()

        again = await bus.reader(f"group-{more}", [topic, more], "one")
        async with asyncio.timeout(2 * WAIT):
            while {place.topic for place in again.unplaced()} != {topic, more}:
                await again.poll(0.1, 1)
        await again.close()


class TestMemoryBroker:
    async def test_keeps_the_newest_record_of_each_key_when_compacted(self) -> None:
        broker = MemoryBroker(SystemClock())
        await broker.ensure([Topic("t", partitions=1, compacted=True)])
        await send(broker, "t", ("a", "1"), ("b", "1"), ("a", "2"))

        broker.compact("t")

        assert [(each.offset, each.value) for each in broker.records("t")] == [(1, b"1"), (2, b"2")]

    async def test_stores_nothing_behind_a_failed_send(self) -> None:
        broker = MemoryBroker(SystemClock(), _Failing())
        await broker.ensure([Topic("t", partitions=1)])
        producer = await broker.producer()
        sent = [await producer.send(Message("t", b"k", value)) for value in (b"1", b"lost", b"3")]

        outcomes = await asyncio.gather(*sent, return_exceptions=True)

        assert [type(each) for each in outcomes] == [type(None), SendError, SendError]
        assert [record.value for record in broker.records("t")] == [b"1"]

    async def test_a_deaf_member_goes_on_reading_what_another_one_holds(self) -> None:
        broker = MemoryBroker(SystemClock())
        await broker.ensure([Topic("t", partitions=1)])
        await send(broker, "t", ("a", "1"))
        zombie = await broker.reader("g", ["t"], "one")
        await zombie.poll(0, 1)
        zombie.place(TopicPartition("t", 0), 0)
        zombie.deaf = True
        heir = await broker.reader("g", ["t"], "one")
        await heir.poll(0, 1)

        assert await zombie.poll(0, 1)
        assert heir.unplaced() == {TopicPartition("t", 0)}


class _Failing(Faults):
    def fate(self, message: Message) -> Fate:
        return Fate.LOST if message.value == b"lost" else Fate.STORED


class TestKafkaBus:
    async def test_a_topics_own_limit_is_a_refusal_too(self, bus: Bus) -> None:
        if isinstance(bus, MemoryBroker):
            return
        name = f"crm.toy.small{uuid4().hex[:8]}"
        admin = AIOKafkaAdminClient(bootstrap_servers=make_settings("toy", "postgresql://n").kafka_bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic(name, 1, 1, topic_configs={"max.message.bytes": "20000"})])
        await admin.close()
        producer = await bus.producer()

        with pytest.raises(RefusedError):
            await (await producer.send(Message(name, b"k", b"x" * 30_000)))

        await (await producer.send(Message(name, b"k", b"small")))
        assert [record.value for record in await everything(bus, name)] == [b"small"]
        await producer.close()

    async def test_no_broker_is_a_send_error(self) -> None:
        nowhere = KafkaBus(make_settings("toy", "postgresql://nobody", kafka_bootstrap="127.0.0.1:1"))

        with pytest.raises(SendError):
            await nowhere.producer()

        await nowhere.close()
