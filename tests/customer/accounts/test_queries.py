"""Reading accounts: whatever is declared is valid SQL, in a fixed number of statements."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from services.customer.accounts import queries
from tests.customer.acting import an_actor
from tests.customer.listings import ask_everything
from tests.factories.accounts import make_account


@pytest.fixture(scope="module")
async def _three(scratched: Any) -> None:
    async with AsyncSession(scratched.database.engine) as session:
        session.add_all([make_account() for _ in range(3)])
        await session.commit()


@pytest.mark.usefixtures("_three")
class TestListed:
    async def test_every_filter_and_sort_is_valid(self, database: Database) -> None:
        async with database.reading.connect() as connection:
            assert await ask_everything(queries.LISTING, connection) > 40

    @pytest.mark.parametrize(("limit", "statements"), [("3", 1), ("2", 2)])
    async def test_takes_one_statement_or_two(
        self, database: Database, query_count: Any, limit: str, statements: int
    ) -> None:
        async with database.reading.connect() as connection:
            with query_count() as counted:
                await queries.listed(connection, [("limit", limit)], an_actor())

        assert counted.count == statements
