"""Lists of templates: scope, filters, and how many statements they cost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from libs.common.db import Database
from services.marketing.templates.queries import LISTING, list_page
from tests.api import slug
from tests.marketing.acting import an_actor
from tests.marketing.calls import Headers, a_template, get, ids, post


@pytest.fixture
async def made(client: httpx.AsyncClient, marketer: Headers) -> list[str]:
    facts = [{"name": "Spring", "language": "en"}, {"name": "春", "language": "zh"}]
    return [(await post(client, marketer, "/templates", **a_template(**each)))["id"] for each in facts]


class TestListPage:
    async def test_shows_ones_own(
        self, client: httpx.AsyncClient, marketer: Headers, rival: Headers, made: list[str]
    ) -> None:
        found = f"/templates?id[in]={','.join(made)}"

        assert set(await ids(client, marketer, found)) == set(made)
        assert await ids(client, rival, found) == []

    @pytest.mark.parametrize(
        ("asked", "place"), [("language=zh", 1), ("name[contains]=prin", 0), ("sort=-name&limit=1", 1)]
    )
    async def test_filters_and_sorts(
        self, client: httpx.AsyncClient, marketer: Headers, made: list[str], asked: str, place: int
    ) -> None:
        page = await get(client, marketer, f"/templates?id[in]={','.join(made)}&{asked}")

        assert page["items"][0]["id"] == made[place]
        assert set(page["items"][0]) == set(LISTING.columns)

    @pytest.mark.parametrize("asked", ["html=x", "sort=subject", "limit=0", "cursor=x"])
    async def test_refuses_what_it_does_not_know(
        self, client: httpx.AsyncClient, marketer: Headers, asked: str
    ) -> None:
        response = await client.get(f"/templates?{asked}", headers=marketer)

        assert response.status_code == 400, slug(response)

    async def test_costs_one_statement(
        self, database: Database, made: list[str], query_count: Callable[[], Any]
    ) -> None:
        async with database.reading.connect() as reading:
            with query_count() as counted:
                await list_page(reading, [("id", made[0])], an_actor())

        assert counted.count == 1
