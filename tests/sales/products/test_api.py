"""Products over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import slug
from tests.sales.calls import Headers, Record, footprint, get, ids, matching, post

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
FACTS: dict[str, Any] = {"name": "GTX Pro", "price_minor": 482_100, "currency": "USD", "series": "GTX"}


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/products", **FACTS | fields)


class TestProducts:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        product = await made(client, director)
        path = f"/products/{product['id']}"
        assert product == await get(client, director, path)

        changed = await client.patch(path, json={"price_minor": 1}, headers=director | matching(product))
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        gone = await client.delete(path, headers=director | matching(changed.json()))
        assert gone.json()["deleted_at"] is not None
        assert product["id"] not in await ids(client, director, "/products?name=GTX Pro")
        restored = await post(client, director, f"{path}/restore")

        assert (restored["price_minor"], restored["deleted_at"], restored["version"]) == (1, None, 4)
        assert restored == await get(client, director, path)

    async def test_keep_their_version_when_nothing_changes(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        product = await made(client, director)
        before = await footprint(database)

        same = await client.patch(
            f"/products/{product['id']}", json={"name": "GTX Pro"}, headers=director | matching(product)
        )

        assert (same.status_code, same.headers["etag"], same.json()) == (200, '"1"', product)
        assert await footprint(database) == before

    async def test_are_read_but_not_made_by_who_sells(
        self, client: httpx.AsyncClient, director: Headers, seller: Headers, database: Database
    ) -> None:
        product = await made(client, director)
        before = await footprint(database)

        read = await client.get(f"/products/{product['id']}", headers=seller)
        refused = await client.post("/products", json=FACTS, headers=seller)

        assert (read.status_code, refused.status_code, slug(refused)) == (200, 403, "forbidden")
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/products"),
            ("POST", "/products"),
            ("POST", "/products/batch"),
            ("GET", f"/products/{NOBODY}"),
            ("PATCH", f"/products/{NOBODY}"),
            ("DELETE", f"/products/{NOBODY}"),
            ("POST", f"/products/{NOBODY}/restore"),
        ],
    )
    async def test_are_closed_to_strangers(
        self, client: httpx.AsyncClient, guest: Headers, database: Database, method: str, path: str
    ) -> None:
        before = await footprint(database)
        body = {"PATCH": {"name": "x"}, "POST": {"items": [FACTS]} if path.endswith("batch") else FACTS}
        sent: dict[str, Any] = {"json": body[method]} if method in body else {}

        anonymous = await client.request(method, path, headers={"If-Match": '"1"'}, **sent)
        unentitled = await client.request(method, path, headers=guest | {"If-Match": '"1"'}, **sent)

        assert (anonymous.status_code, slug(anonymous)) == (401, "unauthenticated")
        assert (unentitled.status_code, slug(unentitled)) == (403, "forbidden")
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({**FACTS, "price_minor": 2**63}, "/price_minor"),
            ({**FACTS, "price_minor": -1}, "/price_minor"),
            ({**FACTS, "price_minor": "1"}, "/price_minor"),
            ({**FACTS, "price_minor": 1.0}, "/price_minor"),
            ({**FACTS, "price_minor": None}, "/price_minor"),
            ({**FACTS, "currency": "usd"}, "/currency"),
            ({**FACTS, "name": "  "}, "/name"),
            ({**FACTS, "name": "a\u0000b"}, "/name"),
            ({**FACTS, "is_active": "yes"}, "/is_active"),
            ({**FACTS, "colour": "red"}, "/colour"),
            ({"name": "GTX Pro"}, "/price_minor"),
        ],
    )
    async def test_refuse_a_malformed_payload(
        self, client: httpx.AsyncClient, director: Headers, database: Database, body: Any, pointer: str
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/products", json=body, headers=director)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert pointer in {error["pointer"] for error in refused.json()["errors"]}
        assert await footprint(database) == before

    @pytest.mark.parametrize("name", ["name", "price_minor", "currency", "is_active"])
    async def test_refuse_to_lose_what_they_must_have(
        self, client: httpx.AsyncClient, director: Headers, name: str
    ) -> None:
        product = await made(client, director)
        path = f"/products/{product['id']}"

        refused = await client.patch(path, json={name: None}, headers=director | matching(product))

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await get(client, director, path) == product

    @pytest.mark.parametrize(
        ("headers", "status", "problem"),
        [
            ({}, 428, "precondition-required"),
            ({"If-Match": '"7"'}, 412, "stale-version"),
            ({"If-Match": "latest"}, 400, "bad-if-match"),
        ],
    )
    async def test_refuse_a_change_of_another_version(
        self, client: httpx.AsyncClient, director: Headers, headers: Headers, status: int, problem: str
    ) -> None:
        product = await made(client, director)
        path = f"/products/{product['id']}"

        changed = await client.patch(path, json={"name": "x"}, headers=director | headers)
        deleted = await client.delete(path, headers=director | headers)

        assert {(each.status_code, slug(each)) for each in (changed, deleted)} == {(status, problem)}
        assert await get(client, director, path) == product

    async def test_refuse_what_their_state_does_not_allow(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        product = await made(client, director, external_id={"system": "erp", "id": str(new_id())})
        path = f"/products/{product['id']}"

        again = await client.post(
            "/products",
            json=FACTS
            | {"external_id": {"system": product["external_system"], "id": product["external_id"]}},
            headers=director,
        )
        restored = await client.post(f"{path}/restore", headers=director)

        assert (again.status_code, slug(again)) == (409, "external-id-taken")
        assert again.json()["id"] == product["id"]
        assert (restored.status_code, slug(restored)) == (409, "not-deleted")

    async def test_are_not_found_where_there_are_none(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        for path in (f"/products/{new_id()}", "/products/seven"):
            response = await client.get(path, headers=director)
            assert (response.status_code, slug(response)) == (404, "not-found")


class TestBatch:
    async def test_answers_for_each_item(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        before = (await footprint(database))[0]
        items = [FACTS, {"name": "No price"}, FACTS | {"name": "GTX Basic"}]

        answer = await post(client, director, "/products/batch", items=items)

        assert [each["status"] for each in answer["results"]] == [201, 422, 201]
        assert answer["results"][1]["problem"]["errors"][0]["pointer"] == "/price_minor"
        assert (await footprint(database))[0] == before + 2

    @pytest.mark.parametrize("count", [0, 201])
    async def test_refuses_none_and_too_many(
        self, client: httpx.AsyncClient, director: Headers, database: Database, count: int
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/products/batch", json={"items": [FACTS] * count}, headers=director)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await footprint(database) == before
