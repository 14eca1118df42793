"""Lists of opportunities: scope, filters, links through merges, and how many statements they cost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from libs.platform.access.actor import Actor
from services.sales.opportunities.queries import LISTING, list_page
from tests.api import slug
from tests.factories.directory import uid
from tests.sales.acting import OWN, an_actor
from tests.sales.calls import Headers, Record, a_pipeline, get, ids, known, post
from tests.sales.conftest import SELLER

AMOUNTS = (300, 100, 200)


@pytest.fixture
async def pipeline(client: httpx.AsyncClient, director: Headers, seller: Headers) -> str:
    """A pipeline with three opportunities of the seller; only the first closes, as won."""
    pipeline, _ = await a_pipeline(client, director)
    facts = {"pipeline_id": pipeline, "currency": "USD"}
    made = [
        await post(client, seller, "/opportunities", name=f"No {amount}", amount_minor=amount, **facts)
        for amount in AMOUNTS
    ]
    await post(client, seller, f"/opportunities/{made[0]['id']}/win")
    return pipeline


async def amounts(client: httpx.AsyncClient, headers: Headers, query: str) -> list[int]:
    return [item["amount_minor"] for item in (await get(client, headers, query))["items"]]


class TestListPage:
    async def test_pages_through_all_once(
        self, client: httpx.AsyncClient, seller: Headers, pipeline: str
    ) -> None:
        query = f"/opportunities?pipeline_id={pipeline}&sort=-amount_minor&limit=2"

        first = await get(client, seller, query)
        second = await get(client, seller, f"{query}&cursor={first['next_cursor']}")

        shown = [item["amount_minor"] for page in (first, second) for item in page["items"]]
        assert (shown, second["next_cursor"]) == ([300, 200, 100], None)
        assert first["total"] == second["total"] == {"count": 3, "capped": False}

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("stage_kind=won", [300]),
            ("amount_minor[gte]=150&sort=amount_minor", [200, 300]),
            ("name[contains]=100", [100]),
            ("closed_at[null]=true&sort=amount_minor", [100, 200]),
            ("currency[in]=EUR,CNY", []),
            (f"owner_id={uid(SELLER)}&sort=amount_minor", [100, 200, 300]),
        ],
    )
    async def test_filters(
        self, client: httpx.AsyncClient, seller: Headers, pipeline: str, asked: str, found: list[int]
    ) -> None:
        assert await amounts(client, seller, f"/opportunities?pipeline_id={pipeline}&{asked}") == found

    @pytest.mark.parametrize(
        ("asked", "problem"),
        [
            ("colour=red", "unknown-parameter"),
            ("amount_minor=much", "bad-filter"),
            ("amount_minor[gte]=99999999999999999999", "bad-filter"),
            ("pipeline_id[gt]=x", "bad-filter"),
            ("sort=lost_reason", "bad-sort"),
            ("limit=201", "bad-limit"),
            ("cursor=x", "bad-cursor"),
            ("fields=secret", "bad-fields"),
            ("limit=1&limit=2", "bad-parameter"),
        ],
    )
    async def test_refuses_what_it_does_not_know(
        self, client: httpx.AsyncClient, seller: Headers, asked: str, problem: str
    ) -> None:
        response = await client.get(f"/opportunities?{asked}", headers=seller)

        assert (response.status_code, slug(response)) == (400, problem)

    async def test_shows_every_declared_field(
        self, client: httpx.AsyncClient, seller: Headers, pipeline: str
    ) -> None:
        page = await get(client, seller, f"/opportunities?pipeline_id={pipeline}")

        assert {frozenset(item) for item in page["items"]} == {frozenset(LISTING.columns)}

    @pytest.mark.parametrize(("limit", "statements"), [("50", 1), ("2", 2)])
    async def test_costs_one_statement_and_one_to_count(
        self, database: Database, pipeline: str, query_count: Callable[[], Any], limit: str, statements: int
    ) -> None:
        async with database.reading.connect() as reading:
            with query_count() as counted:
                await list_page(reading, [("pipeline_id", pipeline), ("limit", limit)], an_actor())

        assert counted.count == statements

    async def test_counts_within_the_scope_alone(self, database: Database, pipeline: str) -> None:
        director, stranger = an_actor(), an_actor(OWN)

        async def total(actor: Actor) -> bool:
            async with database.reading.connect() as reading:
                page = await list_page(reading, [("pipeline_id", pipeline)], actor)
            return b'"count":3' in page

        assert (await total(director), await total(stranger)) == (True, False)


class TestLinks:
    @pytest.mark.parametrize("kind", ["account", "contact"])
    async def test_lead_to_where_a_merged_record_lives_on(
        self, client: httpx.AsyncClient, seller: Headers, pipeline: str, database: Database, kind: str
    ) -> None:
        home = await known(database, kind, label="Home")
        middle = await known(database, kind, label="Middle", merged_into_id=home)
        merged = await known(database, kind, label="Merged", merged_into_id=middle)
        facts: Record = {"name": "x", "pipeline_id": pipeline, "currency": "USD"}

        made = await post(client, seller, "/opportunities", **facts, **{f"{kind}_id": merged})

        assert (made[f"{kind}_id"], made[f"{kind}_name"]) == (home, "Home")
        assert made == await get(client, seller, f"/opportunities/{made['id']}")
        for one in (home, middle, merged):
            assert await ids(client, seller, f"/opportunities?{kind}_id={one}") == [made["id"]]

    async def test_end_in_a_circle_of_merges(
        self, client: httpx.AsyncClient, seller: Headers, pipeline: str, database: Database
    ) -> None:
        one = new_id()
        other = await known(database, "account", merged_into_id=one)
        await known(database, "account", id=one, merged_into_id=other)
        facts: Record = {"name": "x", "pipeline_id": pipeline, "currency": "USD"}

        made = await post(client, seller, "/opportunities", **facts, account_id=str(one))

        assert made["account_id"] in {str(one), other}
        assert await ids(client, seller, f"/opportunities?account_id={one}") == [made["id"]]
