"""Calendars over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import slug
from tests.ticketing.calls import Headers, Record, footprint, get, ids, matching, post

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
FACTS: Record = {
    "time_zone": "Asia/Shanghai",
    "hours": [
        {"weekday": 0, "begins": "09:00", "ends": "12:30"},
        {"weekday": 6, "begins": "00:00", "ends": "24:00"},
    ],
    "holiday_country": "CN",
    "own_days": [{"day": "2026-12-24", "name": "Half day", "hours": [{"begins": "09:00", "ends": "12:00"}]}],
}


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    facts = {**FACTS, "name": f"Calendar {new_id()}"}
    return await post(client, headers, "/calendars", **facts | fields)


class TestCalendars:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        record = await made(client, director)
        path, mine = f"/calendars/{record['id']}", f"/calendars?name={record['name']}"
        assert record == await get(client, director, path)

        changed = await client.patch(
            path, json={"own_days": [], "time_zone": "UTC"}, headers=director | matching(record)
        )
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        assert await ids(client, director, mine) == [record["id"]]
        gone = await client.delete(path, headers=director | matching(changed.json()))
        assert gone.json()["deleted_at"] is not None
        assert await ids(client, director, mine) == []
        restored = await post(client, director, f"{path}/restore")

        assert (restored["time_zone"], restored["version"]) == ("UTC", 4)
        assert restored == await get(client, director, path)

    async def test_keep_their_version_when_nothing_changes(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        record = await made(client, director)
        before = await footprint(database)
        facts = {name: record[name] for name in ("name", "time_zone", "hours", "own_days")}

        same = await client.patch(
            f"/calendars/{record['id']}", json=facts, headers=director | matching(record)
        )

        assert (same.status_code, same.headers["etag"], same.json()) == (200, '"1"', record)
        assert await footprint(database) == before

    async def test_come_in_batches_once(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        items = [
            {**FACTS, "name": "x", "external_id": {"system": "old", "id": str(new_id())}} for _ in range(2)
        ]

        first = await client.post("/calendars/batch", json={"items": items}, headers=director)
        before = await footprint(database)
        again = await client.post("/calendars/batch", json={"items": items}, headers=director)

        assert [one["status"] for one in first.json()["results"]] == [201, 201]
        assert [one["status"] for one in again.json()["results"]] == [409, 409]
        assert await footprint(database) == before

    async def test_are_read_but_not_made_by_agents(
        self, client: httpx.AsyncClient, director: Headers, agent: Headers, database: Database
    ) -> None:
        record = await made(client, director)
        before = await footprint(database)

        read = await client.get(f"/calendars/{record['id']}", headers=agent)
        refused = await client.post("/calendars", json={**FACTS, "name": "x"}, headers=agent)

        assert (read.status_code, refused.status_code, slug(refused)) == (200, 403, "forbidden")
        assert await footprint(database) == before

    @pytest.mark.parametrize("stale", [True, False])
    async def test_ask_for_the_version(
        self, client: httpx.AsyncClient, director: Headers, database: Database, *, stale: bool
    ) -> None:
        record = await made(client, director)
        before, version = await footprint(database), {"If-Match": '"7"'} if stale else {}

        refused = await client.delete(f"/calendars/{record['id']}", headers=director | version)

        assert refused.status_code == (412 if stale else 428)
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/calendars"),
            ("POST", "/calendars"),
            ("POST", "/calendars/batch"),
            ("GET", f"/calendars/{NOBODY}"),
            ("PATCH", f"/calendars/{NOBODY}"),
            ("DELETE", f"/calendars/{NOBODY}"),
            ("POST", f"/calendars/{NOBODY}/restore"),
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
        missing = await client.get(f"/calendars/{NOBODY}", headers=director)

        assert (missing.status_code, slug(missing)) == (404, "not-found")

    @pytest.mark.parametrize(
        ("fields", "status", "problem"),
        [
            ({"time_zone": "Mars/Olympus"}, 422, "malformed"),
            ({"hours": [{"weekday": 7, "begins": "09:00", "ends": "10:00"}]}, 422, "malformed"),
            ({"hours": [{"weekday": 0, "begins": "9:00", "ends": "10:00"}]}, 422, "malformed"),
            ({"hours": [{"weekday": 0, "begins": "24:30", "ends": "10:00"}]}, 422, "malformed"),
            ({"hours": [{"weekday": 0, "begins": "10:00", "ends": "09:00"}]}, 409, "bad-hours"),
            ({"holiday_country": "XX"}, 409, "unknown-holidays"),
            ({"holiday_country": "china"}, 422, "malformed"),
            ({"own_days": [{"day": 7}]}, 422, "malformed"),
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

        refused = await client.post("/calendars", json={**FACTS, "name": "x"} | fields, headers=director)

        assert (refused.status_code, slug(refused)) == (status, problem)
        assert await footprint(database) == before
