"""Campaigns over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from tests.api import slug
from tests.factories.directory import uid
from tests.marketing.calls import Headers, Record, a_segment, a_template, footprint, get, matching, post
from tests.marketing.conftest import MARKETER, RIVAL

NOBODY = UUID(int=404)


@pytest.fixture
async def facts(client: httpx.AsyncClient, marketer: Headers, database: Database) -> Record:
    template = await post(client, marketer, "/templates", **a_template())
    segment = await a_segment(database, uid(MARKETER), "a@example.com", "b@example.com")
    return {"name": "Spring", "template_id": template["id"], "segment_id": segment, "from_name": "Acme"}


class TestCampaigns:
    async def test_live_from_draft_to_the_end(
        self, client: httpx.AsyncClient, marketer: Headers, facts: Record
    ) -> None:
        made = await post(client, marketer, "/campaigns", **facts)
        path = f"/campaigns/{made['id']}"
        assert made == await get(client, marketer, path)
        revised = await client.patch(path, json={"name": "Autumn"}, headers=marketer | matching(made))
        assert revised.json()["name"] == "Autumn"

        launched = await post(client, marketer, f"{path}/launch")
        assert (launched["status"], launched["counts"]["recipients"]) == ("running", 2)
        assert (await post(client, marketer, f"{path}/pause"))["status"] == "paused"
        assert (await post(client, marketer, f"{path}/resume"))["status"] == "running"
        cancelled = await post(client, marketer, f"{path}/cancel")
        gone = await client.delete(path, headers=marketer | matching(cancelled))
        restored = await post(client, marketer, f"{path}/restore")

        assert (cancelled["status"], gone.status_code, restored["version"]) == ("cancelled", 200, 8)

    async def test_wait_for_their_hour(
        self, client: httpx.AsyncClient, marketer: Headers, facts: Record
    ) -> None:
        later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        made = await post(client, marketer, "/campaigns", **facts, scheduled_at=later)

        launched = await post(client, marketer, f"/campaigns/{made['id']}/launch")

        assert (launched["status"], launched["counts"]["recipients"]) == ("scheduled", 0)

    async def test_are_prepared_by_the_hundred(
        self, client: httpx.AsyncClient, marketer: Headers, facts: Record
    ) -> None:
        items = [facts, facts | {"template_id": str(NOBODY)}, facts | {"name": ""}]

        answer = await post(client, marketer, "/campaigns/batch", items=items)

        assert [each["status"] for each in answer["results"]] == [201, 409, 422]

    async def test_are_launched_once_per_key(
        self, client: httpx.AsyncClient, marketer: Headers, facts: Record
    ) -> None:
        made = await post(client, marketer, "/campaigns", **facts)
        headers = marketer | {"Idempotency-Key": made["id"]}

        answers = [await client.post(f"/campaigns/{made['id']}/launch", headers=headers) for _ in range(2)]

        assert [each.status_code for each in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()


class TestRefusals:
    @pytest.mark.parametrize(
        "change",
        [
            {"throttle_per_second": 0},
            {"throttle_per_second": 501},
            {"throttle_per_second": 1.5},
            {"from_name": "Acme\r\nBcc: all@example.com"},
            {"from_name": 'Acme" <x@example.com>'},
            {"reply_to": "no address"},
            {"reply_to": "a@example.com, b@example.com"},
            {"purpose": "Marketing!"},
            {"scheduled_at": "soon"},
            {"status": "running"},
        ],
        ids=["none", "many", "part", "lines", "quote", "reply", "replies", "purpose", "when", "status"],
    )
    async def test_of_what_is_malformed(
        self,
        client: httpx.AsyncClient,
        marketer: Headers,
        facts: Record,
        database: Database,
        change: dict[str, Any],
    ) -> None:
        before = await footprint(database)

        response = await client.post("/campaigns", json=facts | change, headers=marketer)

        assert (response.status_code, slug(response)) == (422, "malformed")
        assert await footprint(database) == before

    async def test_of_links_to_what_others_own(
        self, client: httpx.AsyncClient, marketer: Headers, rival: Headers, facts: Record, database: Database
    ) -> None:
        foreign = await post(client, rival, "/templates", **a_template())
        segment = await a_segment(database, uid(RIVAL))
        before = await footprint(database)

        for change in ({"template_id": foreign["id"]}, {"segment_id": segment}):
            response = await client.post("/campaigns", json=facts | change, headers=marketer)
            assert (response.status_code, slug(response)) == (409, "unknown-reference")

        assert await footprint(database) == before

    async def test_of_whoever_may_not(
        self,
        client: httpx.AsyncClient,
        marketer: Headers,
        rival: Headers,
        guest: Headers,
        facts: Record,
        database: Database,
    ) -> None:
        made = await post(client, marketer, "/campaigns", **facts)
        path, before = f"/campaigns/{made['id']}", await footprint(database)

        for verb in ("launch", "pause", "resume", "cancel", "restore"):
            assert (await client.post(f"{path}/{verb}", headers=rival)).status_code == 404
            assert (await client.post(f"{path}/{verb}")).status_code == 401
        assert (await client.get(path, headers=rival)).status_code == 404
        assert (await client.get(path, headers=guest)).status_code == 403
        assert (await client.patch(path, json={"name": "x"}, headers=marketer)).status_code == 428
        stale = marketer | {"If-Match": '"9"'}
        assert (await client.patch(path, json={"name": "x"}, headers=stale)).status_code == 412

        assert (await get(client, marketer, path))["version"] == made["version"]
        assert (await footprint(database))[:5] == before[:5]

    @pytest.mark.parametrize(
        ("verb", "problem"),
        [("pause", "illegal-transition"), ("resume", "illegal-transition"), ("restore", "not-deleted")],
    )
    async def test_of_verbs_out_of_place(
        self, client: httpx.AsyncClient, marketer: Headers, facts: Record, verb: str, problem: str
    ) -> None:
        made = await post(client, marketer, "/campaigns", **facts)

        response = await client.post(f"/campaigns/{made['id']}/{verb}", headers=marketer)

        assert (response.status_code, slug(response)) == (409, problem)
        assert (await get(client, marketer, f"/campaigns/{made['id']}"))["version"] == 1

    async def test_of_changes_to_what_has_begun(
        self, client: httpx.AsyncClient, marketer: Headers, facts: Record
    ) -> None:
        made = await post(client, marketer, "/campaigns", **facts)
        begun = await post(client, marketer, f"/campaigns/{made['id']}/launch")
        path, headers = f"/campaigns/{made['id']}", marketer | matching(begun)

        revised = await client.patch(path, json={"name": "x"}, headers=headers)
        deleted = await client.delete(path, headers=headers)

        assert (slug(revised), slug(deleted)) == ("campaign-begun", "campaign-under-way")
