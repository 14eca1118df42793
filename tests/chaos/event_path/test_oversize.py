"""Too large for the journal is 413; too large for the broker blocks its key, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.clock import SystemClock
from libs.common.db import Database
from libs.common.kafka import KafkaBus
from libs.common.outbox import PostgresOutbox
from libs.common.problems import TooLarge
from libs.common.relay import Relay
from libs.common.testing import Scratch, scratch
from tests.chaos.event_path.log import judge, read_topic
from tests.chaos.event_path.parcels import TOPIC, CarelessParcel, Parcel, limit_topic, make_table, pack
from tests.chaos.simulator.planted import MissesTheUnblocking
from tests.figures import Figures

# What the relay adds to a transaction_timeout of nothing before its floor passes an id.
FLOOR_PASSES = 6.0


@pytest.fixture
async def lent() -> AsyncIterator[Scratch]:
    async with scratch("toy") as fresh:
        await make_table(fresh.database)
        yield fresh


async def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.reading.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


@dataclass(slots=True)
class Blocking:
    """What one relay made of a row that the broker refused."""

    lent: Scratch
    relay: type[Relay]
    large: UUID = field(default_factory=lambda: UUID(int=0))
    others: list[UUID] = field(default_factory=list)
    blocked: list[tuple[object, ...]] = field(default_factory=list)
    waiting: int = -1

    async def run(self, bus: KafkaBus) -> None:
        """Record 30 KB where 20 are taken, with events before and behind it, and others beside it."""
        await make_table(self.lent.database)
        stop = asyncio.Event()
        relay = self.relay(PostgresOutbox(self.lent.url), bus, SystemClock(), 0.0)
        relaying = asyncio.create_task(relay.run(stop))
        database = self.lent.database
        self.large = await pack(database, "small")
        for content in ("x" * 30_000, "small again"):
            await pack(database, content, parcel=self.large)
        for _ in range(5):
            self.others.append(await pack(database, "one", "two"))
            await asyncio.sleep(FLOOR_PASSES / 5)
        self.blocked = await rows(database, "SELECT topic, key FROM outbox_blocked_key")
        self.waiting = len(await rows(database, "SELECT id FROM outbox"))
        await limit_topic(1_000_000)
        async with database.engine.begin() as connection:
            await connection.execute(text("DELETE FROM outbox_blocked_key"))
        await asyncio.sleep(2)
        stop.set()
        await relaying


@pytest.fixture(scope="module")
async def blockings() -> AsyncIterator[dict[str, Blocking]]:
    async with scratch("toy") as one, scratch("toy") as other:
        bus = KafkaBus(one.settings)
        await limit_topic(20_000)
        found = {"shipped": Blocking(one, Relay), "planted": Blocking(other, MissesTheUnblocking)}
        await asyncio.gather(*(each.run(bus) for each in found.values()))
        yield found
        await bus.close()


class TestJournal:
    async def test_refuses_an_event_over_256_kib_and_nothing_happened(self, lent: Scratch) -> None:
        parcel = await pack(lent.database, "small")

        with pytest.raises(TooLarge) as refused:
            await pack(lent.database, "x" * 300_000, parcel=parcel)

        assert refused.value.status == 413
        assert await rows(lent.database, "SELECT version, content FROM toy_parcel") == [(1, "small")]
        assert await rows(lent.database, "SELECT count(*) FROM outbox") == [(1,)]
        assert await rows(lent.database, "SELECT count(*) FROM audit") == [(1,)]


class TestRefusedRow:
    async def test_blocks_its_key_until_an_operator_unblocks_it(
        self, blockings: dict[str, Blocking], bus: KafkaBus
    ) -> None:
        found = blockings["shipped"]
        records = await read_topic(bus, TOPIC)
        large = [each.header("ce_sequence") for each in records if each.key.decode() == str(found.large)]

        figures = Figures("event-path")
        figures.exactly("oversize: blocked keys", found.blocked, [(TOPIC, str(found.large))])
        figures.exactly("oversize: rows that waited", found.waiting, 2)
        figures.exactly("oversize: the key's events once unblocked", large, ["1", "2", "3"])
        others = judge(records, dict.fromkeys(map(str, found.others), 2))
        figures.exactly("oversize: lost of others", others.lost + others.out_of_order, 0)
        left = await rows(found.lent.database, "SELECT id FROM outbox")
        figures.exactly("oversize: outbox at the end", left, [])
        assert figures.done(part=True), figures.failures()

    async def test_planted_missed_unblocking_is_found(self, blockings: dict[str, Blocking]) -> None:
        found = blockings["planted"]

        assert len(await rows(found.lent.database, "SELECT id FROM outbox")) == 2


async def pack_in_pairs(lent: Scratch, bus: KafkaBus, kind: type[Parcel]) -> tuple[dict[str, int], int]:
    """Record two events in each transaction; return what is wrong on the topic."""
    parcels = [await pack(lent.database, "a", "b", kind=kind) for _ in range(10)]
    relay = Relay(PostgresOutbox(lent.url), bus, SystemClock(), 15.0)
    assert await relay.step() == 20
    stop = asyncio.Event()
    stop.set()
    await relay.run(stop)
    versions = dict.fromkeys(map(str, parcels), 2)
    judgement = judge(await read_topic(bus, TOPIC), versions)
    return versions, judgement.lost + judgement.out_of_order + judgement.invented


class TestTwoEventsInOneTransaction:
    async def test_are_two_versions_in_order(self, lent: Scratch, bus: KafkaBus) -> None:
        await limit_topic(1_000_000)

        versions, wrong = await pack_in_pairs(lent, bus, Parcel)

        figures = Figures("event-path")
        figures.exactly("two events in one transaction: aggregates", len(versions), 10)
        figures.exactly("two events in one transaction: wrong on the topic", wrong, 0)
        assert figures.done(part=True), figures.failures()

    async def test_planted_one_version_for_two_events_is_found(self, lent: Scratch, bus: KafkaBus) -> None:
        await limit_topic(1_000_000)

        _, wrong = await pack_in_pairs(lent, bus, CarelessParcel)

        assert wrong > 0
