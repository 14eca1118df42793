"""Webhooks over HTTP."""

import base64
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from tests.api import slug
from tests.factories.directory import uid
from tests.integration.calls import FACTS, Headers, Record, footprint, get, ids, matching, post
from tests.integration.conftest import DIRECTOR, RIVAL, SELLER

NOBODY = UUID(int=404)


async def subscribed(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/webhooks", **(FACTS | fields))


class TestWebhooks:
    async def test_live_from_subscription_to_end(self, client: httpx.AsyncClient, seller: Headers) -> None:
        tree = {"and": [{"field": "state.currency", "op": "eq", "value": "USD"}]}
        made = await subscribed(client, seller, filter=tree, description="Stock")
        path = f"/webhooks/{made['id']}"
        secret = made.pop("secret")
        assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
        assert made == await get(client, seller, path)
        assert (made["owner_id"], made["filter"], made["health"]) == (str(uid(SELLER)), tree, "ok")

        off = await post(client, seller, f"{path}/disable")
        on = await post(client, seller, f"{path}/enable")
        changed = await client.patch(
            path, json={"filter": None, "types": ["*"]}, headers=seller | matching(on)
        )
        gone = await client.delete(path, headers=seller | matching(changed.json()))

        assert (off["is_active"], off["disabled_reason"]) == (False, "by-choice")
        assert (on["is_active"], on["disabled_reason"]) == (True, None)
        assert (changed.json()["filter"], changed.json()["types"]) == (None, ["*"])
        assert (gone.status_code, gone.json()["version"]) == (200, 5)
        assert made["id"] not in await ids(client, seller, f"/webhooks?id={made['id']}")

    async def test_show_a_secret_once(self, client: httpx.AsyncClient, seller: Headers) -> None:
        made = await subscribed(client, seller)

        rotated = await post(client, seller, f"/webhooks/{made['id']}/rotate-secret")

        assert rotated["secret"].startswith("whsec_")
        assert rotated["secret"] != made["secret"]
        assert rotated["previous_secret_until"] > rotated["secret_rotated_at"]
        assert "secret" not in await get(client, seller, f"/webhooks/{made['id']}")
        listed = await get(client, seller, f"/webhooks?id={made['id']}")
        assert "secret" not in listed["items"][0]

    async def test_are_made_once_for_an_idempotency_key(
        self, client: httpx.AsyncClient, seller: Headers
    ) -> None:
        key = {"Idempotency-Key": "webhook-once"}

        first, second = [await subscribed(client, seller | key) for _ in range(2)]

        assert first == second

    async def test_keep_the_id_of_another_system(self, client: httpx.AsyncClient, director: Headers) -> None:
        external = {"system": "erp", "id": "hook-1"}
        made = await subscribed(client, director, external_id=external, owner_id=str(uid(SELLER)))

        again = await client.post("/webhooks", json=FACTS | {"external_id": external}, headers=director)

        assert (made["owner_id"], made["external_id"]) == (str(uid(SELLER)), "hook-1")
        assert (again.status_code, slug(again)) == (409, "external-id-taken")

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"url": "https://receiver.example/hook"},
            FACTS | {"types": []},
            FACTS | {"types": ["sales"]},
            FACTS | {"url": "receiver.example"},
            FACTS | {"url": "file:///etc/passwd"},
            FACTS | {"url": "https://a b/"},
            FACTS | {"filter": {"field": "a", "op": "like", "value": 1}},
            FACTS | {"filter": []},
            FACTS | {"secret": "whsec_mine"},
            FACTS | {"name": ""},
        ],
        ids=range(11),
    )
    async def test_are_not_made_of_what_is_malformed(
        self, client: httpx.AsyncClient, seller: Headers, database: Database, fields: Record
    ) -> None:
        before = await footprint(database)

        response = await client.post("/webhooks", json=fields, headers=seller)

        assert (response.status_code, await footprint(database)) == (422, before)

    @pytest.mark.parametrize(
        "url",
        [
            "https://10.0.0.1/",
            "http://receiver.example/x#y",
            "https://[::1]/",
            "https://user:pass@receiver.example/",
            "https://receiver.example:0/",
            "https://2130706433/",
            "https://169.254.169.254/latest",
        ],
        ids=range(7),
    )
    async def test_go_to_no_address_in_the_house(
        self, client: httpx.AsyncClient, seller: Headers, database: Database, url: str
    ) -> None:
        before = await footprint(database)

        response = await client.post("/webhooks", json=FACTS | {"url": url}, headers=seller)

        assert (response.status_code, slug(response)) == (400, "webhook-address-refused")
        assert await footprint(database) == before

    async def test_take_no_filter_that_is_too_large(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        tree: Record = {"field": "a", "op": "eq", "value": 1}
        for _ in range(8):
            tree = {"not": tree}
        before = await footprint(database)

        response = await client.post("/webhooks", json=FACTS | {"filter": tree}, headers=seller)

        assert (response.status_code, slug(response)) == (400, "filter-too-large")
        assert await footprint(database) == before


class TestRefusals:
    @pytest.fixture
    async def made(self, client: httpx.AsyncClient, seller: Headers) -> Record:
        return await subscribed(client, seller)

    CALLS = (
        ("GET", "", None, 404),
        ("PATCH", "", {"name": "Mine"}, 404),
        ("DELETE", "", None, 404),
        ("POST", "/enable", None, 404),
        ("POST", "/disable", None, 404),
        ("POST", "/rotate-secret", None, 404),
        ("POST", "/test", None, 404),
        ("POST", "/redeliver", {"since": "AQ"}, 404),
        ("GET", "/deliveries", None, 404),
        ("GET", "/cursor", None, 404),
    )

    @pytest.mark.parametrize(("method", "verb", "body", "status"), CALLS, ids=range(len(CALLS)))
    async def test_know_no_webhook_of_others(
        self,
        client: httpx.AsyncClient,
        rival: Headers,
        made: Record,
        database: Database,
        method: str,
        verb: str,
        body: Record | None,
        status: int,
    ) -> None:
        before = await footprint(database)

        response = await client.request(
            method, f"/webhooks/{made['id']}{verb}", json=body, headers=rival | matching(made)
        )

        assert (response.status_code, await footprint(database)) == (status, before)

    @pytest.mark.parametrize(("method", "verb", "body", "status"), CALLS, ids=range(len(CALLS)))
    async def test_ask_for_a_token_and_a_permission(
        self,
        client: httpx.AsyncClient,
        guest: Headers,
        made: Record,
        method: str,
        verb: str,
        body: Record | None,
        status: int,
    ) -> None:
        path = f"/webhooks/{made['id']}{verb}"

        anonymous = await client.request(method, path, json=body, headers=matching(made))
        forbidden = await client.request(method, path, json=body, headers=guest | matching(made))

        assert (anonymous.status_code, forbidden.status_code, status) == (401, 403, 404)

    @pytest.mark.parametrize("verb", ["redeliver", "test"])
    async def test_hold_to_whether_it_is_on(
        self, client: httpx.AsyncClient, seller: Headers, made: Record, verb: str
    ) -> None:
        await post(client, seller, f"/webhooks/{made['id']}/disable")
        body = {"since": "AQ"} if verb == "redeliver" else None

        response = await client.post(f"/webhooks/{made['id']}/{verb}", json=body, headers=seller)

        assert (response.status_code, slug(response)) == (409, "webhook-disabled")

    @pytest.mark.parametrize("verb", ["enable", "disable"])
    async def test_turn_a_webhook_once(
        self, client: httpx.AsyncClient, seller: Headers, made: Record, verb: str
    ) -> None:
        first, second = [await post(client, seller, f"/webhooks/{made['id']}/{verb}") for _ in range(2)]

        assert first == second

    async def test_ask_for_the_version_that_was_seen(
        self, client: httpx.AsyncClient, seller: Headers, made: Record
    ) -> None:
        path = f"/webhooks/{made['id']}"

        blind = await client.patch(path, json={"name": "Other"}, headers=seller)
        stale = await client.patch(path, json={"name": "Other"}, headers=seller | {"If-Match": '"9"'})

        assert (blind.status_code, stale.status_code) == (428, 412)

    async def test_let_nobody_borrow_the_eyes_of_others(
        self, client: httpx.AsyncClient, seller: Headers, made: Record, database: Database
    ) -> None:
        before = await footprint(database)

        created = await client.post(
            "/webhooks", json=FACTS | {"owner_id": str(uid(DIRECTOR))}, headers=seller
        )
        assigned = await client.patch(
            f"/webhooks/{made['id']}", json={"owner_id": str(uid(RIVAL))}, headers=seller | matching(made)
        )

        assert (created.status_code, assigned.status_code) == (403, 403)
        assert await footprint(database) == before

    async def test_refuse_what_is_over(
        self, client: httpx.AsyncClient, seller: Headers, made: Record
    ) -> None:
        path = f"/webhooks/{made['id']}"
        await client.delete(path, headers=seller | matching(made))

        response = await client.post(f"{path}/enable", headers=seller)

        assert (response.status_code, slug(response)) == (409, "deleted")

    async def test_know_no_webhook_that_never_was(self, client: httpx.AsyncClient, director: Headers) -> None:
        assert (await client.get(f"/webhooks/{NOBODY}", headers=director)).status_code == 404
