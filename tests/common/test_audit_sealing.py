"""Sealing: in order, none passed that could still be committed, and the head told to the log."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import text

from libs.common import audit_sealing
from libs.common.audit_chain import Broken, Chain
from libs.common.audit_sealing import seal_audit, seal_turn
from libs.common.audit_verify import PostgresTrail, read_anchors, verify
from libs.common.bus import Message, Topic
from libs.common.crypto import KekRing
from libs.common.journal import AuditEntry, Cause, audit
from libs.common.kafka import KafkaBus
from libs.common.plan import Plan, anchor_topic, topics_of
from libs.common.testing import Scratch, make_settings, scratch
from libs.common.transaction import Transactions
from libs.platform import process

_CAUSE = Cause("user:7", "trace", address="192.0.2.7")
_INSERT = text(
    "INSERT INTO audit (actor, action, object_type, object_id, changes, correlation_id)"
    " VALUES ('user:7', 'toy.made', 'toy', '1', '{}', 'trace')"
)


@pytest.fixture
async def lent() -> AsyncIterator[Scratch]:
    async with scratch() as fresh:
        yield fresh


@pytest.fixture
def ring(lent: Scratch) -> KekRing:
    return KekRing.load(lent.settings.kek_file)


@pytest.fixture
def transactions(lent: Scratch, ring: KekRing) -> Transactions:
    return Transactions(lent.database, "toy", carries={"ring": ring, "service": "toy"})


async def write(transactions: Transactions, count: int) -> None:
    """Leave audit rows, in one transaction."""

    async def body(session: object) -> None:
        for number in range(count):
            audit(session, AuditEntry("toy.seen", "toy", str(number), 1, {"name": [None, "爪"]}))  # type: ignore[arg-type]

    await transactions.run(_CAUSE, body)


async def seal(transactions: Transactions, wanted: int) -> None:
    """Seal so many rows: a transaction elsewhere on the server may hold them back for a moment."""
    async with asyncio.timeout(60):
        while wanted > 0:
            wanted -= await transactions.run(_CAUSE, seal_turn)
            await asyncio.sleep(0.01 if wanted else 0)
    assert wanted == 0


async def numbers(lent: Scratch) -> list[tuple[int, list[int]]]:
    async with lent.database.reading.connect() as connection:
        rows = await connection.execute(text("SELECT number, ids FROM audit_seal ORDER BY number"))
        return [(row.number, list(row.ids)) for row in rows]


class TestSealTurn:
    async def test_chains_what_is_new_each_time(
        self, lent: Scratch, transactions: Transactions, ring: KekRing
    ) -> None:
        for count in (3, 2):
            await write(transactions, count)
            await seal(transactions, count)

        chain = await verify(PostgresTrail(lent.database.reads), Chain.of(ring), [])

        assert await transactions.run(_CAUSE, seal_turn) == 0
        assert await numbers(lent) == [(1, [1, 2, 3]), (4, [4, 5])]
        assert (chain.number, chain.last_id) == (5, 5)

    async def test_waits_for_a_smaller_id_that_may_still_come(
        self, lent: Scratch, transactions: Transactions
    ) -> None:
        async with lent.database.engine.connect() as slow, lent.database.engine.connect() as lost:
            await slow.execute(_INSERT)
            await lost.execute(_INSERT)
            await write(transactions, 1)
            held_back = [await transactions.run(_CAUSE, seal_turn)]
            await lost.rollback()
            held_back.append(await transactions.run(_CAUSE, seal_turn))
            await slow.commit()

        await seal(transactions, 2)

        assert held_back == [0, 0]
        assert await numbers(lent) == [(1, [1, 3])]

    async def test_leaves_it_to_the_one_who_is_at_it(self, lent: Scratch, transactions: Transactions) -> None:
        await write(transactions, 1)
        async with lent.database.engine.connect() as other:
            await other.exec_driver_sql(audit_sealing.LOCK)

            assert await transactions.run(_CAUSE, seal_turn) == 0

    async def test_tells_the_log_of_the_head_when_it_is_time(
        self, lent: Scratch, transactions: Transactions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = "SELECT value FROM outbox WHERE topic = 'crm.toy.audit-anchor' ORDER BY id"
        for _ in range(2):
            await write(transactions, 2)
            await seal(transactions, 2)
        async with lent.database.reading.connect() as connection:
            first = (await connection.execute(text(told))).scalars().all()

        monkeypatch.setattr(audit_sealing, "ANCHORED_EVERY", timedelta(0))
        for _ in range(2):
            await transactions.run(_CAUSE, seal_turn)

        async with lent.database.reading.connect() as connection:
            anchors = (await connection.execute(text(told))).scalars().all()
        assert [orjson.loads(each)["number"] for each in first] == [2]
        assert [orjson.loads(each)["number"] for each in anchors] == [2, 4]


class TestSealAudit:
    async def test_goes_on_without_a_pause_while_there_is_more(
        self, lent: Scratch, transactions: Transactions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stop = asyncio.Event()
        monkeypatch.setattr(audit_sealing, "EVERY", 0.01)
        await write(transactions, audit_sealing.AT_ONCE + 1)

        running = asyncio.create_task(seal_audit(transactions, stop))

        async with asyncio.timeout(60):
            while [number for number, _ in await numbers(lent)] != [1, audit_sealing.AT_ONCE + 1]:
                await asyncio.sleep(0.01)
        stop.set()
        await running

    def test_runs_in_the_worker_of_every_service(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ran: list[Plan] = []
        monkeypatch.setattr(process, "run_worker", lambda plan, _: ran.append(plan))
        plan = Plan(make_settings("toy", "postgresql://nobody"), "services.toy")

        process.run(plan)

        assert seal_audit in ran[0].loops
        assert Topic("crm.toy.audit-anchor", 1) in topics_of(plan)


class TestReadAnchors:
    async def test_returns_what_the_log_keeps(self, bus: KafkaBus) -> None:
        service = f"anchored{uuid4().hex[:8]}"
        await bus.ensure([Topic(anchor_topic(service), 1)])
        producer = await bus.producer()
        for number in (5, 9):
            value = orjson.dumps({"number": number, "hash": "ab", "at": "2026-03-02T09:00:00Z"})
            await (await producer.send(Message(anchor_topic(service), b"toy", value)))

        found = await read_anchors(bus, service)

        assert [(each.number, each.hash) for each in found] == [(5, "ab"), (9, "ab")]
        await producer.close()

    async def test_finds_none_before_the_first(self, bus: KafkaBus) -> None:
        service = f"new{uuid4().hex[:8]}"
        await bus.ensure([Topic(anchor_topic(service), 1)])

        assert await read_anchors(bus, service) == []


class TestVerify:
    @pytest.mark.parametrize(
        ("crime", "found"),
        [
            ("UPDATE audit SET actor = 'user:8' WHERE id = 3", "row 3 (id 3): is not what was sealed"),
            ("DELETE FROM audit WHERE id = 2", "row 2 (id 2): was deleted"),
            ("DELETE FROM audit_seal WHERE number = 1", "row 1: its seal is gone; the next seal is of row 3"),
        ],
    )
    async def test_names_the_first_broken_row_of_a_database(
        self, lent: Scratch, transactions: Transactions, ring: KekRing, crime: str, found: str
    ) -> None:
        for _ in range(2):
            await write(transactions, 2)
            await seal(transactions, 2)
        async with lent.database.engine.begin() as connection:
            await connection.execute(text(crime))

        with pytest.raises(Broken) as broken:
            await verify(PostgresTrail(lent.database.reads), Chain.of(ring), [])

        assert str(broken.value).startswith(found)

    async def test_has_no_ally_in_the_role_of_the_service(self) -> None:
        granted = (
            "SELECT relname, relacl::text FROM pg_class WHERE relname IN ('audit', 'audit_seal') ORDER BY 1"
        )
        async with scratch("sales") as sales, sales.database.reading.connect() as connection:
            rights = {
                name: acl.split("=")[1].split("/")[0] for name, acl in await connection.execute(text(granted))
            }

        # Append and read, but neither w(rite), d(elete) nor D (truncate).
        assert rights == {"audit": "arxtm", "audit_seal": "arxtm"}
