"""Reading contacts: whatever is declared is valid SQL, in a fixed number of statements."""

from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.testing import kek_file
from services.customer.contacts import queries
from tests.customer.acting import an_actor
from tests.customer.listings import ask_everything
from tests.factories.contacts import make_contact


@pytest.fixture(scope="module")
async def _three(scratched: Any) -> None:
    async with AsyncSession(scratched.database.engine) as session:
        session.add_all([make_contact() for _ in range(3)])
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
                await queries.listed(connection, [("limit", limit)], an_actor(), KekRing.load(kek_file()))

        assert counted.count == statements


CALLED = [
    ("王", "小明"),
    ("欧阳", "娜娜"),
    ("van der Berg", "Anna"),
    ("O'Neil", None),
    ("Müller-Lüdenscheidt", "Jo"),
    ("阿卜杜拉·", "买买提"),
]


@pytest.fixture(scope="module")
async def _called(scratched: Any) -> None:
    async with AsyncSession(scratched.database.engine) as session:
        session.add_all([make_contact(family_name=family, given_name=given) for family, given in CALLED])
        await session.commit()


@pytest.mark.usefixtures("_called")
class TestName:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("小明", ["王"]),
            ("王小", ["王"]),
            ("王小明", ["王"]),
            ("明", ["王"]),
            ("欧阳", ["欧阳"]),
            ("阳娜", ["欧阳"]),
            ("berg", ["van der Berg"]),
            ("Anna VAN", ["van der Berg"]),
            ("neil", ["O'Neil"]),
            ("买提", ["阿卜杜拉·"]),
            ("拉买", ["阿卜杜拉·"]),
            ("LÜDEN", ["Müller-Lüdenscheidt"]),
            ("erg", []),
            ("明小", []),
            ("'& !", []),
        ],
    )
    async def test_finds_by_characters_and_by_the_beginnings_of_words(
        self, database: Database, asked: str, found: list[str]
    ) -> None:
        async with database.reading.connect() as connection:
            page = await queries.listed(connection, [("name", asked)], an_actor(), KekRing.load(kek_file()))

        assert [each["family_name"] for each in orjson.loads(page)["items"]] == found
