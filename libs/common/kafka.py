"""Kafka through aiokafka, which only `libs.common.kafka…` knows."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Generator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerClosed,
    RecordTooLargeError,
    TopicAlreadyExistsError,
)

from libs.common.bus import Message, Record, RefusedError, SendError, Topic, TopicPartition
from libs.common.kafka_clients import connection, partition_of, record_of, stop
from libs.common.kafka_reader import KafkaReader, join
from libs.common.settings import Settings

_REFUSED = (MessageSizeTooLargeError, RecordTooLargeError, InvalidTopicError)
_SEND_TIMEOUT = 10.0
# One batch then holds what a large page has for a partition: the broker's work is by the batch.
_BATCH_BYTES = 128 * 1024
# Dozens of topics that were asked for at once take a busy broker a while.
_METADATA_PATIENCE = 18.0
_ASK_TIMEOUT = 20.0


class KafkaBus:
    """A Kafka cluster, reached with the security settings of the process."""

    def __init__(self, settings: Settings) -> None:
        self._options = connection(settings)
        self._copies = settings.kafka_replication_factor
        self._probe: AIOKafkaConsumer | None = None
        self._probing = asyncio.Lock()

    async def producer(self) -> "KafkaProducer":
        """Start an idempotent producer that waits for every in-sync replica."""
        client = AIOKafkaProducer(
            **self._options,
            acks="all",
            enable_idempotence=True,
            linger_ms=2,
            max_batch_size=_BATCH_BYTES,
            request_timeout_ms=8000,
        )
        try:
            await asyncio.wait_for(client.start(), _SEND_TIMEOUT)
        except (KafkaError, OSError, TimeoutError) as error:
            await client.stop()
            raise SendError("no broker") from error
        # Nothing may expire inside and let a later batch of its key pass; a late send ends the producer.
        client._message_accumulator._batch_ttl = math.inf  # noqa: SLF001
        return KafkaProducer(client)

    async def reader(self, group: str, topics: Iterable[str], slot: str) -> KafkaReader:
        """Join a group as a static member; its place is kept 10 s after a stop."""
        return await join(self._options, group, topics, slot)

    async def cluster_id(self) -> str:
        """Ask the broker's metadata."""
        async with asyncio.timeout(_ASK_TIMEOUT), _admin(self._options) as admin:
            described = await admin.describe_cluster()
            return str(described["cluster_id"])

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """Ask the partition leaders for their end offsets."""
        wanted = set(topics)
        async with self._asking() as probe:
            await _known(probe, wanted)
            places = [
                KafkaPartition(topic, each)
                for topic in wanted
                for each in probe.partitions_for_topic(topic) or ()
            ]
            found = await probe.end_offsets(places)
        return {TopicPartition(*place): offset for place, offset in found.items()}

    async def read(self, partition: TopicPartition, offset: int) -> Record | None:
        """Fetch one record; None when the log does not hold that offset."""
        place = KafkaPartition(*partition)
        async with self._asking() as probe:
            first = (await probe.beginning_offsets([place]))[place]
            end = (await probe.end_offsets([place]))[place]
            if not first <= offset < end:
                return None
            probe.assign([place])
            probe.seek(place, offset)
            batch = await probe.getmany(place, timeout_ms=3000, max_records=1)
            probe.assign([])
        records = batch.get(place, [])
        return record_of(place, records[0]) if records and records[0].offset == offset else None

    async def offset_at(self, partition: TopicPartition, instant: datetime) -> int:
        """Ask the partition's leader for the first offset at `instant`."""
        place = KafkaPartition(*partition)
        async with self._asking() as probe:
            found = (await probe.offsets_for_times({place: int(instant.timestamp() * 1000)}))[place]
            end = (await probe.end_offsets([place]))[place]
        return int(found.offset if found else end)

    async def ensure(self, topics: Iterable[Topic]) -> None:
        """Create missing topics with endless retention, or compaction within the hour."""
        async with _admin(self._options) as admin:
            existing = set(await admin.list_topics())
            missing = [_new(topic, self._copies) for topic in topics if topic.name not in existing]
            if missing:
                response = await admin.create_topics(missing)
                _check_created(response)

    async def close(self) -> None:
        """Stop the probing consumer."""
        probe, self._probe = self._probe, None
        if probe is not None:
            await probe.stop()

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AIOKafkaConsumer]:
        """Lend the probe for one question; one that failed or got no answer in time is thrown away."""
        async with self._probing, asyncio.timeout(_ASK_TIMEOUT):
            try:
                yield await self._started_probe()
            except BaseException:
                probe, self._probe = self._probe, None
                if probe is not None:
                    await stop(probe)
                raise

    async def _started_probe(self) -> AIOKafkaConsumer:
        """Return the one group-less consumer that answers questions about offsets."""
        if self._probe is None:
            probe = AIOKafkaConsumer(**self._options, enable_auto_commit=False, auto_offset_reset="none")
            try:
                await probe.start()
            except BaseException:
                await probe.stop()
                raise
            self._probe = probe
        return self._probe


class KafkaProducer:
    """One producer's life; after a failed send it is thrown away."""

    def __init__(self, client: AIOKafkaProducer) -> None:
        self._client = client
        self._closed = False

    async def send(self, message: Message) -> Awaitable[None]:
        """Queue the message; see the port."""
        if self._closed:
            raise SendError("the producer is closed")
        try:
            count = len(await self._client.partitions_for(message.topic))
            future = await self._client.send(
                message.topic,
                value=message.value,
                key=message.key,
                headers=list(message.headers),
                partition=partition_of(message.key, count),
            )
        except _REFUSED as error:
            raise RefusedError(type(error).__name__) from error
        except (KafkaError, TimeoutError) as error:
            raise SendError(type(error).__name__) from error
        return _Acknowledged(future, asyncio.get_running_loop().time() + _SEND_TIMEOUT)

    async def close(self) -> None:
        """Drop what is in flight: flushing a dead broker's batches would block for minutes."""
        self._closed = True
        sender = self._client._sender.sender_task  # noqa: SLF001 - its own stop() flushes first, for ever
        if sender is not None:
            sender.cancel()
            self._client._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 - lets the flush end
        await stop(self._client)


class _Acknowledged:
    """Ends with the acknowledgement of one message, in time or not; may be dropped without a wait.

    No task and no timer of its own: most of a page is answered when the relay looks at it.
    """

    __slots__ = ("_future", "_until")

    def __init__(self, future: asyncio.Future[Any], until: float) -> None:
        self._future, self._until = future, until

    def __await__(self) -> Generator[Any, None, None]:
        if not self._future.done():
            left = self._until - asyncio.get_running_loop().time()
            yield from asyncio.wait((self._future,), timeout=left).__await__()
        if not self._future.done():
            # Nobody asks again, and what becomes of it later is no news to anybody.
            self._future.cancel()
        if self._future.cancelled():
            raise SendError("not acknowledged in time")
        error = self._future.exception()
        if isinstance(error, _REFUSED):
            raise RefusedError(type(error).__name__) from error
        if error is not None:
            raise SendError(type(error).__name__) from error


async def _known(probe: AIOKafkaConsumer, topics: set[str]) -> None:
    """Return once the broker tells the partitions of all these topics; new ones need a moment."""
    missing, until = topics, asyncio.get_running_loop().time() + _METADATA_PATIENCE
    while asyncio.get_running_loop().time() < until:
        # The consumer itself caches metadata for minutes, and of its subscription alone.
        await probe._client.set_topics(topics)  # noqa: SLF001
        await probe._client.force_metadata_update()  # noqa: SLF001
        missing = {topic for topic in topics if not probe.partitions_for_topic(topic)}
        if not missing:
            return
        await asyncio.sleep(0.1)
    raise SendError(f"the broker knows no topic {min(missing)}")


class _admin:  # noqa: N801 - used as a function
    """An admin client for the length of a `with`."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._client = AIOKafkaAdminClient(**options)

    async def __aenter__(self) -> AIOKafkaAdminClient:
        try:
            await self._client.start()
        except BaseException:
            await self._client.close()
            raise
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


def _new(topic: Topic, copies: int) -> NewTopic:
    """Return the creation request of a topic."""
    keep = (
        {"cleanup.policy": "compact", "max.compaction.lag.ms": "3600000"}
        if topic.compacted
        else {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    )
    return NewTopic(topic.name, topic.partitions, copies, topic_configs=keep)


def _check_created(response: Any) -> None:
    """Raise for every topic that was neither created nor there already."""
    for name, code, *_ in response.topic_errors:
        if code not in {0, TopicAlreadyExistsError.errno}:
            message = f"topic {name} could not be created (Kafka error {code})"
            raise RuntimeError(message)
