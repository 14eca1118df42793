"""Poison is set aside and its key waits; redriven while newer events of the key arrive, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from libs.common.bus import Message
from libs.common.consumer import NotYetError, redrive
from libs.common.envelope import Envelope
from libs.common.inbox_postgres import PostgresInbox
from libs.common.kafka import KafkaBus
from libs.common.redrive import discard_first
from tests.chaos import toy
from tests.chaos.event_path.shims import Pause, SlowUnlocked, Unlocked
from tests.chaos.event_path.things import Things, cause, things
from tests.figures import Figures


@pytest.fixture
async def toys(bus: KafkaBus) -> AsyncIterator[Things]:
    async with things(bus, partitions=1) as lent:
        yield lent


class BrokenRuleError(Exception):
    """A rule of ours that refuses an event for good, until a release mends it."""


async def park(toys: Things, key: UUID, inbox: PostgresInbox) -> None:
    """Let the second event of a key fail for good, with a few behind it."""

    async def before(envelope: Envelope) -> None:
        if envelope.key == str(key) and envelope.sequence == 2:
            raise BrokenRuleError

    toys.ledger.before = before
    toys.consume(inbox=inbox)
    await toys.send_range(1, 5)
    assert await toys.until(toys.caught_up)


async def mend(_: Envelope) -> None:
    """The rule holds no more."""


async def redrive_under_load(toys: Things, consuming: PostgresInbox, driving: PostgresInbox) -> None:
    """Redrive the key over and over while its newer events arrive."""
    key = toys.keys[0]
    await park(toys, key, consuming)
    toys.ledger.before = mend

    async def sending() -> None:
        for sequence in range(6, 46):
            await toys.send(toy.message(key, sequence))

    writing = asyncio.create_task(sending())
    while not writing.done() or not await toys.caught_up():
        await redrive(driving, toys.group, toys.topic, str(key))
    await writing


class TestRedrive:
    async def test_keeps_the_order_while_newer_events_arrive(self, toys: Things) -> None:
        await redrive_under_load(toys, toys.inbox(), toys.inbox())

        effects = await toys.effects()
        left = len(await toys.rows("SELECT 1 FROM parked_event"))
        figures = Figures("event-path")
        figures.exactly("redrive: the key's effects", effects[str(toys.keys[0])], list(range(1, 46)))
        figures.exactly("redrive: left behind in parking", left, 0)
        others = [effects[str(key)] == [1, 2, 3, 4, 5] for key in toys.keys[1:]]
        figures.exactly("redrive: other keys that flowed", sum(others), 7)
        assert figures.done(part=True), figures.failures()

    async def test_planted_missing_lock_is_found(self, toys: Things) -> None:
        key = toys.keys[0]
        await park(toys, key, toys.inbox(SlowUnlocked))
        toys.ledger.before = mend
        pause = SlowUnlocked.pause = Pause()
        await toys.send(toy.message(key, 6))
        # The consumer has looked at the parked key, and is about to add to it.
        await pause.looked.wait()
        await redrive(toys.inbox(Unlocked), toys.group, toys.topic, str(key))
        pause.over.set()
        assert await toys.until(toys.caught_up)

        assert (await toys.effects())[str(key)] == [1, 2, 3, 4, 5]
        assert len(await toys.rows("SELECT 1 FROM parked_event")) == 1
        assert not await toys.rows("SELECT 1 FROM parked_key")


POISON = (b"{", b'{"thing_id": 7}', b"\xff\xfe", b"")


class TestPoison:
    async def test_is_parked_with_one_dead_letter_and_others_flow(self, toys: Things) -> None:
        bad = toys.keys[: len(POISON)]
        await toys.send_range(1, 1)
        await toys.send(*(toy.message(key, 2, value) for key, value in zip(bad, POISON, strict=True)))
        await toys.send(*(toy.message(key, 2) for key in toys.keys[len(POISON) :]))
        await toys.send_range(3, 3)
        toys.consume()
        assert await toys.until(toys.caught_up)

        effects = await toys.effects()
        letters = await toys.rows("SELECT key FROM outbox WHERE topic = 'crm.toy.dlq'")
        figures = Figures("event-path")
        figures.exactly("poison: dead letters", sorted(row.key for row in letters), sorted(map(str, bad)))
        figures.exactly("poison: its keys wait", [effects[str(key)] for key in bad], [[1]] * len(bad))
        rest = toys.keys[len(POISON) :]
        figures.exactly("poison: others flow", [effects[str(key)] for key in rest], [[1, 2, 3]] * len(rest))
        assert figures.done(part=True), figures.failures()

    async def test_nul_bytes_and_what_is_no_cloud_event_are_parked_too(self, toys: Things) -> None:
        good = toy.message(toys.keys[0], 1)
        named = dict(good.headers)
        strange = [
            Message("", b"\x00key", good.value, good.headers),
            Message("", b"\xff", good.value, tuple((named | {"ce_id": b"a\x00b"}).items())),
            Message("", b"plain", b"hello"),
        ]
        await toys.send(*strange, good)
        toys.consume()

        assert await toys.until(toys.caught_up)
        assert len(await toys.rows("SELECT 1 FROM parked_event")) == 3
        assert await toys.effects() == {str(toys.keys[0]): [1]}

    async def test_discarded_lets_the_rest_of_its_key_pass(self, toys: Things) -> None:
        key, inbox = toys.keys[0], toys.inbox()
        await toys.send(toy.message(key, 1), toy.message(key, 2, b"{"), toy.message(key, 3))
        toys.consume()
        assert await toys.until(toys.caught_up)

        for _ in range(2):
            await inbox.run(
                cause(), lambda tx: discard_first(tx, toys.group.name, toys.topic, str(key), "never one", 1)
            )
        await redrive(inbox, toys.group, toys.topic, str(key))
        await toys.send(toy.message(key, 4))
        assert await toys.until(toys.caught_up)

        assert (await toys.effects())[str(key)] == [1, 3, 4]
        assert len(await toys.rows("SELECT 1 FROM audit WHERE action = 'event.discarded'")) == 1


class TestNotYet:
    async def test_frees_the_key_when_what_it_waits_for_arrives(self, toys: Things) -> None:
        late, waiting = toys.keys[0], toys.keys[1]

        async def before(envelope: Envelope) -> None:
            known = await toys.effects()
            if envelope.key == str(waiting) and str(late) not in known:
                raise NotYetError("thing", late)

        toys.ledger.before = before
        toys.consume()
        await toys.send(*(toy.message(waiting, n) for n in range(1, 5)))

        async def parked() -> bool:
            return len(await toys.rows("SELECT 1 FROM parked_event")) == 4

        assert await toys.until(parked)
        await toys.send(toy.message(late, 1))

        async def free() -> bool:
            return not await toys.rows("SELECT 1 FROM parked_key")

        assert await toys.until(free)
        assert await toys.effects() == {str(late): [1], str(waiting): [1, 2, 3, 4]}
        assert not await toys.rows("SELECT 1 FROM outbox")


class TestGap:
    async def test_parks_the_key_until_the_missing_event_comes(self, toys: Things) -> None:
        key = toys.keys[0]
        toys.consume()
        await toys.send(toy.message(key, 1), toy.message(key, 3), toy.message(key, 4))
        assert await toys.until(toys.caught_up)
        reasons = await toys.rows("SELECT reason FROM parked_key")

        await toys.send(toy.message(key, 2))
        assert await toys.until(toys.caught_up)
        await redrive(toys.inbox(), toys.group, toys.topic, str(key))

        assert [row.reason for row in reasons] == ["GapError: sequence 3 after (1, 1)"]
        assert (await toys.effects())[str(key)] == [1, 2, 3, 4]
        assert await toys.rows("SELECT 1 FROM parked_key") == []
