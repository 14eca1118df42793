"""Pipelines over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import slug
from tests.factories.sales import stages_in
from tests.sales.calls import Headers, Record, footprint, get, ids, matching, post

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
STAGES = stages_in("prospecting", "engaging", "won", "lost")


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/pipelines", **{"name": "Direct sales", "stages": STAGES} | fields)


class TestPipelines:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        name = f"Direct {new_id()}"
        pipeline = await made(client, director, name=name)
        path = f"/pipelines/{pipeline['id']}"
        assert pipeline == await get(client, director, path)
        stages = [*pipeline["stages"][:2], *stages_in("proposal"), *pipeline["stages"][2:]]

        changed = await client.patch(path, json={"stages": stages}, headers=director | matching(pipeline))
        assert [each["name"] for each in changed.json()["stages"]] == [
            *("prospecting", "engaging", "proposal", "won", "lost")
        ]
        gone = await client.delete(path, headers=director | matching(changed.json()))
        assert gone.json()["deleted_at"] is not None
        assert await ids(client, director, f"/pipelines?name={name}") == []
        restored = await post(client, director, f"{path}/restore")

        assert (restored["version"], restored["deleted_at"]) == (4, None)
        assert restored == await get(client, director, path)

    async def test_keep_their_version_when_nothing_changes(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        pipeline = await made(client, director)
        before = await footprint(database)

        same = await client.patch(
            f"/pipelines/{pipeline['id']}",
            json={"stages": pipeline["stages"], "name": pipeline["name"]},
            headers=director | matching(pipeline),
        )

        assert (same.status_code, same.headers["etag"], same.json()) == (200, '"1"', pipeline)
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/pipelines"),
            ("POST", "/pipelines"),
            ("POST", "/pipelines/batch"),
            ("GET", f"/pipelines/{NOBODY}"),
            ("PATCH", f"/pipelines/{NOBODY}"),
            ("DELETE", f"/pipelines/{NOBODY}"),
            ("POST", f"/pipelines/{NOBODY}/restore"),
        ],
    )
    async def test_are_closed_to_strangers(
        self, client: httpx.AsyncClient, guest: Headers, database: Database, method: str, path: str
    ) -> None:
        before = await footprint(database)
        facts = {"name": "x", "stages": STAGES}
        body = {"PATCH": {"name": "x"}, "POST": {"items": [facts]} if path.endswith("batch") else facts}
        sent: dict[str, Any] = {"json": body[method]} if method in body else {}

        anonymous = await client.request(method, path, headers={"If-Match": '"1"'}, **sent)
        unentitled = await client.request(method, path, headers=guest | {"If-Match": '"1"'}, **sent)

        assert (anonymous.status_code, slug(anonymous)) == (401, "unauthenticated")
        assert (unentitled.status_code, slug(unentitled)) == (403, "forbidden")
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "x", "stages": STAGES[:2]},
            {"name": "x", "stages": None},
            {"name": "x", "stages": [{**STAGES[0], "kind": "closed"}, *STAGES[1:]]},
            {"name": "x", "stages": [{**STAGES[0], "probability": "1.5"}, *STAGES[1:]]},
            {"name": "x", "stages": [{**STAGES[0], "probability": "NaN"}, *STAGES[1:]]},
            {"name": "x", "stages": [{**STAGES[0], "id": str(new_id())}, *STAGES[1:]]},
            {"name": "", "stages": STAGES},
        ],
    )
    async def test_refuse_a_malformed_payload(
        self, client: httpx.AsyncClient, director: Headers, database: Database, body: Any
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/pipelines", json=body, headers=director)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await footprint(database) == before

    async def test_refuse_another_shape(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        before = await footprint(database)

        refused = await client.post(
            "/pipelines",
            json={"name": "x", "stages": STAGES[::-1]},
            headers=director | {"Accept-Language": "zh"},
        )

        assert (refused.status_code, slug(refused)) == (409, "bad-stages")
        assert "管道" in refused.json()["title"]
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("change", "status", "problem"),
        [
            ({"stages": "first"}, 422, "malformed"),
            ({"name": None}, 422, "malformed"),
            ({"stages": None}, 422, "malformed"),
            ({"stages": STAGES}, 409, "stage-in-use"),
            ({"stages": [{**STAGES[0], "id": str(new_id())}, *STAGES[1:]]}, 409, "unknown-stage"),
        ],
    )
    async def test_refuse_a_change_that_would_break_them(
        self, client: httpx.AsyncClient, director: Headers, change: Any, status: int, problem: str
    ) -> None:
        pipeline = await made(client, director)
        path = f"/pipelines/{pipeline['id']}"

        refused = await client.patch(path, json=change, headers=director | matching(pipeline))

        assert (refused.status_code, slug(refused)) == (status, problem)
        assert await get(client, director, path) == pipeline

    @pytest.mark.parametrize(
        ("headers", "status", "problem"),
        [({}, 428, "precondition-required"), ({"If-Match": '"7"'}, 412, "stale-version")],
    )
    async def test_refuse_a_change_of_another_version(
        self, client: httpx.AsyncClient, director: Headers, headers: Headers, status: int, problem: str
    ) -> None:
        pipeline = await made(client, director)
        path = f"/pipelines/{pipeline['id']}"

        changed = await client.patch(path, json={"name": "x"}, headers=director | headers)
        deleted = await client.delete(path, headers=director | headers)

        assert {(each.status_code, slug(each)) for each in (changed, deleted)} == {(status, problem)}
        assert await get(client, director, path) == pipeline

    async def test_are_not_found_where_there_are_none(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        response = await client.get(f"/pipelines/{new_id()}", headers=director)

        assert (response.status_code, slug(response)) == (404, "not-found")


class TestBatch:
    async def test_answers_for_each_item(self, client: httpx.AsyncClient, director: Headers) -> None:
        items = [
            {"name": "One", "stages": STAGES},
            {"name": "Two", "stages": STAGES[::-1]},
            {"name": "Three", "stages": STAGES},
        ]

        answer = await post(client, director, "/pipelines/batch", items=items)

        assert [each["status"] for each in answer["results"]] == [201, 409, 201]
