"""Sales performance over HTTP: groups, scopes, and the records behind the figures."""

from uuid import UUID

import httpx
import pytest

from tests.analytics.conftest import Models
from tests.api import slug
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import PATH, opened, pipeline, won

THEIRS = UUID(int=3)
PRODUCT = UUID(int=77)
REPORT = "/metrics/sales-performance"


@pytest.fixture(scope="module", autouse=True)
async def history(models: Models) -> None:
    facts = [opened(1), opened(2, owner_id=THEIRS), opened(4, product_id=PRODUCT)]
    later = [won(1, product_id=PRODUCT)]
    await models.take([make_envelope(pipeline(), 1)])
    await models.take([make_envelope(fact, 1) for fact in facts])
    await models.take([make_envelope(fact, 2) for fact in later])


async def rows(client: httpx.AsyncClient, query: str, headers: dict[str, str]) -> list[dict[str, object]]:
    response = await client.get(f"{REPORT}?{query}", headers=headers)
    assert response.status_code == 200, response.text
    found: list[dict[str, object]] = response.json()["rows"]
    return found


class TestRead:
    async def test_groups_by_owner(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        found = await rows(client, "group_by=owner", head)

        assert {(row["key"], row["open_count"], row["won_count"]) for row in found} == {
            (str(UUID(int=2)), 1, 1),
            (str(THEIRS), 1, 0),
        }

    async def test_groups_by_product_and_month(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        products = await rows(client, "group_by=product", head)
        months = await rows(client, "group_by=month", head)

        assert [(row["key"], row["won_count"]) for row in products] == [(str(PRODUCT), 1), (None, 0)]
        assert [(row["key"], row["won_amounts"]) for row in months] == [
            ("2026-03", [{"currency": "EUR", "amount_minor": 1500}]),
            (None, []),
        ]

    async def test_groups_by_the_level_of_departments(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        for level, key in ((1, str(PATH[0])), (2, str(PATH[1])), (3, None)):
            found = await rows(client, f"group_by=department&level={level}", head)
            assert [row["key"] for row in found] == [key]

    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        found = await rows(client, "group_by=owner", seller)

        assert [row["key"] for row in found] == [str(UUID(int=2))]

    async def test_refuses_an_unknown_group(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        response = await client.get(f"{REPORT}?group_by=colour", headers=head)

        assert response.status_code == 400

    async def test_refuses_strangers(self, client: httpx.AsyncClient) -> None:
        response = await client.get(f"{REPORT}?group_by=owner")

        assert (response.status_code, slug(response)) == (401, "unauthenticated")


class TestRecords:
    async def test_lists_what_is_behind_a_figure(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        response = await client.get(f"{REPORT}/records?stage_kind=won", headers=head)

        assert response.status_code == 200, response.text
        page = response.json()
        assert [each["name"] for each in page["items"]] == ["Opportunity 1"]
        assert page["total"] == {"count": 1, "capped": False}

    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        page = (await client.get(f"{REPORT}/records", headers=seller)).json()

        assert [each["name"] for each in page["items"]] == ["Opportunity 1", "Opportunity 4"]
