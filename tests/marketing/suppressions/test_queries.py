"""Lists of suppressions: filters, addresses found by their hash, and how many statements they cost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.testing import kek_file
from services.marketing.suppressions.queries import LISTING, list_page
from tests.marketing.calls import Headers, get, ids, post


@pytest.fixture
async def email(client: httpx.AsyncClient, marketer: Headers) -> str:
    """An address that is suppressed for one purpose."""
    address = f"{new_id()}@example.com"
    await post(client, marketer, "/suppressions", email=address, reason="complaint", purpose="marketing")
    return address


class TestListPage:
    @pytest.mark.parametrize(
        ("asked", "count"),
        [
            ("email={}", 1),
            ("email=other-{}", 0),
            ("email[in]={},x@example.com", 1),
            ("email={}&reason=manual", 0),
        ],
    )
    async def test_finds_an_address_however_it_is_written(
        self, client: httpx.AsyncClient, marketer: Headers, email: str, asked: str, count: int
    ) -> None:
        assert len(await ids(client, marketer, f"/suppressions?{asked.format(email.upper())}")) == count

    async def test_shows_no_address(self, client: httpx.AsyncClient, marketer: Headers, email: str) -> None:
        page = await get(client, marketer, f"/suppressions?email={email}")

        assert set(page["items"][0]) == set(LISTING.columns)
        assert (page["items"][0]["has_address"], email in str(page)) == (True, False)

    @pytest.mark.parametrize("asked", ["address_index=x", "email[contains]=x", "sort=email", "limit=0"])
    async def test_refuses_what_it_does_not_know(
        self, client: httpx.AsyncClient, marketer: Headers, asked: str
    ) -> None:
        assert (await client.get(f"/suppressions?{asked}", headers=marketer)).status_code == 400

    async def test_costs_one_statement(
        self, database: Database, email: str, query_count: Callable[[], Any]
    ) -> None:
        async with database.reading.connect() as reading:
            with query_count() as counted:
                await list_page(reading, [("email", email)], KekRing.load(kek_file()))

        assert counted.count == 1
