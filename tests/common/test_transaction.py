"""One transaction holds the change, its version, outbox, audit; or nothing of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import journal
from libs.common.clock import SystemClock
from libs.common.journal import AuditEntry, Cause, Entry, audit, enqueue
from libs.common.problems import Conflict, Unavailable
from libs.common.testing import Scratch, scratch
from libs.common.transaction import Transactions, UnknownReference
from tests.chaos.event_path.parcels import Parcel, make_table, pack

CAUSE = Cause("someone", "request-1", "event-0", "00-1-2-01", "127.0.0.1")


@pytest.fixture
async def lent() -> AsyncIterator[Scratch]:
    async with scratch(pool_size=3) as fresh:
        await make_table(fresh.database)
        yield fresh


@pytest.fixture
def transactions(lent: Scratch) -> Transactions:
    return Transactions(lent.database, "toy", carries={"ring": "the ring"})


async def rows(lent: Scratch, sql: str) -> list[Any]:
    async with lent.database.reading.connect() as connection:
        return list(await connection.execute(text(sql)))


class TestJournal:
    async def test_writes_events_in_the_order_recorded(self, lent: Scratch) -> None:
        parcel = await pack(lent.database, "a", "b", "c")

        found = await rows(lent, "SELECT topic, key, headers FROM outbox ORDER BY id")
        assert [row.headers["ce_sequence"] for row in found] == ["1", "2", "3"]
        assert {(row.topic, row.key) for row in found} == {("crm.toy.parcel", str(parcel))}

    async def test_puts_cause_and_epoch_into_the_headers(
        self, lent: Scratch, transactions: Transactions
    ) -> None:
        async with lent.database.engine.begin() as connection:
            await connection.execute(text("INSERT INTO epoch VALUES (2)"))

        async def body(session: AsyncSession) -> None:
            parcel = Parcel(id=uuid4(), created_at=datetime.now(UTC))
            parcel.pack("tea")
            session.add(parcel)

        await transactions.run(CAUSE, body)

        (row,) = await rows(lent, "SELECT headers FROM outbox")
        expected = {
            "ce_epoch": "2",
            "ce_actor": "someone",
            "ce_correlationid": "request-1",
            "ce_causationid": "event-0",
            "traceparent": "00-1-2-01",
            "ce_source": "toy",
        }
        assert {name: row.headers[name] for name in expected} == expected

    async def test_leaves_one_audit_row_for_each_event_and_each_entry(
        self, lent: Scratch, transactions: Transactions
    ) -> None:
        async def body(session: AsyncSession) -> None:
            parcel = Parcel(id=UUID(int=7), created_at=datetime.now(UTC))
            parcel.pack("tea")
            session.add(parcel)
            audit(session, AuditEntry("parcel.seen", "parcel", "7"))

        await transactions.run(CAUSE, body)

        found = await rows(
            lent, "SELECT actor, action, object_id, version, correlation_id, address FROM audit ORDER BY id"
        )
        assert [tuple(row) for row in found] == [
            ("someone", "toy.parcel.packed.v1", str(UUID(int=7)), 1, "request-1", "127.0.0.1"),
            ("someone", "parcel.seen", "7", None, "request-1", "127.0.0.1"),
        ]

    async def test_sends_other_records_before_the_events(
        self, lent: Scratch, transactions: Transactions
    ) -> None:
        async def body(session: AsyncSession) -> None:
            parcel = Parcel(id=uuid4(), created_at=datetime.now(UTC))
            parcel.pack("tea")
            session.add(parcel)
            enqueue(session, Entry("crm.toy.subject-key", "k", {"ce_id": "1"}, b"key"))

        await transactions.run(CAUSE, body)

        found = await rows(lent, "SELECT topic FROM outbox ORDER BY id")
        assert [row.topic for row in found] == ["crm.toy.subject-key", "crm.toy.parcel"]

    async def test_of_many_events_is_copied_and_says_the_same(
        self, lent: Scratch, transactions: Transactions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parcel = Parcel(id=uuid4(), created_at=datetime.now(UTC))

        async def body(session: AsyncSession) -> None:
            for _ in range(3):
                parcel.pack('te"a')
            session.add(parcel)
            enqueue(session, Entry("t", uuid4(), {"ce_id": "7"}, b"v"))
            audit(session, AuditEntry("toy.seen", "parcel", "p", 3, {"tea": [None, "2"]}))
            await session.flush()

        await transactions.run(CAUSE, body)
        one_by_one = await self._told(lent)
        parcel = Parcel(id=parcel.id, created_at=parcel.created_at)
        monkeypatch.setattr(journal, "_MANY", 3)
        async with lent.database.engine.begin() as connection:
            await connection.execute(text("TRUNCATE toy_parcel, outbox, audit"))
        await transactions.run(CAUSE, body)

        assert await self._told(lent) == one_by_one
        assert [len(each) for each in one_by_one] == [4, 4]

    async def _told(self, lent: Scratch) -> tuple[list[Any], list[Any]]:
        """Return outbox and audit in their order, without what differs in each transaction."""
        own = "headers - '{ce_id,ce_time}'::text[] AS headers, headers ? 'ce_id' AS named"
        sent = f"SELECT topic, {own}, length(value) FROM outbox ORDER BY id"
        audited = (
            "SELECT to_jsonb(audit) - '{id,at}'::text[] #- '{changes,updated_at}' FROM audit ORDER BY id"
        )
        return await rows(lent, sent), await rows(lent, audited)

    async def test_is_nothing_when_nothing_was_recorded(
        self, lent: Scratch, transactions: Transactions
    ) -> None:
        async def body(session: AsyncSession) -> int:
            return int(await session.scalar(text("SELECT 7")) or 0)

        assert await transactions.run(CAUSE, body) == 7
        assert await rows(lent, "SELECT 1 FROM outbox UNION ALL SELECT 1 FROM audit") == []


class TestRun:
    async def test_a_failure_leaves_nothing(self, lent: Scratch, transactions: Transactions) -> None:
        async def body(session: AsyncSession) -> None:
            parcel = Parcel(id=uuid4(), created_at=datetime.now(UTC))
            parcel.pack("tea")
            session.add(parcel)
            await session.flush()
            raise Conflict("already-closed")

        with pytest.raises(Conflict):
            await transactions.run(CAUSE, body)

        assert (
            await rows(lent, "SELECT id FROM toy_parcel UNION ALL SELECT gen_random_uuid() FROM outbox") == []
        )

    async def test_a_lost_race_is_run_again(self, lent: Scratch, transactions: Transactions) -> None:
        parcel = await pack(lent.database, "tea")

        async def body(session: AsyncSession) -> None:
            found = await session.get_one(Parcel, parcel)
            await asyncio.sleep(0.05)
            found.pack(found.content + "+")

        await asyncio.gather(*(transactions.run(CAUSE, body) for _ in range(2)))

        assert [tuple(row) for row in await rows(lent, "SELECT version, content FROM toy_parcel")] == [
            (3, "tea++")
        ]
        sequences = await rows(lent, "SELECT headers->>'ce_sequence' AS at FROM outbox ORDER BY id")
        assert [row.at for row in sequences] == ["1", "2", "3"]

    async def test_a_taken_name_is_a_conflict(self, lent: Scratch, transactions: Transactions) -> None:
        parcel = await pack(lent.database, "tea")

        async def body(session: AsyncSession) -> None:
            twin = Parcel(id=parcel, created_at=datetime.now(UTC))
            twin.pack("tea")
            session.add(twin)

        with pytest.raises(Conflict) as refused:
            await transactions.run(CAUSE, body)

        assert refused.value.slug == "already-exists"

    async def test_a_reference_that_comes_late_is_waited_for(self, transactions: Transactions) -> None:
        tries = 0

        async def body(_: AsyncSession) -> int:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise UnknownReference
            return tries

        assert await transactions.run(CAUSE, body) == 3

    async def test_a_pool_without_a_free_connection_is_unavailable(self, transactions: Transactions) -> None:
        gate, held = asyncio.Event(), asyncio.Semaphore(0)

        async def hold(session: AsyncSession) -> None:
            await session.execute(text("SELECT 1"))
            held.release()
            await gate.wait()

        holding = [asyncio.create_task(transactions.run(CAUSE, hold)) for _ in range(3)]
        for _ in holding:
            await held.acquire()
        with pytest.raises(Unavailable):
            await transactions.run(CAUSE, hold)
        gate.set()
        await asyncio.gather(*holding)

    async def test_carries_what_the_code_above_needs(self, transactions: Transactions) -> None:
        async def body(session: AsyncSession) -> tuple[object, object]:
            return session.info["ring"], session.info["cause"]

        assert await transactions.run(CAUSE, body) == ("the ring", CAUSE)
        assert isinstance(transactions.clock, SystemClock)
