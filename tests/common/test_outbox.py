"""The outbox table as the relay sees it, on real PostgreSQL."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from libs.common.outbox import PostgresOutbox
from libs.common.testing import Scratch, scratch

SCANS = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'outbox'"


@pytest.fixture
async def lent() -> AsyncIterator[Scratch]:
    async with scratch() as fresh:
        yield fresh


@pytest.fixture
async def outbox(lent: Scratch) -> AsyncIterator[PostgresOutbox]:
    opened = PostgresOutbox(lent.url)
    assert await opened.lead()
    yield opened
    await opened.close()


@pytest.fixture
async def writer(lent: Scratch) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(lent.url)
    yield connection
    await connection.close()


async def add(connection: asyncpg.Connection, key: str) -> int:
    sql = "INSERT INTO outbox (topic, key, headers, value) VALUES ('t', $1, $2, 'v') RETURNING id"
    return int(await connection.fetchval(sql, key, '{"ce_id": "7"}'))


class TestLead:
    async def test_belongs_to_one_until_its_session_ends(self, lent: Scratch, outbox: PostgresOutbox) -> None:
        second = PostgresOutbox(lent.url)

        before = await second.lead()
        await outbox.close()
        after = await second.lead()
        await second.close()

        assert (before, after) == (False, True)

    async def test_is_lost_with_the_connection_and_tried_again(
        self, lent: Scratch, outbox: PostgresOutbox, writer: asyncpg.Connection
    ) -> None:
        # It keeps its lock until it is gone, which this waits for, in milliseconds.
        mine = (
            "SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_locks JOIN pg_database ON oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert await writer.fetchval(mine) == 1

        with pytest.raises(Exception, match="."):
            await outbox.oldest(0, 10)
        await outbox.close()

        assert await outbox.lead()
        assert not (await outbox.oldest(0, 10)).rows


class TestOldest:
    async def test_returns_rows_in_id_order_above_the_floor(
        self, outbox: PostgresOutbox, writer: asyncpg.Connection
    ) -> None:
        ids = [await add(writer, key) for key in "abc"]

        page = await outbox.oldest(ids[0], 10)

        assert [row.id for row in page.rows] == ids[1:]
        assert page.rows[0].message.key == b"b"
        assert page.rows[0].message.headers == (("ce_id", b"7"),)
        assert page.high_water == ids[-1]

    async def test_reads_a_backlog_by_its_index_though_the_table_was_empty_before(
        self, lent: Scratch, writer: asyncpg.Connection
    ) -> None:
        many = "INSERT INTO outbox (topic, key, headers, value)"
        many += " SELECT 't', n, '{}', 'v' FROM generate_series(1, 500) n"
        await writer.execute(many)
        await writer.execute("DELETE FROM outbox WHERE id <> (SELECT max(id) FROM outbox)")
        await writer.execute("VACUUM ANALYZE outbox")
        await writer.execute(many)
        await writer.execute("SELECT pg_stat_force_next_flush()")
        before = await writer.fetchval(SCANS)
        outbox = PostgresOutbox(lent.url)
        await outbox.lead()

        await outbox.delete([row.id for row in (await outbox.oldest(0, 10)).rows])
        await outbox.close()

        # What a session did is counted at its end at the latest.
        await writer.execute("SELECT pg_stat_clear_snapshot()")
        assert await writer.fetchval(SCANS) == before

    async def test_counts_an_id_that_is_not_committed_yet(
        self, outbox: PostgresOutbox, writer: asyncpg.Connection
    ) -> None:
        async with writer.transaction():
            held = await add(writer, "a")
            page = await outbox.oldest(0, 10)

        assert page.rows == []
        assert page.high_water == held

    async def test_leaves_blocked_keys_out_and_names_them(
        self, outbox: PostgresOutbox, writer: asyncpg.Connection
    ) -> None:
        await add(writer, "a")
        other = await add(writer, "b")
        await outbox.block("t", "a", "too large")
        await outbox.block("t", "a", "again")

        page = await outbox.oldest(0, 10)

        assert [row.id for row in page.rows] == [other]
        assert page.blocked == {"t a"}
        assert await writer.fetchval("SELECT reason FROM outbox_blocked_key") == "too large"

    async def test_of_an_empty_outbox_still_names_blocked_keys(self, outbox: PostgresOutbox) -> None:
        await outbox.block("t", "a", "too large")

        page = await outbox.oldest(0, 10)

        assert not page.rows
        assert page.high_water == 0
        assert page.blocked == {"t a"}


class TestDelete:
    async def test_forgets_what_is_there_and_minds_nothing_else(
        self, outbox: PostgresOutbox, writer: asyncpg.Connection
    ) -> None:
        ids = [await add(writer, key) for key in "abc"]

        await outbox.delete([ids[0], ids[2], 999])

        assert [row.id for row in (await outbox.oldest(0, 10)).rows] == [ids[1]]
