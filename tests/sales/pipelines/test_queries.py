"""Lists of pipelines, and the one that an opportunity goes through."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.problems import Conflict
from services.sales.pipelines.queries import LISTING, find_pipeline, list_page
from tests.factories.sales import NOW, make_pipeline
from tests.sales.acting import equip, kept
from tests.sales.calls import Headers, a_pipeline, get, ids


class TestListPage:
    async def test_finds_by_name(self, client: httpx.AsyncClient, director: Headers) -> None:
        one, _ = await a_pipeline(client, director)
        name = (await get(client, director, f"/pipelines/{one}"))["name"]

        assert await ids(client, director, f"/pipelines?name={name}") == [one]
        assert await ids(client, director, f"/pipelines?id={one}") == [one]

    async def test_costs_one_statement(
        self,
        client: httpx.AsyncClient,
        director: Headers,
        database: Database,
        query_count: Callable[[], Any],
    ) -> None:
        one, _ = await a_pipeline(client, director)

        async with database.reading.connect() as reading:
            with query_count() as counted:
                page = await list_page(reading, [])

        assert (counted.count, one in page.decode()) == (1, True)

    async def test_shows_every_declared_field(self, client: httpx.AsyncClient, director: Headers) -> None:
        await a_pipeline(client, director)

        page = await get(client, director, "/pipelines")

        assert {frozenset(item) for item in page["items"]} == {frozenset(LISTING.columns)}


class TestFindPipeline:
    async def test_finds_a_closed_one_only_when_asked(self, session: AsyncSession) -> None:
        pipeline = make_pipeline()
        pipeline.close(NOW)
        await kept(equip(session), pipeline)

        with pytest.raises(Conflict, match="unknown-reference"):
            await find_pipeline(session, pipeline.id)
        assert await find_pipeline(session, pipeline.id, closed=True) is pipeline

    async def test_rejects_an_unknown_one(self, session: AsyncSession) -> None:
        with pytest.raises(Conflict, match="unknown-reference"):
            await find_pipeline(session, new_id(), closed=True)
