"""Lists of campaigns: scope, filters, counts, and how many statements they cost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from services.marketing.campaigns.queries import LISTING, list_page, read, shown
from tests.factories.directory import uid
from tests.factories.marketing import make_campaign, make_member
from tests.marketing.acting import an_actor, equip, kept, prepared
from tests.marketing.audiences import know_segment
from tests.marketing.calls import Headers, a_segment, a_template, get, ids, post
from tests.marketing.conftest import MARKETER

STATUSES = ("pending", "requested", "sent", "sent", "failed", "skipped", "cancelled")


@pytest.fixture
async def made(client: httpx.AsyncClient, marketer: Headers, database: Database) -> list[str]:
    template = await post(client, marketer, "/templates", **a_template())
    segment = await a_segment(database, uid(MARKETER))
    facts = {"template_id": template["id"], "segment_id": segment, "from_name": "Acme"}
    names = ("Spring", "Autumn")
    return [(await post(client, marketer, "/campaigns", name=name, **facts))["id"] for name in names]


class TestListPage:
    async def test_shows_ones_own(
        self, client: httpx.AsyncClient, marketer: Headers, rival: Headers, made: list[str]
    ) -> None:
        found = f"/campaigns?id[in]={','.join(made)}"

        assert set(await ids(client, marketer, found)) == set(made)
        assert await ids(client, rival, found) == []

    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            ("name[prefix]=Aut", ["Autumn"]),
            ("status=draft&sort=name", ["Autumn", "Spring"]),
            ("status[in]=running,paused", []),
            ("scheduled_at[null]=true&sort=-name&limit=1", ["Spring"]),
        ],
    )
    async def test_filters_and_sorts(
        self, client: httpx.AsyncClient, marketer: Headers, made: list[str], asked: str, names: list[str]
    ) -> None:
        page = await get(client, marketer, f"/campaigns?id[in]={','.join(made)}&{asked}")

        assert [item["name"] for item in page["items"]] == names
        assert all(set(item) == set(LISTING.columns) for item in page["items"])

    @pytest.mark.parametrize("asked", ["counts=1", "sort=counts", "limit=201", "status[like]=x"])
    async def test_refuses_what_it_does_not_know(
        self, client: httpx.AsyncClient, marketer: Headers, asked: str
    ) -> None:
        assert (await client.get(f"/campaigns?{asked}", headers=marketer)).status_code == 400

    async def test_costs_one_statement(
        self, database: Database, made: list[str], query_count: Callable[[], Any]
    ) -> None:
        async with database.reading.connect() as reading:
            with query_count() as counted:
                await list_page(reading, [("id[in]", ",".join(made))], an_actor())

        assert counted.count == 1


class TestCounts:
    async def test_tell_what_came_of_the_members(self, session: AsyncSession) -> None:
        equip(session)
        campaign = await prepared(session, await know_segment(session, label="Friends"))
        for status in STATUSES:
            await kept(session, make_member(status=status, campaign_id=campaign.id, address_index=None))
        await kept(session, make_member(status="sent", campaign_id=(await kept(session, make_campaign())).id))

        seen = await read(session, campaign.id, an_actor())

        assert seen["counts"] == {
            "recipients": 7,
            "pending": 2,
            "sent": 2,
            "failed": 1,
            "suppressed": 2,
            "opened": 0,
            "clicked": 0,
            "unsubscribed": 0,
        }
        assert (await shown(session, campaign)).model_dump()["counts"] == seen["counts"]
        assert seen["segment_name"] == "Friends"
