"""Results of campaigns over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.contracts.marketing import CampaignDeleted, CampaignMemberOpened, CampaignMemberSent
from tests.analytics.conftest import Models
from tests.api import slug
from tests.factories.envelopes import make_envelope
from tests.factories.marketing_facts import LAUNCHED, campaign, member

THEIRS = UUID(int=3)


@pytest.fixture(scope="module", autouse=True)
async def history(models: Models) -> None:
    """A campaign with five members, one of somebody else, one that was deleted; each event comes twice."""
    facts: list[Any] = [campaign(10), campaign(11, owner_id=THEIRS), campaign(12)]
    facts += [member(100 + number, 10) for number in range(4)]
    sent: dict[str, Any] = {"status": "sent", "sent_at": LAUNCHED}
    later: list[Any] = [
        campaign(12, CampaignDeleted, deleted_at=LAUNCHED),
        member(100, 10, CampaignMemberSent, **sent),
        member(101, 10, CampaignMemberSent, **sent),
        member(102, 10, CampaignMemberSent, status="failed", failed_at=LAUNCHED),
        member(103, 10, CampaignMemberSent, status="skipped", suppressed_at=LAUNCHED),
    ]
    seen: dict[str, Any] = sent | {"opened_at": LAUNCHED, "clicked_at": LAUNCHED, "unsubscribed_at": LAUNCHED}
    last: list[Any] = [
        member(100, 10, CampaignMemberOpened, is_machine=False, **seen),
        member(101, 10, CampaignMemberOpened, **sent, is_machine=True, machine_opened_at=LAUNCHED),
    ]
    for sequence, batch in enumerate((facts, later, last), 1):
        for _ in range(2):
            await models.take([make_envelope(fact, sequence) for fact in batch], "campaigns")


class TestResults:
    async def test_count_each_recipient_once(self, client: httpx.AsyncClient, head: dict[str, str]) -> None:
        response = await client.get(f"/metrics/campaigns?campaign_id={UUID(int=10)}", headers=head)

        assert response.status_code == 200, response.text
        (row,) = response.json()["rows"]
        counts = {name: row[name] for name in ("recipients", "sent", "failed", "suppressed")}
        assert counts == {"recipients": 4, "sent": 2, "failed": 1, "suppressed": 1}
        assert (row["opened"], row["clicked"], row["unsubscribed"]) == (1, 1, 1)
        assert (row["name"], row["status"]) == ("Campaign 10", "running")

    async def test_list_every_campaign_that_there_is(
        self, client: httpx.AsyncClient, head: dict[str, str]
    ) -> None:
        rows = (await client.get("/metrics/campaigns", headers=head)).json()["rows"]

        assert [(row["name"], row["recipients"]) for row in rows] == [("Campaign 11", 0), ("Campaign 10", 4)]

    async def test_are_cut_to_the_scope(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        rows = (await client.get("/metrics/campaigns", headers=seller)).json()["rows"]

        assert [row["name"] for row in rows] == ["Campaign 10"]

    async def test_need_the_permission(self, client: httpx.AsyncClient, other: dict[str, str]) -> None:
        response = await client.get("/metrics/campaigns", headers=other)

        assert (response.status_code, slug(response)) == (403, "forbidden")
