"""Lists of leads: scope, blind indexes, and how many statements they cost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.testing import kek_file
from services.sales.leads.queries import LISTING, list_page
from tests.api import slug
from tests.sales.acting import an_actor
from tests.sales.calls import Headers, get, ids, known, post

NUMBERS = ("+8613912345678", "+8613812345678", "+8613700001111")


@pytest.fixture
async def leads(client: httpx.AsyncClient, seller: Headers) -> dict[str, str]:
    """Three leads of a source of their own, by number; returns their ids, and the source as `source`."""
    source = str(new_id())
    found = {"source": source}
    for key, number in enumerate(NUMBERS):
        facts = {"family_name": f"Li {key}", "email": f"Li{key}.{source}@Example.com", "phone": number}
        found[number] = (await post(client, seller, "/leads", source=source, **facts))["id"]
    return found


class TestListPage:
    @pytest.mark.parametrize("written", ["%2B86 139 1234 5678", "%2B8613912345678", "%2B86-139-1234-5678"])
    async def test_finds_a_number_however_it_is_written(
        self, client: httpx.AsyncClient, seller: Headers, leads: dict[str, str], written: str
    ) -> None:
        found = await ids(client, seller, f"/leads?phone={written}&source={leads['source']}")

        assert found == [leads[NUMBERS[0]]]

    async def test_finds_numbers_by_their_last_four(
        self, client: httpx.AsyncClient, seller: Headers, leads: dict[str, str]
    ) -> None:
        found = await ids(client, seller, f"/leads?phone_last4=5678&source={leads['source']}")

        assert set(found) == {leads[NUMBERS[0]], leads[NUMBERS[1]]}

    async def test_finds_one_of_several_numbers(
        self, client: httpx.AsyncClient, seller: Headers, leads: dict[str, str]
    ) -> None:
        among = ",".join(number.replace("+", "%2B") for number in NUMBERS[1:])

        found = await ids(client, seller, f"/leads?phone[in]={among}&source={leads['source']}")

        assert set(found) == {leads[NUMBERS[1]], leads[NUMBERS[2]]}

    async def test_finds_an_address_in_any_case(
        self, client: httpx.AsyncClient, seller: Headers, leads: dict[str, str]
    ) -> None:
        found = await ids(client, seller, f"/leads?email=lI0.{leads['source']}@EXAMPLE.com")

        assert found == [leads[NUMBERS[0]]]

    async def test_shows_masks_alone(
        self, client: httpx.AsyncClient, seller: Headers, leads: dict[str, str]
    ) -> None:
        page = await client.get(f"/leads?source={leads['source']}", headers=seller)

        shown = {item["phone"] for item in page.json()["items"]}
        assert shown == {"+86139****5678", "+86138****5678", "+86137****1111"}
        assert not any(number in page.text for number in NUMBERS)

    @pytest.mark.parametrize("asked", ["phone[prefix]=138", "phone[gt]=1", "sort=phone", "sort=email"])
    async def test_refuses_to_compare_what_is_sealed(
        self, client: httpx.AsyncClient, seller: Headers, asked: str
    ) -> None:
        response = await client.get(f"/leads?{asked}", headers=seller)

        assert response.status_code == 400
        assert slug(response) in {"bad-filter", "bad-sort"}

    async def test_shows_nothing_of_others(
        self, client: httpx.AsyncClient, rival: Headers, director: Headers, leads: dict[str, str]
    ) -> None:
        assert await ids(client, rival, f"/leads?source={leads['source']}") == []
        assert len(await ids(client, director, f"/leads?source={leads['source']}")) == 3

    async def test_pages_through_all_once(
        self, client: httpx.AsyncClient, seller: Headers, leads: dict[str, str]
    ) -> None:
        query = f"/leads?source={leads['source']}&sort=family_name&limit=2&phone[null]=false"

        first = await get(client, seller, query)
        second = await get(client, seller, f"{query}&cursor={first['next_cursor']}")

        shown = [item["family_name"] for page in (first, second) for item in page["items"]]
        assert shown == ["Li 0", "Li 1", "Li 2"]

    async def test_shows_every_declared_field(
        self, client: httpx.AsyncClient, seller: Headers, leads: dict[str, str]
    ) -> None:
        page = await get(client, seller, f"/leads?source={leads['source']}")

        assert {frozenset(item) for item in page["items"]} == {frozenset(LISTING.columns)}

    @pytest.mark.parametrize(("limit", "statements"), [("50", 1), ("2", 2)])
    async def test_costs_one_statement_and_one_to_count(
        self,
        database: Database,
        leads: dict[str, str],
        query_count: Callable[[], Any],
        limit: str,
        statements: int,
    ) -> None:
        asked = [("source", leads["source"]), ("limit", limit)]

        async with database.reading.connect() as reading:
            with query_count() as counted:
                await list_page(reading, asked, an_actor(), KekRing.load(kek_file()))

        assert counted.count == statements


class TestLinks:
    async def test_lead_to_where_a_merged_account_lives_on(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        home = await known(database, "account")
        merged = await known(database, "account", merged_into_id=home)
        lead = await post(client, director, "/leads", family_name="Li")

        await post(client, director, f"/leads/{lead['id']}/convert", account_id=merged)

        assert (await get(client, director, f"/leads/{lead['id']}"))["account_id"] == home
        for one in (home, merged):
            assert await ids(client, director, f"/leads?account_id={one}") == [lead["id"]]
