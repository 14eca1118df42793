"""Lists of a campaign's members: whose campaign, filters, and how many statements they cost."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from services.marketing.campaign_members.queries import LISTING, list_page
from tests.factories.directory import uid
from tests.factories.marketing import NOW, make_campaign, make_member
from tests.marketing.acting import an_actor
from tests.marketing.calls import Headers, get, ids
from tests.marketing.conftest import MARKETER

STATUSES = ("pending", "sent", "failed", "skipped")


@pytest.fixture(scope="module")
async def campaign(scratched: Any) -> str:
    """A campaign of the marketer with a member of each status; the one who has the mail has looked at it."""
    made = make_campaign(status="running", owner_id=uid(MARKETER))
    members = [make_member(status=status, campaign_id=made.id, address_index=None) for status in STATUSES]
    members[1].clicked("https://a.example.com", NOW, is_machine=False)
    async with AsyncSession(scratched.database.engine, expire_on_commit=False) as session, session.begin():
        session.add_all([made, *members])
    return str(made.id)


class TestListPage:
    @pytest.mark.parametrize(
        ("asked", "statuses"),
        [
            ("sort=created_at", set(STATUSES)),
            ("status[in]=sent,failed", {"sent", "failed"}),
            ("reason=no-consent", {"skipped"}),
            ("opened_at[null]=false", {"sent"}),
            ("clicked_at[null]=true&status=sent", set()),
        ],
    )
    async def test_filters(
        self, client: httpx.AsyncClient, marketer: Headers, campaign: str, asked: str, statuses: set[str]
    ) -> None:
        page = await get(client, marketer, f"/campaigns/{campaign}/members?{asked}")

        assert {item["status"] for item in page["items"]} == statuses
        assert all(set(item) == set(LISTING.columns) for item in page["items"])

    @pytest.mark.parametrize("asked", ["email=x", "sort=status", "limit=201", "address_index=x"])
    async def test_refuses_what_it_does_not_know(
        self, client: httpx.AsyncClient, marketer: Headers, campaign: str, asked: str
    ) -> None:
        response = await client.get(f"/campaigns/{campaign}/members?{asked}", headers=marketer)

        assert response.status_code == 400

    async def test_is_for_whoever_may_see_the_campaign(
        self, client: httpx.AsyncClient, director: Headers, rival: Headers, guest: Headers, campaign: str
    ) -> None:
        path = f"/campaigns/{campaign}/members"

        assert len(await ids(client, director, path)) == len(STATUSES)
        assert (await client.get(path, headers=rival)).status_code == 404
        assert (await client.get(path, headers=guest)).status_code == 403
        assert (await client.get(path)).status_code == 401

    async def test_costs_one_statement_and_one_for_the_campaign(
        self, database: Database, campaign: str, query_count: Callable[[], Any]
    ) -> None:
        async with database.reading.connect() as reading:
            with query_count() as counted:
                await list_page(reading, UUID(campaign), [], an_actor())

        assert counted.count == 2
