"""The consumer's own rules, over a broker in memory and a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from libs.common.bus import Message, Record, Topic, TopicPartition
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer, Group, NotYetError, TooManyParkedError, Verdict, judge
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.common.inbox_postgres import PostgresInbox
from libs.common.memory import MemoryBroker
from libs.common.migrate import begin
from tests.chaos import toy
from tests.chaos.event_path.things import Ledger, Things, things

KEY, OTHER = UUID(int=7), UUID(int=8)


class TestJudge:
    @pytest.mark.parametrize(
        ("last", "started_at", "epoch", "sequence", "verdict"),
        [
            (None, 0, 1, 1, Verdict.APPLY),
            (None, 0, 1, 2, Verdict.GAP),
            (None, 40, 1, 9, Verdict.APPLY),
            ((1, 4), 0, 1, 5, Verdict.APPLY),
            ((1, 4), 0, 1, 4, Verdict.DROP),
            ((1, 4), 0, 1, 1, Verdict.DROP),
            ((1, 4), 0, 1, 6, Verdict.GAP),
            ((1, 4), 40, 1, 6, Verdict.APPLY),
            ((1, 4), 0, 2, 1, Verdict.APPLY),
            ((1, 4), 0, 2, 9, Verdict.APPLY),
            ((2, 1), 0, 1, 9, Verdict.DROP),
        ],
    )
    def test_decides_by_epoch_and_sequence(
        self, last: tuple[int, int] | None, started_at: int, epoch: int, sequence: int, verdict: Verdict
    ) -> None:
        assert judge(last, started_at, epoch, sequence) is verdict


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker(SystemClock())


@pytest.fixture
async def toys(broker: MemoryBroker) -> AsyncIterator[Things]:
    async with things(broker) as lent:
        yield lent


async def steps(consumer: Consumer, count: int) -> None:
    for _ in range(count):
        await consumer.step()


async def noted(slept: list[float], seconds: float) -> None:
    slept.append(seconds)
    await asyncio.sleep(seconds)


def member(toys: Things, group: Group | None = None, inbox: PostgresInbox | None = None) -> Consumer:
    return Consumer(group or toys.group, toys.bus, inbox or toys.inbox(), SystemClock(), "one")


class TestStep:
    async def test_applies_batches_and_commits_for_lag_tools(self, toys: Things) -> None:
        consumer = member(toys, replace(toys.group, batch=4))
        await toys.send_range(1, 3)

        await steps(consumer, 3)

        assert await toys.effects() == {str(key): [1, 2, 3] for key in toys.keys}
        assert await toys.caught_up()

    async def test_moves_past_what_is_not_heeded_in_the_transaction_of_what_is(self, toys: Things) -> None:
        inbox = Counting(toys.inbox()._transactions)  # noqa: SLF001
        group = replace(toys.group, batch=1, heeds=lambda each: each.key == str(KEY) and each.sequence > 1)
        consumer = member(toys, group, inbox)
        await toys.send_range(1, 4)
        await toys.send(toy.message(KEY, 1), toy.message(KEY, 2), toy.message(KEY, 3))

        await steps(consumer, 3)

        assert (await toys.effects())[str(KEY)] == [1, 2, 3]
        assert await toys.caught_up()
        assert inbox.transactions < 3 + len(toys.keys)

    async def test_keeps_its_pace_behind_what_came_but_not_behind_a_full_poll(
        self, toys: Things, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.consumer._PAGE", 4)
        slept: list[float] = []
        consumer = member(toys, replace(toys.group, batch=4, pace=0.1))
        monkeypatch.setattr(consumer.clock, "sleep", lambda seconds: noted(slept, seconds))
        await toys.send(*(toy.message(KEY, step) for step in range(1, 7)))

        async with asyncio.timeout(60):
            while not await toys.caught_up():
                await consumer.step()
        behind_a_full_poll = list(slept)
        await steps(consumer, 2)

        assert behind_a_full_poll == []
        assert len(slept) == 1
        assert 0 < slept[0] <= 0.1

    async def test_parks_what_is_heeded_and_fails_alone(self, toys: Things) -> None:
        async def before(envelope: Envelope) -> None:
            if envelope.key == str(KEY):
                raise ArithmeticError

        toys.ledger.before = before
        await toys.send_range(1, 2)
        await toys.send(toy.message(KEY, 1))
        await toys.send_range(3, 3)

        await steps(member(toys, replace(toys.group, batch=1, heeds=lambda each: each.key == str(KEY))), 3)

        assert await toys.effects() == {str(key): [1, 2, 3] for key in toys.keys}
        assert [row.key for row in await toys.rows("SELECT key FROM parked_key")] == [str(KEY)]

    async def test_halves_a_batch_down_to_the_poison(self, toys: Things) -> None:
        consumer = member(toys, replace(toys.group, batch=50))
        await toys.send_range(1, 1)
        await toys.send(toy.message(KEY, 1, b"{"))
        await toys.send_range(2, 2)

        await steps(consumer, 3)

        assert await toys.effects() == {str(key): [1, 2] for key in toys.keys}
        assert len(await toys.rows("SELECT 1 FROM parked_event")) == 1

    async def test_applies_what_came_of_several_partitions_in_one_transaction(self, toys: Things) -> None:
        inbox = Counting(toys.inbox()._transactions)  # noqa: SLF001
        await toys.send_range(1, 3)

        await steps(member(toys, replace(toys.group, batch=50), inbox), 2)

        assert await toys.effects() == {str(key): [1, 2, 3] for key in toys.keys}
        assert await toys.caught_up()
        assert inbox.transactions == 1

    async def test_parks_one_key_and_applies_the_other_partitions(self, toys: Things) -> None:
        await toys.send_range(1, 1)
        await toys.send(toy.message(toys.keys[0], 3))

        await steps(member(toys, replace(toys.group, batch=50)), 3)

        assert await toys.effects() == {str(key): [1] for key in toys.keys}
        assert [row.key for row in await toys.rows("SELECT key FROM parked_key")] == [str(toys.keys[0])]

    async def test_polls_others_while_one_waits_for_what_is_missing(self, toys: Things) -> None:
        async def before(envelope: Envelope) -> None:
            if envelope.key == str(KEY) and str(OTHER) not in await toys.effects():
                raise NotYetError("thing", OTHER)

        toys.ledger.before = before
        consumer = member(toys)
        await toys.send(toy.message(KEY, 1))
        await steps(consumer, 2)
        await toys.send(toy.message(OTHER, 1))
        await steps(consumer, 4)

        assert sorted(await toys.effects()) == sorted([str(KEY), str(OTHER)])
        assert not await toys.rows("SELECT 1 FROM parked_key")

    async def test_applies_what_is_ready_and_keeps_the_rest_in_hand(self, toys: Things) -> None:
        applier = Missing(toys.ledger)
        inbox = Counting(toys.inbox()._transactions)  # noqa: SLF001
        consumer = member(toys, replace(toys.group, applier=applier, batch=50), inbox)
        await toys.send(toy.message(KEY, 1), toy.message(KEY, 2), toy.message(OTHER, 1))
        await steps(consumer, 3)
        before = await toys.effects()
        await toys.send(toy.message(KEY, 3))
        applier.missing = False

        await steps(consumer, 2)

        assert before == {str(KEY): [1], str(OTHER): [1]}
        assert await toys.effects() == {str(KEY): [1, 2, 3], str(OTHER): [1]}
        assert await toys.caught_up()
        assert inbox.transactions <= 4

    async def test_parks_what_was_in_hand_for_a_second(
        self, toys: Things, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.track._WAIT_FOR_KEY", 0.05)
        consumer = member(toys, replace(toys.group, applier=Missing(toys.ledger), batch=50))
        await toys.send(toy.message(KEY, 1), toy.message(KEY, 2), toy.message(OTHER, 1))

        async with asyncio.timeout(60):
            while not await toys.caught_up():
                await consumer.step()

        assert await toys.effects() == {str(KEY): [1], str(OTHER): [1]}
        assert [row.key for row in await toys.rows("SELECT key FROM parked_key")] == [str(KEY)]

    async def test_waits_on_while_a_group_beside_it_is_behind(
        self, toys: Things, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.track._WAIT_FOR_KEY", 0.0)
        applier = Missing(toys.ledger)
        consumer = member(toys, replace(toys.group, applier=applier, batch=50))
        consumer.behind.add("keys")
        await toys.send(toy.message(KEY, 1), toy.message(KEY, 2))
        await steps(consumer, 4)
        applier.missing = False

        await steps(consumer, 2)

        assert await toys.effects() == {str(KEY): [1, 2]}
        assert not await toys.rows("SELECT 1 FROM parked_key")

    async def test_is_behind_while_polls_with_urgent_topics_are_full(
        self, toys: Things, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.consumer._PAGE", 4)
        consumer = member(toys, replace(toys.group, batch=4, urgent=frozenset({toys.topic})))
        await toys.send_range(1, 1)
        await steps(consumer, 2)
        is_behind = set(consumer.behind)

        await steps(consumer, 2)

        assert is_behind == {toys.group.name}
        assert not consumer.behind
        assert await toys.caught_up()

    async def test_fetches_again_what_is_too_much_to_keep(
        self, toys: Things, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.consumer._PAGE", 1)
        applier = Missing(toys.ledger)
        consumer = member(toys, replace(toys.group, applier=applier, batch=1))
        await toys.send(*(toy.message(KEY, step) for step in range(1, 6)))
        await steps(consumer, 4)
        applier.missing = False

        async with asyncio.timeout(60):
            while not await toys.caught_up():
                await consumer.step()

        assert await toys.effects() == {str(KEY): [1, 2, 3, 4, 5]}
        assert not await toys.rows("SELECT 1 FROM parked_key")

    async def test_fetches_again_what_it_had_polled_when_something_broke(self, toys: Things) -> None:
        consumer = member(toys, inbox=Breaking(toys.inbox()._transactions))  # noqa: SLF001
        await toys.send_range(1, 2)

        with pytest.raises(ArithmeticError):
            await steps(consumer, 3)
        await steps(consumer, 3)

        assert await toys.effects() == {str(key): [1, 2] for key in toys.keys}

    async def test_stops_when_too_much_is_parked(self, toys: Things, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("libs.common.consumer._PARKED_LIMIT", 3)
        await toys.send(*(toy.message(UUID(int=number), 1, b"{") for number in range(1, 9)))

        with pytest.raises(TooManyParkedError):
            await asyncio.wait_for(member(toys).run(asyncio.Event()), 20)

        assert len(await toys.rows("SELECT 1 FROM parked_key")) == 3


@dataclass(slots=True)
class Missing:
    """Foresees that the second event of KEY lacks something, and refuses it."""

    ledger: Ledger
    missing: bool = True

    async def late(self, _: InboxTransaction, envelopes: list[Envelope]) -> list[Envelope]:
        return [each for each in envelopes if self._lacks(each)]

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope]) -> None:
        if any(map(self._lacks, envelopes)):
            raise NotYetError("thing", KEY)
        await self.ledger.apply(transaction, envelopes)

    def _lacks(self, envelope: Envelope) -> bool:
        return self.missing and envelope.key == str(KEY) and envelope.sequence == 2


class Counting(PostgresInbox):
    """Counts its transactions."""

    transactions = 0

    async def run(self, cause, body):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        self.transactions += 1
        return await super().run(cause, body)


class Breaking(PostgresInbox):
    """Fails once, in a way that nobody has foreseen, when a record is to be parked or applied."""

    broken = False

    async def run(self, cause, body):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        if not self.broken:
            self.broken = True
            raise ArithmeticError
        return await super().run(cause, body)

    async def count_parked(self, group: str) -> int:
        raise ArithmeticError


class TestPlacing:
    async def test_reads_again_by_time_when_the_topic_was_made_anew(
        self, toys: Things, broker: MemoryBroker
    ) -> None:
        # So each partition's last event is another one when they are sent again, sorted the other way.
        toys.keys.sort(reverse=True)
        await toys.send_range(1, 3)
        first = member(toys)
        await steps(first, 3)
        await first.close()
        records = broker.records(toys.topic)
        broker.recreate(toys.topic)
        # The same events in another order of keys: other offsets hold them now.
        await toys.send(*(_again(record) for record in sorted(records, key=lambda each: each.key)))
        await toys.send_range(4, 4)

        await steps(member(toys), 4)

        assert await toys.effects() == {str(key): [1, 2, 3, 4] for key in toys.keys}
        assert await toys.rows("SELECT 1 FROM audit WHERE action = 'consumer.rebased'")

    async def test_leaves_a_partition_alone_that_migrate_has_not_seen(self, broker: MemoryBroker) -> None:
        async with things(broker, start=False) as toys:
            await toys.send_range(1, 1)
            consumer = member(toys)
            await steps(consumer, 2)
            async with toys.lent.database.engine.begin() as connection:
                await begin(connection, toys.group.name, {TopicPartition(toys.topic, 0): 0}, "memory")

            await steps(consumer, 3)

            rows = await toys.rows("SELECT partition, position FROM consumer_offset")
            assert [tuple(row) for row in rows] == [(0, len(_of(broker, toys, 0)))]


def _of(broker: MemoryBroker, toys: Things, partition: int) -> list[Record]:
    return [record for record in broker.records(toys.topic) if record.partition == partition]


def _again(record: Record) -> Message:
    return Message(record.topic, record.key, record.value, record.headers)


async def test_a_new_topic_has_no_place_before_it_is_made() -> None:
    broker = MemoryBroker(SystemClock())
    await broker.ensure([Topic("crm.toy.thing", 3)])

    assert set((await broker.ends(["crm.toy.thing"])).values()) == {0}
