"""Typed events from Kafka, at least once: `pip install plexus-crm-sdk[kafka]`.

async with KafkaEvents("broker:9092", group="my-app", types=[OpportunityWon]) as events:
    async for event in events:
        ...
"""

import logging
import time
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

import plexus_crm.events  # noqa: F401 - importing it makes the types known
from plexus_crm.event import Event, Wanted, known_of, parse_record
from plexus_crm.seen import MemorySeen, Seen

log = logging.getLogger(__name__)
_KEYS = ".subject-key"


class KafkaEvents:
    """A member of a consumer group that yields each event of the wanted types.

    An event counts as handled when the next one is asked for; only then does its position move. Positions
    are committed every `commit_every` seconds and at the end, so a crash repeats what was handled since:
    `seen` drops such repeats (give a FileSeen to drop them after a restart too). A new group begins at
    `start`: "earliest" is the first event ever, "latest" is now. Other options are aiokafka's.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        group: str,
        types: Iterable[Wanted] | None = None,
        start: str = "earliest",
        seen: Seen | None = None,
        commit_every: float = 1.0,
        **options: Any,
    ) -> None:
        self.types = frozenset(known_of(types))
        self.topics = topics_of(self.types)
        self.seen = seen or MemorySeen()
        self._commit_every = commit_every
        self._positions: dict[TopicPartition, int] = {}
        self._committed_at = time.monotonic()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset=start,
            **options,
        )

    async def __aenter__(self) -> Self:
        self._consumer.subscribe(self.topics, listener=_Leaving(self))
        await self._consumer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.commit()
        finally:
            await self._consumer.stop()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            batches = await self._consumer.getmany(timeout_ms=500)
            for place, records in batches.items():
                for record in records:
                    event = self._wanted(record)
                    if event is not None:
                        yield event
                        self.seen.mark(event)
                    self._positions[place] = record.offset + 1
                    await self._commit_sometimes()
            await self._commit_sometimes()

    async def commit(self) -> None:
        """Commit the positions behind everything that was handled, of the partitions that are still ours."""
        ours = self._consumer.assignment()
        positions = {place: at for place, at in self._positions.items() if place in ours}
        self._positions.clear()
        self._committed_at = time.monotonic()
        if positions:
            try:
                await self._consumer.commit(positions)
            except (CommitFailedError, IllegalStateError) as error:
                # The partitions went to another member, which repeats what was not committed.
                log.warning("positions were not committed: %s", type(error).__name__)

    async def _commit_sometimes(self) -> None:
        if time.monotonic() - self._committed_at >= self._commit_every:
            await self.commit()

    def _wanted(self, record: Any) -> Event | None:
        """Return a record's event; None for a type that is not wanted, and for a repeat."""
        kind = dict(record.headers).get("ce_type", b"").decode()
        if self.types and kind not in self.types:
            return None
        event = parse_record(record.headers, record.value)
        return event if self.seen.is_new(event) else None


class _Leaving(ConsumerRebalanceListener):  # type: ignore[misc]
    """Commits before partitions go to another member."""

    def __init__(self, events: KafkaEvents) -> None:
        self._events = events

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002 - aiokafka's word
        await self._events.commit()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin where the group's positions are."""


def topics_of(types: Iterable[str]) -> list[str]:
    """Return the topics of these types, or every one but those of keys; ValueError for an unknown type."""
    names = [*types]
    unknown = [name for name in names if name not in Event.registry]
    if unknown:
        raise ValueError(f"no known type: {', '.join(unknown)}")
    kinds = [Event.registry[name] for name in names] or [*Event.registry.values()]
    found = {kind.topic for kind in kinds}
    return sorted(found if names else {topic for topic in found if not topic.endswith(_KEYS)})
