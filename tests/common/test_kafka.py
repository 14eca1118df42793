"""What the bus's suite cannot provoke at will: a client that waits for ever on a broker that died."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from libs.common import kafka_reader
from libs.common.bus import LostMemberError, TopicPartition
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
