"""Lists of products: what they show, and how many statements they cost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.problems import Conflict
from services.sales.products.queries import LISTING, demand_product, list_page
from tests.factories.sales import NOW, make_product
from tests.sales.acting import equip, kept
from tests.sales.calls import Headers, get, ids, post


@pytest.fixture
async def series(client: httpx.AsyncClient, director: Headers, request: pytest.FixtureRequest) -> str:
    """Three products of a series that no other test has."""
    name = request.node.name
    for price, active in ((3, True), (1, True), (2, False)):
        facts = {"name": f"{name} {price}", "price_minor": price, "is_active": active}
        await post(client, director, "/products", currency="USD", series=name, **facts)
    return str(name)


class TestListPage:
    async def test_pages_in_the_order_asked_for(
        self, client: httpx.AsyncClient, director: Headers, series: str
    ) -> None:
        query = f"/products?series={series}&sort=price_minor&limit=2"

        first = await get(client, director, query)
        second = await get(client, director, f"{query}&cursor={first['next_cursor']}")

        prices = [item["price_minor"] for page in (first, second) for item in page["items"]]
        assert (prices, second["next_cursor"]) == ([1, 2, 3], None)
        assert first["total"] == second["total"] == {"count": 3, "capped": False}

    async def test_filters(self, client: httpx.AsyncClient, director: Headers, series: str) -> None:
        assert len(await ids(client, director, f"/products?series={series}&is_active=false")) == 1
        assert len(await ids(client, director, f"/products?name[prefix]={series}")) == 3

    async def test_costs_one_statement(
        self, database: Database, series: str, query_count: Callable[[], Any]
    ) -> None:
        async with database.reading.connect() as reading:
            with query_count() as counted:
                page = await list_page(reading, [("series", series)])

        assert (counted.count, page.count(b'"id"')) == (1, 3)

    async def test_shows_every_declared_field(
        self, client: httpx.AsyncClient, director: Headers, series: str
    ) -> None:
        page = await get(client, director, f"/products?series={series}")

        assert {frozenset(item) for item in page["items"]} == {frozenset(LISTING.columns)}


class TestDemandProduct:
    async def test_takes_none_and_a_product_that_is_sold(self, session: AsyncSession) -> None:
        product = await kept(equip(session), make_product())

        await demand_product(session, None)
        await demand_product(session, product.id)

    async def test_rejects_one_in_the_recycle_bin(self, session: AsyncSession) -> None:
        product = make_product()
        product.delete(NOW)
        await kept(equip(session), product)

        with pytest.raises(Conflict, match="unknown-reference"):
            await demand_product(session, product.id)
