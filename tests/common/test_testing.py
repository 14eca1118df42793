"""The fixtures themselves: fresh databases, rolled-back sessions, counted statements, an obedient clock."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.testing import FakeClock, scratch


class TestScratch:
    async def test_has_the_mechanism_and_the_limits_of_a_service(self, database: Database) -> None:
        async with database.reading.connect() as connection:
            epoch = await connection.scalar(text("SELECT number FROM epoch"))
            limit = await connection.scalar(text("SHOW transaction_timeout"))

        assert (epoch, limit) == (1, "15s")

    async def test_is_another_database_each_time(self) -> None:
        async with scratch() as one, scratch() as other:
            async with one.database.engine.begin() as connection:
                await connection.execute(text("INSERT INTO epoch VALUES (2)"))

            async with other.database.reading.connect() as connection:
                assert await connection.scalar(text("SELECT max(number) FROM epoch")) == 1


class TestSession:
    async def test_commits_into_a_transaction_that_is_rolled_back(self, session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO epoch VALUES (7)"))
        await session.commit()

        assert await session.scalar(text("SELECT max(number) FROM epoch")) == 7

    async def test_leaves_nothing_behind(self, session: AsyncSession) -> None:
        assert await session.scalar(text("SELECT max(number) FROM epoch")) == 1


class TestQueryCount:
    async def test_counts_the_statements_of_both_engines(
        self, database: Database, query_count: Callable[[], Any]
    ) -> None:
        with query_count() as counted:
            async with database.reading.connect() as connection, database.session() as session:
                await connection.execute(text("SELECT 1"))
                await session.execute(text("SELECT 2"))

        assert counted.statements == ["SELECT 1", "SELECT 2"]


class TestFakeClock:
    async def test_stands_still_until_told(self, clock: FakeClock) -> None:
        before = clock.now()

        clock.advance(1.5)
        await clock.sleep(2)

        assert (clock.now() - before).total_seconds() == clock.monotonic() == 3.5
