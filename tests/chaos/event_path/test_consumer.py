"""Each event's effect once and in order: zombies, duplicates, a consumer killed between effect and commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from libs.common.consumer import Consumer
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.common.inbox_postgres import PostgresInbox
from libs.common.journal import Cause
from libs.common.kafka import KafkaBus
from tests.chaos import toy
from tests.chaos.event_path.shims import Forgetful, OffsetFirst, ParksTheUnknown, Unfenced
from tests.chaos.event_path.things import Things, things
from tests.figures import Figures


@pytest.fixture
async def toys(bus: KafkaBus) -> AsyncIterator[Things]:
    async with things(bus) as lent:
        yield lent


def gated(kind: type[PostgresInbox], held: asyncio.Event, gate: asyncio.Event) -> type[PostgresInbox]:
    """An inbox whose owner stands still before its third transaction: a member that was stopped there."""

    class Gated(kind):  # type: ignore[misc, valid-type]
        count = 0

        async def run[T](self, cause: Cause, body: Callable[[InboxTransaction], Awaitable[T]]) -> T:
            Gated.count += 1
            if Gated.count == 3:
                held.set()
                await gate.wait()
            result: T = await super().run(cause, body)
            return result

    return Gated


async def haunt(toys: Things, kind: type[PostgresInbox]) -> None:
    """Stop a member with polled records in its hands, let an heir take its partitions, wake it up."""
    held, gate = asyncio.Event(), asyncio.Event()
    await toys.send_range(1, 10)
    toys.consume(inbox=toys.inbox(gated(kind, held, gate)))
    await asyncio.wait_for(held.wait(), 60)
    toys.consume(inbox=toys.inbox(kind))
    assert await toys.until(toys.caught_up)
    gate.set()
    await toys.send_range(11, 20)
    await toys.until(toys.caught_up)
    # The zombie has records of its old poll left; it is through with them when it asks the broker again.
    await asyncio.sleep(1.5)


class TestZombie:
    async def test_is_fenced_by_the_offset(self, toys: Things) -> None:
        await haunt(toys, PostgresInbox)

        effects, back = await toys.effects(), await toys.goes_back()
        figures = Figures("event-path")
        figures.exactly("zombie: keys with each effect once, in order", _whole(toys, effects, 20), 8)
        figures.exactly("zombie: positions that went back", back, 0)
        assert figures.done(part=True), figures.failures()

    async def test_planted_missing_fence_is_found(self, toys: Things) -> None:
        await haunt(toys, Unfenced)

        assert await toys.effects()
        assert await toys.goes_back() > 0


def _whole(toys: Things, effects: dict[str, list[int]], last: int) -> int:
    """Return how many keys have exactly 1..last."""
    return sum(effects.get(str(key)) == list(range(1, last + 1)) for key in toys.keys)


async def send_again(toys: Things) -> None:
    """Send what a relay sends that was killed before its DELETE, twice over."""
    await toys.send_range(1, 10)
    await toys.send_range(4, 10)
    await toys.send_range(9, 14)
    await toys.send_range(1, 14)


class TestDuplicates:
    async def test_have_one_effect(self, toys: Things) -> None:
        await send_again(toys)
        toys.consume()
        assert await toys.until(toys.caught_up)

        figures = Figures("event-path")
        figures.exactly(
            "duplicates: keys with each effect once, in order", _whole(toys, await toys.effects(), 14), 8
        )
        assert figures.done(part=True), figures.failures()

    async def test_planted_forgetting_is_found(self, toys: Things) -> None:
        await send_again(toys)
        toys.consume(inbox=toys.inbox(Forgetful))
        await toys.until(toys.caught_up, 6)

        effects = await toys.effects()
        assert effects
        assert _whole(toys, effects, 14) < 8


async def die_between(toys: Things, kind: type[Consumer]) -> None:
    """Kill a member in the middle of its fifth effect, and start it again."""
    dying, count = asyncio.Event(), 0

    async def before(_: Envelope) -> None:
        nonlocal count
        count += 1
        if count == 5:
            dying.set()
            await asyncio.Event().wait()

    toys.ledger.before = before
    await toys.send_range(1, 5)
    toys.consume(kind=kind)
    await asyncio.wait_for(dying.wait(), 60)
    toys.tasks.pop().cancel()
    toys.consume(kind=kind)
    assert await toys.until(toys.caught_up)


class TestKilledConsumer:
    async def test_applies_the_event_that_it_died_in(self, toys: Things) -> None:
        await die_between(toys, Consumer)

        figures = Figures("event-path")
        figures.exactly(
            "killed consumer: keys with each effect once, in order", _whole(toys, await toys.effects(), 5), 8
        )
        assert figures.done(part=True), figures.failures()

    async def test_planted_offset_before_effect_is_found(self, toys: Things) -> None:
        await die_between(toys, OffsetFirst)

        # A member that has to join again meanwhile dies once more in this way.
        assert 0 < sum(map(len, (await toys.effects()).values())) < 8 * 5


async def send_news(toys: Things) -> None:
    """Send what a newer release sends: a type and a field that this one does not know."""
    for key in toys.keys:
        newer = toy.body(key, 3).replace(b"{", b'{"mood": "good", ', 1)
        await toys.send(
            toy.message(key, 1),
            toy.message(key, 2, b'{"anything": 1}', kind="toy.thing.danced.v1"),
            toy.message(key, 3, newer),
            toy.message(key, 4),
        )


class TestNewerRelease:
    async def test_unknown_types_move_the_position_and_unknown_fields_are_ignored(self, toys: Things) -> None:
        kinds: list[tuple[int, bool]] = []

        async def before(envelope: Envelope) -> None:
            kinds.append((envelope.sequence, envelope.event is None))

        toys.ledger.before = before
        await send_news(toys)
        toys.consume()
        assert await toys.until(toys.caught_up)

        figures = Figures("event-path")
        figures.exactly("unknown type and field: keys whole", _whole(toys, await toys.effects(), 4), 8)
        figures.exactly("unknown type: recognised as such", sum(unknown for _, unknown in kinds), 8)
        figures.exactly("unknown type and field: parked", len(await toys.rows("SELECT 1 FROM parked_key")), 0)
        assert figures.done(part=True), figures.failures()

    async def test_planted_strict_reader_is_found(self, toys: Things) -> None:
        await send_news(toys)
        toys.consume(kind=ParksTheUnknown)
        await toys.until(toys.caught_up)

        assert len(await toys.rows("SELECT 1 FROM parked_key")) == 8
