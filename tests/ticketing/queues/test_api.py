"""Queues over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import slug
from tests.factories.directory import uid
from tests.ticketing.calls import Headers, Record, footprint, get, ids, matching, post

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
FACTS: Record = {"assignment": "least-open", "member_ids": [str(uid(2)), str(uid(3))]}


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    facts = {**FACTS, "name": f"Queue {new_id()}"}
    return await post(client, headers, "/queues", **facts | fields)


class TestQueues:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        record = await made(client, director)
        path, mine = f"/queues/{record['id']}", f"/queues?name={record['name']}"
        assert record == await get(client, director, path)

        changed = await client.patch(path, json={"assignment": "manual"}, headers=director | matching(record))
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        assert await ids(client, director, mine) == [record["id"]]
        gone = await client.delete(path, headers=director | matching(changed.json()))
        assert gone.json()["deleted_at"] is not None
        assert await ids(client, director, mine) == []
        restored = await post(client, director, f"{path}/restore")

        assert (restored["assignment"], restored["version"]) == ("manual", 4)
        assert restored == await get(client, director, path)

    async def test_keep_their_version_when_nothing_changes(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        record = await made(client, director)
        before = await footprint(database)
        facts = {name: record[name] for name in ("name", "assignment", "member_ids")}

        same = await client.patch(f"/queues/{record['id']}", json=facts, headers=director | matching(record))

        assert (same.status_code, same.headers["etag"], same.json()) == (200, '"1"', record)
        assert await footprint(database) == before

    async def test_come_in_batches_once(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        items = [
            {**FACTS, "name": "x", "external_id": {"system": "old", "id": str(new_id())}} for _ in range(2)
        ]

        first = await client.post("/queues/batch", json={"items": items}, headers=director)
        before = await footprint(database)
        again = await client.post("/queues/batch", json={"items": items}, headers=director)

        assert [one["status"] for one in first.json()["results"]] == [201, 201]
        assert [one["status"] for one in again.json()["results"]] == [409, 409]
        assert await footprint(database) == before

    async def test_are_read_but_not_made_by_agents(
        self, client: httpx.AsyncClient, director: Headers, agent: Headers, database: Database
    ) -> None:
        record = await made(client, director)
        before = await footprint(database)

        read = await client.get(f"/queues/{record['id']}", headers=agent)
        refused = await client.post("/queues", json={**FACTS, "name": "x"}, headers=agent)

        assert (read.status_code, refused.status_code, slug(refused)) == (200, 403, "forbidden")
        assert await footprint(database) == before

    @pytest.mark.parametrize("stale", [True, False])
    async def test_ask_for_the_version(
        self, client: httpx.AsyncClient, director: Headers, database: Database, *, stale: bool
    ) -> None:
        record = await made(client, director)
        before, version = await footprint(database), {"If-Match": '"7"'} if stale else {}

        refused = await client.delete(f"/queues/{record['id']}", headers=director | version)

        assert refused.status_code == (412 if stale else 428)
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/queues"),
            ("POST", "/queues"),
            ("POST", "/queues/batch"),
            ("GET", f"/queues/{NOBODY}"),
            ("PATCH", f"/queues/{NOBODY}"),
            ("DELETE", f"/queues/{NOBODY}"),
            ("POST", f"/queues/{NOBODY}/restore"),
        ],
    )
    async def test_are_closed_to_strangers(
        self, client: httpx.AsyncClient, guest: Headers, database: Database, method: str, path: str
    ) -> None:
        before, whole = await footprint(database), {**FACTS, "name": "x"}
        body = {"PATCH": {"name": "x"}, "POST": {"items": [whole]} if path.endswith("batch") else whole}
        sent: dict[str, Any] = {"json": body[method]} if method in body else {}

        anonymous = await client.request(method, path, headers={"If-Match": '"1"'}, **sent)
        unentitled = await client.request(method, path, headers=guest | {"If-Match": '"1"'}, **sent)

        assert (anonymous.status_code, slug(anonymous)) == (401, "unauthenticated")
        assert (unentitled.status_code, slug(unentitled)) == (403, "forbidden")
        assert await footprint(database) == before

    async def test_are_not_found_where_nothing_is(self, client: httpx.AsyncClient, director: Headers) -> None:
        missing = await client.get(f"/queues/{NOBODY}", headers=director)

        assert (missing.status_code, slug(missing)) == (404, "not-found")

    @pytest.mark.parametrize(
        ("fields", "status", "problem"),
        [
            ({"assignment": "by-lot"}, 422, "malformed"),
            ({"member_ids": [str(NOBODY)]}, 409, "unknown-reference"),
            ({"member_ids": ["x"]}, 422, "malformed"),
            ({"name": " "}, 422, "malformed"),
            ({"colour": "red"}, 422, "malformed"),
        ],
    )
    async def test_refuse_what_makes_no_sense(
        self,
        client: httpx.AsyncClient,
        director: Headers,
        database: Database,
        fields: Record,
        status: int,
        problem: str,
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/queues", json={**FACTS, "name": "x"} | fields, headers=director)

        assert (refused.status_code, slug(refused)) == (status, problem)
        assert await footprint(database) == before
