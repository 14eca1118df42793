"""A webhook's deliveries over HTTP."""

from typing import Any

import httpx
import pytest

from libs.common.db import Database
from libs.common.testing import FakeClock
from services.integration.jobs import webhook_dispatcher
from services.integration.outbound import Outbound, Policy
from services.integration.settings import Settings
from tests.api import slug
from tests.factories.integration_servers import receiver
from tests.integration.acting import transacting
from tests.integration.calls import FACTS, Headers, Record, footprint, get, ids, post


@pytest.fixture
async def made(client: httpx.AsyncClient, seller: Headers) -> Record:
    return await post(client, seller, "/webhooks", **FACTS)


class TestDeliveries:
    async def test_of_a_test_event_tell_how_it_went(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        database: Database,
        settings: Settings,
        clock: FakeClock,
    ) -> None:
        outbound = Outbound(Policy(settings.webhook_allowed_networks), timeout=1)
        async with receiver() as there:
            webhook = await post(client, seller, "/webhooks", **(FACTS | {"url": there.url}))
            path = f"/webhooks/{webhook['id']}"
            tested = await post(client, seller, f"{path}/test")
            clock.advance(10**9)
            await webhook_dispatcher(outbound, settings).step(transacting(database, clock))
            listed = await get(client, seller, f"{path}/deliveries?status=delivered")
            again = await post(client, seller, f"{path}/redeliver", delivery_id=tested["delivery_id"])
            await webhook_dispatcher(outbound, settings).step(transacting(database, clock))
        await outbound.close()

        (item,) = listed["items"]
        assert (item["id"], item["last_status"], item["attempts"]) == (tested["delivery_id"], 200, 1)
        assert (again, [each.headers["webhook-id"] for each in there.posts]) == (
            {"count": 1, "has_more": False},
            [item["id"]] * 2,
        )
        health = await get(client, seller, path)
        assert (health["health"], health["last_status"], health["failures"]) == ("ok", 200, 0)

    async def test_are_listed_of_one_webhook_alone(
        self, client: httpx.AsyncClient, seller: Headers, made: Record
    ) -> None:
        other = await post(client, seller, "/webhooks", **FACTS)
        tested = await post(client, seller, f"/webhooks/{made['id']}/test")

        assert await ids(client, seller, f"/webhooks/{made['id']}/deliveries") == [tested["delivery_id"]]
        assert await ids(client, seller, f"/webhooks/{other['id']}/deliveries") == []

    async def test_begin_again_behind_a_cursor(
        self, client: httpx.AsyncClient, seller: Headers, made: Record
    ) -> None:
        path = f"/webhooks/{made['id']}"
        cursor = (await get(client, seller, f"{path}/cursor"))["cursor"]

        assert await post(client, seller, f"{path}/redeliver", since=cursor) == {
            "count": 0,
            "has_more": False,
        }

    @pytest.mark.parametrize(
        ("body", "status", "wanted"),
        [
            ({}, 400, "redeliver-what"),
            ({"since": "?"}, 400, "bad-cursor"),
            ({"delivery_id": "00000000-0000-0000-0000-000000000404"}, 404, "not-found"),
            ({"statuses": ["pending"]}, 422, "malformed"),
            ({"from": "yesterday"}, 422, "malformed"),
            ({"all": True}, 422, "malformed"),
        ],
        ids=range(6),
    )
    async def test_begin_again_only_as_they_are_asked_to(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        made: Record,
        database: Database,
        body: dict[str, Any],
        status: int,
        wanted: str,
    ) -> None:
        before = await footprint(database)

        response = await client.post(f"/webhooks/{made['id']}/redeliver", json=body, headers=seller)

        assert (response.status_code, slug(response)) == (status, wanted)
        assert await footprint(database) == before
