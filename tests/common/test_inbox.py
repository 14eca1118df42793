"""Offsets, dedupe and parking in the transaction of the effect; and which failures pass by themselves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Record, TopicPartition
from libs.common.inbox import InboxTransaction, Known, Move, Park
from libs.common.inbox_postgres import PostgresInbox
from libs.common.journal import Cause
from libs.common.migrate import begin
from libs.common.problems import Conflict, Unavailable
from libs.common.testing import Scratch, scratch
from libs.common.transaction import Transactions

PLACE = TopicPartition("crm.toy.thing", 0)
CAUSE = Cause("system", "test")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def record(offset: int, *, key: bytes = b"k", value: bytes = b"v") -> Record:
    return Record(*PLACE, offset, NOW, key, value, (("ce_id", b"id-%d" % offset), ("odd", b"\xff\x00")))


@pytest.fixture
async def lent() -> AsyncIterator[Scratch]:
    async with scratch() as fresh:
        async with fresh.database.engine.begin() as connection:
            await begin(connection, "g", {PLACE: 5}, "cluster")
        yield fresh


@pytest.fixture
def inbox(lent: Scratch) -> PostgresInbox:
    return PostgresInbox(Transactions(lent.database, "toy"))


async def rows(lent: Scratch, sql: str) -> list[tuple[Any, ...]]:
    async with lent.database.reading.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


class TestEnter:
    async def test_moves_only_from_where_it_is_expected(self, inbox: PostgresInbox) -> None:
        entered = [
            await inbox.run(CAUSE, lambda tx: tx.enter("g", [Move(PLACE, 5, record(5))])),
            await inbox.run(CAUSE, lambda tx: tx.enter("g", [Move(PLACE, 5, record(5))])),
            await inbox.run(CAUSE, lambda tx: tx.enter("g", [Move(PLACE, 6, record(9))])),
        ]

        placement = (await inbox.placements("g", [PLACE]))[PLACE]
        assert [each is not None for each in entered] == [True, False, True]
        assert (placement.start, placement.position, placement.cluster_id) == (5, 10, "cluster")
        assert (placement.last_id, placement.last_offset, placement.last_time) == ("id-9", 9, NOW)

    async def test_enters_nowhere_when_one_of_several_has_moved(self, inbox: PostgresInbox) -> None:
        missing = Move(TopicPartition("crm.toy.thing", 1), 0, record(9))

        assert await inbox.run(CAUSE, lambda tx: tx.enter("g", [Move(PLACE, 5, record(5)), missing])) is None

    async def test_tells_what_is_known_of_the_keys(self, inbox: PostgresInbox) -> None:
        await inbox.run(CAUSE, lambda tx: tx.mark("g", {("t", "a"): (1, 4), ("u", "a"): (1, 7)}))
        keys = {("t", "a"), ("t", "b")}

        known = await inbox.run(CAUSE, lambda tx: tx.enter("g", [Move(PLACE, 5, record(5))], keys))

        assert known == Known(seen={("t", "a"): (1, 4)})

    async def test_waits_for_the_redrive_of_a_parked_key(self, inbox: PostgresInbox) -> None:
        await park(inbox, 4, Park("broken"))
        redriving, over = asyncio.Event(), asyncio.Event()

        async def redrive(transaction: InboxTransaction) -> None:
            await transaction.parked("g", PLACE.topic, ["k"])
            redriving.set()
            await over.wait()
            await transaction.mark("g", {(PLACE.topic, "k"): (1, 4)})
            await transaction.free("g", PLACE.topic, "k")

        async def enter(transaction: InboxTransaction) -> Known | None:
            return await transaction.enter("g", [Move(PLACE, 5, record(5))], {(PLACE.topic, "k")})

        async with asyncio.TaskGroup() as group:
            redriven = group.create_task(inbox.run(CAUSE, redrive))
            await redriving.wait()
            entered = group.create_task(inbox.run(CAUSE, enter))
            done, _ = await asyncio.wait([entered], timeout=0.2)
            over.set()

        assert redriven.done()
        assert not done
        assert entered.result() == Known(seen={(PLACE.topic, "k"): (1, 4)})

    async def test_of_two_at_once_only_one_moves(self, inbox: PostgresInbox) -> None:
        async def slow(transaction: InboxTransaction) -> bool:
            entered = await transaction.enter("g", [Move(PLACE, 5, record(5))])
            await asyncio.sleep(0.1)
            return entered is not None

        assert sorted(await asyncio.gather(*(inbox.run(CAUSE, slow) for _ in range(2)))) == [False, True]

    async def test_knows_no_place_that_migrate_did_not_write(self, inbox: PostgresInbox) -> None:
        assert await inbox.placements("g", [TopicPartition("crm.toy.thing", 1)]) == {}


class TestSeen:
    async def test_remembers_the_last_of_each_key(self, inbox: PostgresInbox) -> None:
        await inbox.run(CAUSE, lambda tx: tx.mark("g", {("t", "a"): (1, 4), ("t", "b"): (1, 1)}))
        await inbox.run(CAUSE, lambda tx: tx.mark("g", {("t", "a"): (2, 1)}))

        seen = await inbox.run(CAUSE, lambda tx: tx.seen("g", "t", ["a", "b", "c"]))

        assert seen == {"a": (2, 1), "b": (1, 1)}


async def park(inbox: PostgresInbox, offset: int, why: Park | None, **content: bytes) -> None:
    one = record(offset, **content)
    await inbox.run(CAUSE, lambda tx: tx.park("g", one, one.key.decode(errors="backslashreplace"), why))


class TestParking:
    async def test_keeps_records_in_the_order_of_the_log(self, inbox: PostgresInbox) -> None:
        await park(inbox, 7, Park("broken"))
        await park(inbox, 6, None, value=b"w")

        found = await inbox.run(CAUSE, lambda tx: tx.oldest_parked("g", PLACE.topic, "k"))

        assert [(each.offset, each.value) for each in found] == [(6, b"w"), (7, b"v")]
        assert await inbox.run(CAUSE, lambda tx: tx.parked("g", PLACE.topic, ["k", "l"])) == {"k"}

    async def test_makes_one_dead_letter_for_what_an_operator_must_free(
        self, inbox: PostgresInbox, lent: Scratch
    ) -> None:
        await park(inbox, 7, Park("broken"))
        await park(inbox, 8, None)

        (letter,) = await rows(lent, "SELECT topic, key, value, headers FROM outbox")
        assert letter[:3] == ("crm.toy.dlq", "k", b"v")
        assert letter[3]["dlq_reason"] == "broken"
        assert letter[3]["dlq_offset"] == "7"

    async def test_makes_no_dead_letter_for_what_is_on_its_way(
        self, inbox: PostgresInbox, lent: Scratch
    ) -> None:
        await park(inbox, 7, Park("NotYet", waits_for="contact 7"))

        assert await rows(lent, "SELECT 1 FROM outbox") == []
        assert await inbox.count_parked("g") == 0
        assert await inbox.retryable("g", datetime.now(UTC) + timedelta(seconds=1)) == [(PLACE.topic, "k")]

    async def test_a_postponed_key_waits(self, inbox: PostgresInbox) -> None:
        await park(inbox, 7, Park("NotYet", waits_for="contact 7"))
        later = datetime.now(UTC) + timedelta(hours=1)

        await inbox.postpone("g", PLACE.topic, "k", later)

        assert await inbox.retryable("g", later - timedelta(seconds=1)) == []
        assert await inbox.retryable("g", later) == [(PLACE.topic, "k")]

    async def test_keeps_what_postgresql_cannot_as_escapes(self, inbox: PostgresInbox, lent: Scratch) -> None:
        await park(inbox, 7, Park("broken"), key=b"a\x00\xff")

        (row,) = await rows(lent, "SELECT key, headers->>'odd' FROM parked_event")
        assert row == ("a\\x00\\xff", "\\xff\\x00")

    async def test_ends_with_the_last_record(self, inbox: PostgresInbox, lent: Scratch) -> None:
        await park(inbox, 7, Park("broken"))

        await inbox.run(CAUSE, lambda tx: tx.unpark("g", record(7)))
        await inbox.run(CAUSE, lambda tx: tx.free("g", PLACE.topic, "k"))

        assert await rows(lent, "SELECT 1 FROM parked_event UNION ALL SELECT 1 FROM parked_key") == []


class TestRebase:
    async def test_leaves_an_audit_row(self, inbox: PostgresInbox, lent: Scratch) -> None:
        await inbox.rebase("g", PLACE, 5, 2, "another")

        assert (await inbox.placements("g", [PLACE]))[PLACE].position == 2
        assert await rows(lent, "SELECT action FROM audit") == [("consumer.rebased",)]

    async def test_moves_nothing_that_somebody_moved_before(self, inbox: PostgresInbox) -> None:
        await inbox.rebase("g", PLACE, 4, 2, "another")

        assert (await inbox.placements("g", [PLACE]))[PLACE].position == 5


async def failing(inbox: PostgresInbox, sql: str, values: dict[str, object]) -> Exception:
    """Return what a statement raises inside a consumer's transaction."""

    async def body(transaction: InboxTransaction) -> None:
        session: AsyncSession = transaction.session
        await session.execute(text(sql), values)

    with pytest.raises(Exception, match=".") as raised:
        await inbox.run(CAUSE, body)
    return raised.value


class TestTransient:
    @pytest.mark.parametrize(
        ("sql", "values", "passes"),
        [
            ("SELECT pg_terminate_backend(pg_backend_pid())", {}, True),
            ("SELECT CAST(:n AS bigint)", {"n": 2**80}, False),
            ("SELECT CAST(:n AS text)", {"n": "\x00"}, False),
            ("SELECT 1 / 0", {}, False),
            ("SELECT nothing", {}, False),
        ],
    )
    async def test_by_the_databases_own_word(
        self, inbox: PostgresInbox, sql: str, values: dict[str, object], *, passes: bool
    ) -> None:
        error = await failing(inbox, sql, values)

        assert isinstance(error, DBAPIError)
        assert inbox.is_transient(error) is passes

    async def test_a_time_limit_passes(self, inbox: PostgresInbox, lent: Scratch) -> None:
        async def body(transaction: InboxTransaction) -> None:
            await transaction.session.execute(text("SET LOCAL statement_timeout = 20"))
            await transaction.session.execute(text("SELECT pg_sleep(2)"))

        with pytest.raises(DBAPIError) as raised:
            await inbox.run(CAUSE, body)

        assert inbox.is_transient(raised.value)

    @pytest.mark.parametrize(
        ("error", "passes"),
        [
            (ConnectionRefusedError(), True),
            (TimeoutError(), True),
            (Unavailable("pool-exhausted"), True),
            (asyncpg.CannotConnectNowError("starting up"), True),
            (asyncpg.TooManyConnectionsError("full"), True),
            (asyncpg.InterfaceError("connection is closed"), True),
            (Conflict("already-closed"), False),
            (ValueError("seven"), False),
            (asyncpg.UniqueViolationError("taken"), False),
        ],
    )
    def test_by_kind(self, inbox: PostgresInbox, error: Exception, *, passes: bool) -> None:
        assert inbox.is_transient(error) is passes
