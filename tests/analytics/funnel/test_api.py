"""The funnel over HTTP: sums within the viewer's scope."""

from uuid import UUID

import httpx
import pytest

from tests.analytics.conftest import Models
from tests.api import slug
from tests.factories.envelopes import make_envelope
from tests.factories.sales_facts import (
    FIRST,
    JANUARY,
    PATH,
    PIPELINE,
    SECOND,
    WON,
    moved,
    opened,
    pipeline,
    won,
)

MINE, THEIRS = UUID(int=2), UUID(int=3)


@pytest.fixture(scope="module", autouse=True)
async def history(models: Models) -> None:
    """Two opportunities of the seller, one of somebody else."""
    facts = [
        *((fact, at) for at, fact in enumerate([opened(1), moved(1), won(1)], 1)),
        *((fact, at) for at, fact in enumerate([opened(2, currency="CNY")], 1)),
        *((fact, at) for at, fact in enumerate([opened(3, owner_id=THEIRS)], 1)),
    ]
    await models.take([make_envelope(pipeline(), 1), *(make_envelope(fact, at) for fact, at in facts)])


def stages(response: httpx.Response) -> dict[UUID, dict[str, object]]:
    assert response.status_code == 200, response.text
    return {UUID(each["stage_id"]): each for each in response.json()["stages"]}


class TestRead:
    async def test_counts_every_stage_in_order(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        found = stages(await client.get("/metrics/funnel", headers=head))

        assert [each["name"] for each in found.values()] == ["New", "Talking", "Won", "Lost"]
        assert [each["entered"] for each in found.values()] == [3, 1, 1, 0]
        assert [each["current"] for each in found.values()] == [2, 0, 1, 0]
        assert found[WON]["current_amounts"] == [{"currency": "EUR", "amount_minor": 1500}]

    async def test_never_adds_currencies(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        found = stages(await client.get("/metrics/funnel", headers=seller))

        amounts = [
            {"currency": "CNY", "amount_minor": 1000},
            {"currency": "EUR", "amount_minor": 1500},
        ]
        assert found[FIRST]["entered_amounts"] == amounts

    async def test_is_cut_to_the_scope(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        found = stages(await client.get("/metrics/funnel", headers=seller))

        assert found[FIRST]["entered"] == 2

    async def test_is_cut_to_an_owner_a_department_and_days(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        cuts = {
            f"owner_id={THEIRS}": 1,
            f"department_id={PATH[0]}": 3,
            f"department_id={UUID(int=5)}": 0,
            f"pipeline_id={PIPELINE}": 3,
            f"from={JANUARY.date()}": 3,
            f"to={JANUARY.date()}": 0,
        }

        for cut, entered in cuts.items():
            found = stages(await client.get(f"/metrics/funnel?{cut}", headers=head))
            assert found[FIRST]["entered"] == entered, cut

    async def test_shows_an_owner_out_of_scope_as_nothing(
        self, client: httpx.AsyncClient, seller: dict[str, str]
    ) -> None:
        found = stages(await client.get(f"/metrics/funnel?owner_id={THEIRS}", headers=seller))

        assert [each["entered"] for each in found.values()] == [0, 0, 0, 0]

    async def test_refuses_who_may_not_read_opportunities(
        self, client: httpx.AsyncClient, other: dict[str, str]
    ) -> None:
        response = await client.get("/metrics/funnel", headers=other)

        assert (response.status_code, slug(response)) == (403, "forbidden")

    async def test_refuses_strangers(self, client: httpx.AsyncClient) -> None:
        response = await client.get("/metrics/funnel")

        assert (response.status_code, slug(response)) == (401, "unauthenticated")

    @pytest.mark.parametrize("query", ["owner_id=x", "from=2026-13-01", "to=soon", "pipeline_id=%00"])
    async def test_refuses_values_of_the_wrong_type(
        self, client: httpx.AsyncClient, head: dict[str, str], query: str
    ) -> None:
        response = await client.get(f"/metrics/funnel?{query}", headers=head)

        assert response.status_code == 400
        assert response.headers["content-type"] == "application/problem+json"

    async def test_names_the_moved(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        found = stages(await client.get("/metrics/funnel", headers=head))

        assert (found[FIRST]["moved_on"], found[SECOND]["moved_on"]) == (1, 1)
