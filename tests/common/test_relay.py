"""The relay's own rules, over a store and a broker that do what the test says."""

import asyncio

import pytest

from libs.common.bus import Message, SendError, Topic
from libs.common.memory import Fate, Faults, MemoryBroker
from libs.common.outbox import Page, Row
from libs.common.relay import Floor, Relay
from libs.common.testing import FakeClock

HORIZON = 15.0


class Store:
    """An outbox in a dictionary."""

    def __init__(self, *rows: Row) -> None:
        self.rows = {row.id: row for row in rows}
        self.leads, self.high_water = True, max(self.rows, default=0)
        self.blocked: set[tuple[str, str]] = set()
        self.floors: list[int] = []

    async def lead(self) -> bool:
        return self.leads

    async def oldest(self, floor: int, limit: int) -> Page:
        self.floors.append(floor)
        rows = [
            row
            for number, row in sorted(self.rows.items())
            if number > floor and ("t", row.message.key.decode()) not in self.blocked
        ]
        return Page(rows[:limit], self.high_water, frozenset(f"t {key}" for _, key in self.blocked))

    async def delete(self, ids: list[int]) -> None:
        for number in ids:
            self.rows.pop(number)

    async def block(self, topic: str, key: str, reason: str) -> None:
        self.blocked.add((topic, key))

    async def close(self) -> None:
        self.leads = False


class Fated(Faults):
    """Decides by the value; everything else is stored."""

    def __init__(self, **fates: Fate) -> None:
        self.fates = fates

    def fate(self, message: Message) -> Fate:
        return self.fates.get(message.value[:1].decode(), Fate.STORED)


def row(number: int, key: str, value: str) -> Row:
    return Row(number, Message("t", key.encode(), value.encode()))


async def relaying(store: Store, clock: FakeClock, **fates: Fate) -> tuple[Relay, MemoryBroker]:
    broker = MemoryBroker(clock, Fated(**fates))
    await broker.ensure([Topic("t", 1)])
    return Relay(store, broker, clock, HORIZON), broker


def values(broker: MemoryBroker) -> list[str]:
    return [record.value.decode()[:1] for record in broker.records("t")]


class TestStep:
    async def test_sends_in_id_order_and_deletes_what_was_acknowledged(self, clock: FakeClock) -> None:
        store = Store(row(2, "a", "2"), row(1, "a", "1"), row(3, "b", "3"))
        relay, broker = await relaying(store, clock)

        assert await relay.step() == 3
        assert values(broker) == ["1", "2", "3"]
        assert not store.rows

    async def test_does_nothing_without_the_lead(self, clock: FakeClock) -> None:
        store = Store(row(1, "a", "1"))
        store.leads = False
        relay, broker = await relaying(store, clock)

        assert await relay.step() == 0
        assert values(broker) == []

    async def test_deletes_only_what_stands_before_a_failure(self, clock: FakeClock) -> None:
        store = Store(row(1, "a", "1"), row(2, "a", "x"), row(3, "a", "3"))
        relay, broker = await relaying(store, clock, x=Fate.LOST)

        with pytest.raises(SendError):
            await relay.step()

        assert sorted(store.rows) == [2, 3]
        assert values(broker) == ["1"]

    async def test_blocks_a_refused_key_and_lets_others_pass(self, clock: FakeClock) -> None:
        large = "x" * 17_000
        store = Store(row(1, "a", "1"), row(2, "a", large), row(3, "b", "3"), row(4, "a", "4"))
        relay, broker = await relaying(store, clock, x=Fate.REFUSED)

        assert await relay.step() == 2
        assert await relay.step() == 0

        assert values(broker) == ["1", "3"]
        assert store.blocked == {("t", "a")}
        assert sorted(store.rows) == [2, 4]

    async def test_looks_from_the_first_row_again_when_a_key_is_unblocked(self, clock: FakeClock) -> None:
        store = Store(row(1, "a", "x" * 17_000), row(2, "b", "2"))
        relay, broker = await relaying(store, clock, x=Fate.REFUSED)
        await relay.step()
        clock.advance(HORIZON + 6)
        await relay.step()
        store.rows[3] = row(3, "a", "3")
        broker.faults = Faults()

        store.blocked.clear()
        await relay.step()
        await relay.step()

        assert store.floors == [0, 0, 2, 0]
        assert values(broker) == ["2", "x", "3"]


class TestRun:
    async def test_renews_its_producer_and_starts_again_from_the_oldest_row(self, clock: FakeClock) -> None:
        store = Store(row(1, "a", "1"), row(2, "a", "x"), row(3, "a", "3"))
        relay, broker = await relaying(store, clock, x=Fate.STORED_UNKNOWN)
        stop = asyncio.Event()
        running = asyncio.create_task(relay.run(stop))
        for _ in range(20):
            await asyncio.sleep(0)
        broker.faults = Faults()

        while store.rows:
            await asyncio.sleep(0)
        stop.set()
        await running

        assert values(broker)[0] == "1"
        assert values(broker)[-2:] == ["x", "3"]
        assert "3" not in values(broker)[:-1]
        assert not store.leads


class TestFloor:
    def test_passes_an_id_only_when_no_transaction_can_hold_it(self) -> None:
        floor = Floor(horizon=20.0)
        floor.sample(100.0, 7)
        floor.sample(110.0, 9)

        assert floor.settled(119.9) == 0
        assert floor.settled(120.0) == 7
        assert floor.settled(200.0) == 9

    def test_never_falls(self) -> None:
        floor = Floor(horizon=20.0)

        floor.rise(9)
        floor.rise(4)

        assert floor.value == 9

    async def test_never_passes_a_row_beyond_a_full_page(self, clock: FakeClock) -> None:
        store = Store(*(row(number, f"k{number}", "1") for number in range(1, 2701)))
        relay, broker = await relaying(store, clock)
        await relay.step()
        clock.advance(HORIZON + 6)

        await relay.step()
        await relay.step()

        # The second page is a larger one, since the first was full of small rows.
        assert store.floors == [0, 0, 2500]
        assert len(broker.records("t")) == 2700

    async def test_takes_no_larger_page_of_large_rows(self, clock: FakeClock) -> None:
        store = Store(*(row(number, f"k{number}", "1" * 5_000) for number in range(1, 1201)))
        relay, _ = await relaying(store, clock)

        assert [await relay.step() for _ in range(3)] == [500, 500, 200]
