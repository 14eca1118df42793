"""The bus as one process sees it: every call may find the process paused or dead."""

import asyncio
from collections.abc import Awaitable, Generator, Iterable, Mapping
from datetime import datetime
from typing import Any

from libs.common.bus import Message, Record, Topic, TopicPartition
from libs.common.memory import MemoryBroker, MemoryProducer, MemoryReader
from tests.chaos.simulator.chaos import Life


class LivingBus:
    """Bus."""

    def __init__(self, broker: MemoryBroker, life: Life) -> None:
        self._broker, self._life = broker, life

    async def producer(self) -> "LivingProducer":
        await self._life.step("producer")
        return LivingProducer(await self._broker.producer(), self._life)

    async def reader(self, group: str, topics: Iterable[str], slot: str) -> "LivingReader":
        await self._life.step("join")
        return LivingReader(await self._broker.reader(group, topics, slot), self._life)

    async def cluster_id(self) -> str:
        await self._life.step("cluster id")
        return await self._broker.cluster_id()

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        return await self._broker.ends(topics)

    async def read(self, partition: TopicPartition, offset: int) -> Record | None:
        await self._life.step("read")
        return await self._broker.read(partition, offset)

    async def offset_at(self, partition: TopicPartition, instant: datetime) -> int:
        return await self._broker.offset_at(partition, instant)

    async def ensure(self, topics: Iterable[Topic]) -> None:
        await self._broker.ensure(topics)

    async def close(self) -> None:
        """Hold nothing open."""


class LivingProducer:
    """Producer; what a dying process had handed over may still reach the broker, a prefix of it, in order."""

    def __init__(self, producer: MemoryProducer, life: Life) -> None:
        self._producer, self._life = producer, life
        life.producers.append(self)

    async def send(self, message: Message) -> Awaitable[None]:
        await self._life.step("send")
        return _Acknowledged(await self._producer.send(message), self._life)

    async def close(self) -> None:
        await self._life.step("close")
        await self._producer.close()

    def die(self) -> None:
        """Let some of what is in flight arrive a little later, as a killed process's last packets do."""
        waiting, dice = self._producer.in_flight(), self._life.chaos.dice
        self._life.chaos.hits["killed with a send in flight"] += waiting > 0
        if waiting and not self._life.chaos.broker_is_down:
            loop = asyncio.get_running_loop()
            loop.call_later(dice.uniform(0, 1.5), self._producer.arrive, dice.randint(0, waiting))


class _Acknowledged:
    """Ends with the acknowledgement, if the process lives to hear it."""

    def __init__(self, inner: Awaitable[None], life: Life) -> None:
        self._inner, self._life = inner, life

    def __await__(self) -> Generator[Any, None, None]:
        yield from self._life.step("acknowledgement").__await__()
        yield from self._inner.__await__()
        yield from self._life.step("acknowledged").__await__()


class LivingReader:
    """Reader."""

    def __init__(self, reader: MemoryReader, life: Life) -> None:
        self._reader, self._life = reader, life
        self.unplaced, self.place, self.displace = reader.unplaced, reader.place, reader.displace
        self.pause, self.resume = reader.pause, reader.resume
        life.readers.append(reader)

    async def poll(self, timeout: float, limit: int) -> Mapping[TopicPartition, list[Record]]:
        await self._life.step("poll")
        found = await self._reader.poll(timeout, limit)
        await self._life.step("polled")
        return found

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        await self._life.step("broker commit")
        await self._reader.commit(positions)

    async def close(self) -> None:
        await self._reader.close()
