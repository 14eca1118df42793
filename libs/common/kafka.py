"""Kafka through aiokafka, the only place that knows it."""

import asyncio
import hashlib
import logging
import math
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    ProducerClosed,
    RecordTooLargeError,
    TopicAlreadyExistsError,
)

from libs.common.bus import LostMemberError, Message, Record, RefusedError, SendError, Topic, TopicPartition
from libs.common.settings import Settings

log = logging.getLogger(__name__)
_REFUSED = (MessageSizeTooLargeError, RecordTooLargeError, InvalidTopicError)
_SEND_TIMEOUT = 10.0
# Dozens of topics that were asked for at once take a busy broker a while.
_METADATA_PATIENCE = 18.0
_COMMIT_TIMEOUT = 5.0
_ASK_TIMEOUT = 20.0
_COORDINATOR_PATIENCE = 15.0


class KafkaBus:
    """A Kafka cluster, reached with the security settings of the process."""

    def __init__(self, settings: Settings) -> None:
        self._options = _connection(settings)
        self._copies = settings.kafka_replication_factor
        self._probe: AIOKafkaConsumer | None = None
        self._probing = asyncio.Lock()

    async def producer(self) -> "KafkaProducer":
        """Start an idempotent producer that waits for every in-sync replica."""
        client = AIOKafkaProducer(
            **self._options, acks="all", enable_idempotence=True, linger_ms=2, request_timeout_ms=8000
        )
        try:
            await asyncio.wait_for(client.start(), _SEND_TIMEOUT)
        except (KafkaError, OSError, TimeoutError) as error:
            await client.stop()
            raise SendError("no broker") from error
        # Nothing may expire inside and let a later batch of its key pass; a late send ends the producer.
        client._message_accumulator._batch_ttl = math.inf  # noqa: SLF001
        return KafkaProducer(client)

    async def reader(self, group: str, topics: Iterable[str], slot: str) -> "KafkaReader":
        """Join a group as a static member; its place is kept 10 s after a stop.

        The member is another one when its topics are: a static member that comes back for more is given what
        it had, and nothing of what is new.
        """
        topics = sorted(topics)
        subscription = hashlib.blake2b(",".join(topics).encode(), digest_size=4).hexdigest()
        client = AIOKafkaConsumer(
            **self._options,
            group_id=group,
            group_instance_id=f"{group}-{slot}-{subscription}",
            enable_auto_commit=False,
            auto_offset_reset="none",
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            # What comes is answered at once; asking less often spares idle members and the broker.
            fetch_max_wait_ms=500,
        )
        reader = KafkaReader(client)
        client.subscribe(topics=topics, listener=reader.listener)
        try:
            await client.start()
        except BaseException:
            await client.stop()
            raise
        return reader

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
        return _record(records[0]) if records and records[0].offset == offset else None

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
                    await _stop(probe)
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
            future = await self._client.send(
                message.topic, value=message.value, key=message.key, headers=list(message.headers)
            )
        except _REFUSED as error:
            raise RefusedError(type(error).__name__) from error
        except (KafkaError, TimeoutError) as error:
            raise SendError(type(error).__name__) from error
        return _acknowledged(future)

    async def close(self) -> None:
        """Drop what is in flight: flushing a dead broker's batches would block for minutes."""
        self._closed = True
        sender = self._client._sender.sender_task  # noqa: SLF001 - its own stop() flushes first, for ever
        if sender is not None:
            sender.cancel()
            self._client._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 - lets the flush end
        await _stop(self._client)


_stopping: set[asyncio.Task[None]] = set()


async def _stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Stop a client; after a second it goes on in the background."""
    task = asyncio.create_task(client.stop())
    _stopping.add(task)
    task.add_done_callback(_stopping.discard)
    await asyncio.wait([task], timeout=1)


async def _acknowledged(future: asyncio.Future[Any]) -> None:
    try:
        await asyncio.wait_for(future, _SEND_TIMEOUT)
    except _REFUSED as error:
        raise RefusedError(type(error).__name__) from error
    except (KafkaError, TimeoutError, asyncio.CancelledError) as error:
        raise SendError(type(error).__name__) from error


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Marks, without I/O: aiokafka delivers before an awaiting listener has sought, and swallows errors."""

    def __init__(self) -> None:
        self.unplaced: set[TopicPartition] = set()
        self.placed: set[TopicPartition] = set()

    def on_partitions_revoked(self, revoked: Iterable[KafkaPartition]) -> None:
        gone = {TopicPartition(*place) for place in revoked}
        self.unplaced -= gone
        self.placed -= gone

    def on_partitions_assigned(self, assigned: Iterable[KafkaPartition]) -> None:
        self.unplaced |= {TopicPartition(*place) for place in assigned} - self.placed


class KafkaReader:
    """One group member."""

    def __init__(self, client: AIOKafkaConsumer) -> None:
        self._client = client
        self.listener = _Listener()
        self._coordinated_at = time.monotonic()

    def unplaced(self) -> frozenset[TopicPartition]:
        """Return assigned partitions without a position."""
        return frozenset(self.listener.unplaced)

    def place(self, partition: TopicPartition, position: int) -> None:
        """Seek, and from now on deliver the partition."""
        if partition in self.listener.unplaced:
            self._client.seek(KafkaPartition(*partition), position)
            self.listener.unplaced.discard(partition)
            self.listener.placed.add(partition)

    def displace(self, partition: TopicPartition) -> None:
        """Ask for a new position."""
        if partition in self.listener.placed:
            self.listener.placed.discard(partition)
            self.listener.unplaced.add(partition)

    async def poll(self, timeout: float, limit: int) -> Mapping[TopicPartition, list[Record]]:
        """Fetch; whatever comes from a partition that is not placed is dropped."""
        self._demand_coordinator()
        try:
            batches = await self._client.getmany(timeout_ms=int(timeout * 1000), max_records=limit)
        except NoOffsetForPartitionError:
            return {}
        except OffsetOutOfRangeError as error:
            for place in error.args[0]:
                self.displace(TopicPartition(*place))
            return {}
        except KafkaError as error:
            raise LostMemberError(type(error).__name__) from error
        found = {TopicPartition(*place): records for place, records in batches.items()}
        return {
            place: [_record(each) for each in records]
            for place, records in found.items()
            if place in self.listener.placed
        }

    def pause(self, partition: TopicPartition) -> None:
        """Stop fetching the partition."""
        if partition in self.listener.placed:
            self._client.pause(KafkaPartition(*partition))

    def resume(self, partition: TopicPartition) -> None:
        """Fetch the partition again."""
        if partition in self.listener.placed:
            self._client.resume(KafkaPartition(*partition))

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Commit for lag tools."""
        held = {
            KafkaPartition(*place): at for place, at in positions.items() if place in self.listener.placed
        }
        if held:
            try:
                await asyncio.wait_for(self._client.commit(held), _COMMIT_TIMEOUT)
            except (KafkaError, TimeoutError) as error:
                log.info("committing to the broker failed: %s", type(error).__name__)

    def _demand_coordinator(self) -> None:
        """Raise LostMemberError when the coordinator has been gone for long.

        After a broker's death aiokafka's search for it can wait for ever; a new member finds it again.
        """
        now = time.monotonic()
        if self._client._coordinator.coordinator_id is not None:  # noqa: SLF001 - it says so nowhere else
            self._coordinated_at = now
        elif now - self._coordinated_at > _COORDINATOR_PATIENCE:
            raise LostMemberError("no coordinator")

    async def close(self) -> None:
        """Stop the client, without waiting long for a broker that is gone."""
        await _stop(self._client)


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


def _connection(settings: Settings) -> dict[str, Any]:
    """Return the options that every client takes."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "client_id": f"plexus-{settings.service}-{settings.slot}",
        "security_protocol": settings.kafka_security_protocol,
        "retry_backoff_ms": 100,
    }
    if "SASL" in settings.kafka_security_protocol:
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_sasl_username
        options["sasl_plain_password"] = settings.kafka_sasl_password
    if "SSL" in settings.kafka_security_protocol:
        options["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file)
    return options


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


def _record(each: Any) -> Record:
    return Record(
        topic=each.topic,
        partition=each.partition,
        offset=each.offset,
        timestamp=datetime.fromtimestamp(each.timestamp / 1000, UTC),
        key=each.key or b"",
        value=each.value or b"",
        headers=tuple(each.headers),
    )
