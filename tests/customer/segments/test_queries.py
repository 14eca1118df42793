"""Reading segments: whatever is declared is valid SQL, in a fixed number of statements."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.testing import Scratch
from services.customer.segment_members import queries as members
from services.customer.segments import queries
from tests.customer.acting import an_actor
from tests.customer.listings import ask_everything
from tests.factories.segments import make_segment


@pytest.fixture(scope="module")
async def _three(scratched: Scratch) -> None:
    async with AsyncSession(scratched.database.engine) as session:
        session.add_all([make_segment() for _ in range(3)])
        await session.commit()


@pytest.mark.usefixtures("_three")
class TestListed:
    @pytest.mark.parametrize("listing", [queries.LISTING, members.LISTING], ids=["segments", "members"])
    async def test_every_filter_and_sort_is_valid(self, database: Database, listing: Any) -> None:
        async with database.reading.connect() as connection:
            assert await ask_everything(listing, connection) > 15

    @pytest.mark.parametrize(("limit", "statements"), [("3", 1), ("2", 2)])
    async def test_takes_one_statement_or_two(
        self, database: Database, query_count: Any, limit: str, statements: int
    ) -> None:
        async with database.reading.connect() as connection:
            with query_count() as counted:
                await queries.listed(connection, [("limit", limit)], an_actor())

        assert counted.count == statements
