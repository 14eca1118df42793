"""Lists of webhooks: scope, health, and how many statements they cost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from libs.common.clock import SystemClock
from libs.common.db import Database
from libs.common.journal import Cause
from services.integration.webhooks.model import webhook_health
from services.integration.webhooks.queries import list_page
from tests.api import slug
from tests.integration.acting import an_actor, transacting
from tests.integration.calls import FACTS, Headers, get, ids, post


class TestListPage:
    async def test_shows_ones_own(
        self, client: httpx.AsyncClient, seller: Headers, rival: Headers, director: Headers
    ) -> None:
        mine = await post(client, seller, "/webhooks", **FACTS)
        theirs = await post(client, rival, "/webhooks", **FACTS)

        assert mine["id"] in await ids(client, seller, "/webhooks")
        assert theirs["id"] not in await ids(client, seller, "/webhooks")
        assert {mine["id"], theirs["id"]} <= set(await ids(client, director, "/webhooks"))

    @pytest.mark.parametrize(
        ("minutes", "failures", "health"), [(None, 2, "failing"), (-1, 7, "failing"), (9, 7, "paused")]
    )
    async def test_shows_how_the_receiver_fares(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        database: Database,
        minutes: int | None,
        failures: int,
        health: str,
    ) -> None:
        made = await post(client, seller, "/webhooks", **FACTS)
        clock = SystemClock()
        resume = None if minutes is None else clock.now() + timedelta(minutes=minutes)
        row = {"webhook_id": made["id"], "failures": failures, "failing_since": clock.now()}

        await transacting(database, clock).run(
            Cause("system", "test"),
            lambda session: session.execute(insert(webhook_health).values(row | {"resume_at": resume})),
        )

        shown = await get(client, seller, f"/webhooks/{made['id']}")
        assert (shown["health"], shown["failures"]) == (health, failures)

    async def test_filters_by_whether_it_is_on(self, client: httpx.AsyncClient, seller: Headers) -> None:
        made = await post(client, seller, "/webhooks", **(FACTS | {"is_active": False}))

        assert made["id"] in await ids(client, seller, "/webhooks?is_active=false")
        assert made["id"] not in await ids(client, seller, "/webhooks?is_active=true")

    async def test_knows_no_filter_by_secret(self, client: httpx.AsyncClient, seller: Headers) -> None:
        response = await client.get("/webhooks?secret=x", headers=seller)

        assert (response.status_code, slug(response)) == (400, "unknown-parameter")

    async def test_costs_one_statement_a_page(
        self, client: httpx.AsyncClient, seller: Headers, database: Database, query_count: Callable[[], Any]
    ) -> None:
        await post(client, seller, "/webhooks", **FACTS)
        with query_count() as counted:
            async with database.reading.connect() as connection:
                await list_page(connection, [("limit", "200")], an_actor())

        assert counted.count == 1
