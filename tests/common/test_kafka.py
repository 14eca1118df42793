"""What the bus's suite cannot provoke at will: a client that waits for ever on a broker that died."""

import asyncio
import random
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner

from libs.common import kafka, kafka_reader
from libs.common.bus import LostMemberError, Message, RefusedError, SendError, TopicPartition
from libs.common.kafka import KafkaProducer
from libs.common.kafka_clients import partition_of
from libs.common.kafka_reader import KafkaReader

PLACE = TopicPartition("crm.toy.thing", 0)


class HangingClient:
    """aiokafka after its broker was killed while it looked for the coordinator."""

    def __init__(self, coordinator_id: int | None) -> None:
        self._coordinator = SimpleNamespace(coordinator_id=coordinator_id)
        self.polls = 0

    async def commit(self, _: Any) -> None:
        await asyncio.Event().wait()

    async def getmany(self, **_: Any) -> dict[Any, Any]:
        self.polls += 1
        return {}


def reader_of(client: HangingClient) -> KafkaReader:
    made = KafkaReader(client)
    made.listener.placed.add(PLACE)
    return made


class TestKafkaReader:
    async def test_gives_up_a_commit_that_never_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kafka_reader, "_COMMIT_TIMEOUT", 0.05)
        reader = reader_of(HangingClient(coordinator_id=1))

        async with asyncio.timeout(60):
            await reader.commit({PLACE: 7})

    async def test_leaves_a_group_whose_coordinator_stays_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kafka_reader, "_COORDINATOR_PATIENCE", -1.0)
        client = HangingClient(coordinator_id=None)

        with pytest.raises(LostMemberError):
            await reader_of(client).poll(0.01, 1)

        assert client.polls == 0

    async def test_goes_on_while_the_coordinator_may_come_back(self) -> None:
        client = HangingClient(coordinator_id=None)

        found = await reader_of(client).poll(0.01, 1)

        assert (found, client.polls) == ({}, 1)


class SilentClient:
    """aiokafka that takes messages, and whose futures only the test ends."""

    def __init__(self) -> None:
        self.futures: list[asyncio.Future[None]] = []

    async def partitions_for(self, _: str) -> set[int]:
        return {0}

    async def send(self, *_: Any, **__: Any) -> asyncio.Future[None]:
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]


class TestKafkaProducer:
    async def test_waits_for_a_whole_page_no_longer_than_for_one_message(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kafka, "_SEND_TIMEOUT", 0.05)
        client = SilentClient()
        producer = KafkaProducer(client)
        sent = [await producer.send(Message("t", b"k", b"v")) for _ in range(100)]

        async with asyncio.timeout(2):
            for each in sent:
                with pytest.raises(SendError):
                    await each

    @pytest.mark.parametrize(
        ("error", "told"),
        [
            (MessageSizeTooLargeError(), RefusedError),
            (KafkaTimeoutError(), SendError),
            (OSError(), SendError),
        ],
    )
    async def test_tells_a_refusal_from_a_failure(self, error: Exception, told: type[Exception]) -> None:
        client = SilentClient()
        sent = await KafkaProducer(client).send(Message("t", b"k", b"v"))
        asyncio.get_running_loop().call_soon(client.futures[0].set_exception, error)

        with pytest.raises(told):
            await sent

    async def test_a_stopped_wait_is_no_failed_send(self) -> None:
        client = SilentClient()
        sent = await KafkaProducer(client).send(Message("t", b"k", b"v"))

        async def waits() -> None:
            await sent

        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0)
        waiting.cancel()

        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not client.futures[0].done()


class TestPartitionOf:
    def test_is_what_every_client_chooses(self) -> None:
        dice = random.Random(7)
        keys = [dice.randbytes(size) for size in range(70) for _ in range(5)]

        for count in (1, 7, 12):
            everywhere = list(range(count))
            chosen = [DefaultPartitioner()(key, everywhere, everywhere) for key in keys]
            assert [partition_of(key, count) for key in keys] == chosen
