"""The consumer on a real broker: at least once, repeats dropped, positions behind what was handled."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from plexus_crm.event import Event
from plexus_crm.kafka import KafkaEvents, topics_of
from plexus_crm.seen import FileSeen

from tests.contracts.documents import contracts

BOOTSTRAP = os.environ.get("PLEXUS_TEST_KAFKA_BOOTSTRAP", "")
PARTITIONS = 2


# The metaclass is pydantic's: only it takes the keywords of a type that is made while running.
make: Any = type(Event)


class Toys:
    """A topic of its own with one type, known to the SDK."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        word = f"toy{uuid4().hex[:8]}"
        self.topic = f"crm.toys.{word}"
        self.kind: type[Event] = make(
            "ToyMade",
            (Event,),
            {"__annotations__": {"toy_id": str}, "__module__": __name__},
            type=f"toys.{word}.made.v1",
            topic=self.topic,
            key="toy_id",
        )
        self.producer = producer
        self.group = f"sdk-{word}"

    async def tell(self, key: str, *sequences: int, kind: str | None = None) -> None:
        """Record events of one toy."""
        for sequence in sequences:
            attributes = {
                "ce_specversion": "1.0",
                "ce_id": str(uuid4()),
                "ce_type": kind or self.kind.type,
                "ce_source": "/toys",
                "ce_time": "2026-03-02T09:00:00+00:00",
                "ce_subject": key,
                "ce_sequence": str(sequence),
                "ce_epoch": "1",
            }
            headers = [(name, value.encode()) for name, value in attributes.items()]
            body = json.dumps({"toy_id": key}).encode()
            await self.producer.send_and_wait(self.topic, body, key=key.encode(), headers=headers)

    def events(self, **given: Any) -> KafkaEvents:
        fast = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 500, "commit_every": 0.1}
        return KafkaEvents(BOOTSTRAP, group=self.group, types=[self.kind], **{**fast, **given})


@pytest.fixture
async def toys() -> AsyncIterator[Toys]:
    assert BOOTSTRAP, "run this by `python -m deploy.local test -- …`"
    admin = AIOKafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    await admin.start()
    async with AIOKafkaProducer(bootstrap_servers=BOOTSTRAP, acks="all") as producer:
        made = Toys(producer)
        await admin.create_topics([NewTopic(made.topic, PARTITIONS, 1)])
        yield made
    Event.registry.pop(made.kind.type)
    await admin.delete_topics([made.topic])
    await admin.close()


async def taken(events: KafkaEvents, count: int) -> list[tuple[str, int]]:
    """Take so many events; the last of them stays unhandled."""
    found: list[tuple[str, int]] = []
    async with asyncio.timeout(60):
        async for event in events:
            found.append((event.key, event.envelope.sequence))
            if len(found) == count:
                break
    return found


async def handled(events: KafkaEvents, last: tuple[str, int]) -> list[tuple[str, int]]:
    """Handle events up to a marker, which itself stays unhandled."""
    found: list[tuple[str, int]] = []
    async with asyncio.timeout(60):
        async for event in events:
            at = event.key, event.envelope.sequence
            if at == last:
                break
            found.append(at)
    return found


class TestKafkaEvents:
    async def test_yields_every_event_of_a_record_in_order(self, toys: Toys) -> None:
        await toys.tell("a", 1, 2, 3)
        await toys.tell("b", 1)

        async with toys.events() as events:
            found = await taken(events, 4)

        assert [at for at in found if at[0] == "a"] == [("a", 1), ("a", 2), ("a", 3)]
        assert ("b", 1) in found

    async def test_drops_a_repeat(self, toys: Toys) -> None:
        await toys.tell("a", 1, 2, 1, 2, 3)

        async with toys.events() as events:
            found = await taken(events, 3)

        assert found == [("a", 1), ("a", 2), ("a", 3)]

    async def test_leaves_out_types_that_are_not_wanted(self, toys: Toys) -> None:
        await toys.tell("a", 1, kind="toys.other.made.v1")
        await toys.tell("a", 2)

        async with toys.events() as events:
            assert await taken(events, 1) == [("a", 2)]

    async def test_goes_on_behind_what_was_handled(self, toys: Toys) -> None:
        await toys.tell("a", 1, 2, 3)
        async with toys.events() as events:
            first = await handled(events, ("a", 3))
        await toys.tell("a", 4)

        async with toys.events() as events:
            second = await taken(events, 2)

        assert first == [("a", 1), ("a", 2)]
        # The one in work when it stopped comes again.
        assert second == [("a", 3), ("a", 4)]

    async def test_repeats_after_a_crash_only_what_no_file_knows(self, toys: Toys, tmp_path: Path) -> None:
        await toys.tell("a", 1, 2, 3)
        # A crash: handled, and never committed.
        async with toys.events(commit_every=1000) as events:
            await handled(events, ("a", 3))
            events._positions.clear()  # noqa: SLF001 - what a kill -9 leaves
        async with toys.events() as again:
            assert await handled(again, ("a", 3)) == [("a", 1), ("a", 2)]
            again._positions.clear()  # noqa: SLF001 - as above

        seen = FileSeen(tmp_path / "seen.db")
        for sequence in (1, 2):
            seen.mark(await _event(toys, sequence))
        async with toys.events(seen=seen, group_instance_id="one") as known:
            assert await taken(known, 1) == [("a", 3)]
        seen.close()

    async def test_begins_now_when_asked_to(self, toys: Toys) -> None:
        await toys.tell("a", 1)

        async with toys.events(start="latest") as events:
            waiting = asyncio.create_task(taken(events, 1))
            while not waiting.done():
                await toys.tell("b", *range(1, 2))
                await toys.tell("b", int(asyncio.get_running_loop().time() * 1000))
                await asyncio.wait([waiting], timeout=0.3)

        assert waiting.result()[0][0] == "b"

    async def test_shares_partitions_with_another_member(self, toys: Toys) -> None:
        keys = [f"key-{number}" for number in range(20)]
        async with toys.events() as one, toys.events() as two:
            for key in keys:
                await toys.tell(key, 1)
            found: set[str] = set()

            async def read(events: KafkaEvents) -> None:
                async for event in events:
                    found.add(event.key)

            tasks = [asyncio.create_task(read(each)) for each in (one, two)]
            async with asyncio.timeout(60):
                while found != set(keys):
                    await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        assert found == set(keys)


async def _event(toys: Toys, sequence: int) -> Event:
    async with KafkaEvents(BOOTSTRAP, group=f"{toys.group}-other", types=[toys.kind]) as events:
        async with asyncio.timeout(60):
            async for event in events:
                if event.envelope.sequence == sequence:
                    return event
    raise AssertionError(sequence)


class TestTopicsOf:
    def test_gives_those_of_the_types(self) -> None:
        assert topics_of(["sales.lead.captured.v1", "sales.lead.converted.v1"]) == ["crm.sales.lead"]

    def test_gives_all_but_those_of_keys(self) -> None:
        expected = {each.topic for each in contracts().values() if "subject-key" not in each.topic}

        assert set(topics_of([])) >= expected
        assert not any("subject-key" in topic for topic in topics_of([]))

    def test_refuses_an_unknown_type(self) -> None:
        with pytest.raises(ValueError, match="no known type"):
            topics_of(["sales.nothing.done.v1"])
