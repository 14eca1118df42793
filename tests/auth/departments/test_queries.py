from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from services.auth.departments import queries
from services.auth.departments.model import Department
from tests.factories.auth import make_department, make_head


async def saved(session: AsyncSession, *departments: Department) -> None:
    session.add_all(departments)
    await session.flush()


class TestPath:
    async def test_climbs_to_the_root(self, working: AsyncSession) -> None:
        head = make_head()
        root = make_department(head)
        child = make_department(head, parent_id=root.id)
        leaf = make_department(head, parent_id=child.id)
        await saved(working, root)
        await saved(working, child)
        await saved(working, leaf)

        assert set(await queries.path(working, leaf.id)) == {leaf.id, child.id, root.id}

    async def test_is_empty_for_an_unknown_one(self, working: AsyncSession) -> None:
        assert await queries.path(working, make_department().id) == []


class TestIsInUse:
    async def test_sees_departments_below(self, working: AsyncSession) -> None:
        root = make_department()
        await saved(working, root)
        empty = await queries.is_in_use(working, root.id)
        await saved(working, make_department(parent_id=root.id))

        assert (empty, await queries.is_in_use(working, root.id)) == (False, True)


class TestListPage:
    async def test_asks_once_for_a_page_that_holds_all(
        self, database: Database, query_count: Callable[[], Any]
    ) -> None:
        async with AsyncSession(database.engine) as session:
            await session.execute(text("DELETE FROM department"))
            session.add_all(make_department(name=f"D{n}") for n in range(3))
            await session.commit()

        async with database.reading.connect() as connection:
            with query_count() as counted:
                page = orjson.loads(await queries.list_page(connection, [("sort", "name")]))

        assert counted.count == 1
        assert [each["name"] for each in page["items"]] == ["D0", "D1", "D2"]
        assert page["total"] == {"count": 3, "capped": False}
