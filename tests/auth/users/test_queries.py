from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.auth.users import queries
from services.auth.users.model import User
from tests.api import colleague
from tests.factories.auth import make_user
from tests.factories.directory import uid

ADA, GRACE, ALAN = uid(11), uid(12), uid(13)


@pytest.fixture
async def people(database: Database) -> AsyncIterator[list[User]]:
    async with AsyncSession(database.engine) as session:
        ada = make_user(user_id=ADA, email="ada@example.org", name="Ada")
        grace = make_user(user_id=GRACE, email="grace@example.org", name="Grace", manager_id=ADA)
        alan = make_user(user_id=ALAN, email="alan@example.org", name="Alan", manager_id=GRACE)
        for each in (ada, grace, alan):
            session.add(each)
            await session.flush()
        await session.commit()
    yield [ada, grace, alan]
    async with AsyncSession(database.engine) as session:
        await session.execute(text('DELETE FROM "user"'))
        await session.commit()


def seeing(scope: str) -> Actor:
    """Ada, with this scope over users; Grace and Alan stand below her."""
    directory = Directory()
    directory.apply([*colleague(11, {"user:read": scope}), *colleague(12, {}, manager=11)])
    directory.apply(colleague(13, {}, manager=12))
    return Actor(ADA, directory)


async def listed(database: Database, actor: Actor, *parameters: tuple[str, str]) -> list[str]:
    async with database.reading.connect() as connection:
        page = orjson.loads(await queries.list_page(connection, [*parameters, ("sort", "name")], actor))
    assert page["total"]["count"] == len(page["items"])
    return [each["name"] for each in page["items"]]


class TestListPage:
    @pytest.mark.parametrize(
        ("scope", "names"),
        [("own", ["Ada"]), ("subordinates", ["Ada", "Alan", "Grace"]), ("all", ["Ada", "Alan", "Grace"])],
    )
    async def test_shows_whom_the_scope_allows(
        self, database: Database, people: list[User], scope: str, names: list[str]
    ) -> None:
        assert await listed(database, seeing(scope)) == names

    async def test_finds_by_address_in_any_case(self, database: Database, people: list[User]) -> None:
        assert await listed(database, seeing("all"), ("email", "GRACE@example.org")) == ["Grace"]

    async def test_finds_by_manager_and_role(self, database: Database, people: list[User]) -> None:
        assert await listed(database, seeing("all"), ("manager_id", str(ADA))) == ["Grace"]
        assert await listed(database, seeing("all"), ("role_id", str(uid(404)))) == []

    async def test_asks_once(
        self, database: Database, people: list[User], query_count: Callable[[], Any]
    ) -> None:
        with query_count() as counted:
            await listed(database, seeing("all"))

        assert counted.count == 1


class TestLineOf:
    async def test_climbs_through_all_managers(self, working: AsyncSession, people: list[User]) -> None:
        assert set(await queries.line_of(working, ALAN)) == {ALAN, GRACE, ADA}
