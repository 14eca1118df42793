"""One member of a group, through aiokafka."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from libs.common.bus import LostMemberError, Record, TopicPartition
from libs.common.kafka_clients import stop
from libs.common.kafka_fetch import SessionConsumer

log = logging.getLogger(__name__)
_COMMIT_TIMEOUT = 5.0
_COORDINATOR_PATIENCE = 15.0
_LONGEST_WAIT_MS = 2000


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
        except OffsetOutOfRangeError as error:
            for place in error.args[0]:
                self.displace(TopicPartition(*place))
            return {}
        except KafkaError as error:
            raise LostMemberError(type(error).__name__) from error
        found = {TopicPartition(*place): records for place, records in batches.items()}
        return {place: records for place, records in found.items() if place in self.listener.placed}

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
        await stop(self._client)


async def join(options: dict[str, Any], group: str, topics: Iterable[str], slot: str) -> KafkaReader:
    """Join a group as a static member, with the options of every client.

    The member is another one when its topics are: a static member that comes back for more is given what
    it had, and nothing of what is new.
    """
    topics = sorted(topics)
    subscription = hashlib.blake2b(",".join(topics).encode(), digest_size=4).hexdigest()
    client = SessionConsumer(
        **options,
        group_id=group,
        group_instance_id=f"{group}-{slot}-{subscription}",
        enable_auto_commit=False,
        auto_offset_reset="none",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        max_partition_fetch_bytes=4 * 1024 * 1024,
        # What comes is answered at once; asking less often spares idle members and the broker.
        fetch_max_wait_ms=_LONGEST_WAIT_MS,
        # The fetcher is woken by whatever concerns it.
        consumer_timeout_ms=10_000,
    )
    reader = KafkaReader(client)
    client.subscribe(topics=topics, listener=reader.listener)
    try:
        await client.start()
    except BaseException:
        await client.stop()
        raise
    return reader
