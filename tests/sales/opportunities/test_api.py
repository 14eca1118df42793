"""Opportunities over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import bearer, slug
from tests.factories.directory import uid
from tests.sales.calls import Headers, Record, a_pipeline, footprint, get, ids, known, matching, post
from tests.sales.conftest import DIRECTOR, RIVAL, SELLER

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
THEN = "2024-02-01T09:00:00Z"


@pytest.fixture(scope="module")
async def pipeline(client: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    """The module's pipeline: its id, and its stages by name."""
    return await a_pipeline(client, bearer(DIRECTOR))


@pytest.fixture
def facts(pipeline: tuple[str, dict[str, str]]) -> Record:
    return {"name": "Acme: GTX Pro", "pipeline_id": pipeline[0], "amount_minor": 500, "currency": "USD"}


@pytest.fixture
def stages(pipeline: tuple[str, dict[str, str]]) -> dict[str, str]:
    return pipeline[1]


class TestOpportunities:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, stages: dict[str, str]
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        path = f"/opportunities/{made['id']}"
        assert made == await get(client, seller, path)
        assert (made["stage_id"], made["owner_id"]) == (stages["prospecting"], str(uid(SELLER)))

        await post(client, seller, f"{path}/advance", stage_id=stages["engaging"])
        lost = await post(client, seller, f"{path}/lose", reason="Price")
        assert (lost["stage_kind"], lost["lost_reason"]) == ("lost", "Price")
        again = await post(client, seller, f"{path}/reopen", stage_id=stages["engaging"])
        assert (again["stage_kind"], again["lost_reason"], again["closed_at"]) == ("open", None, None)
        won = await post(client, seller, f"{path}/win", amount_minor=450)
        assert (won["stage_kind"], won["amount_minor"]) == ("won", 450)
        gone = await client.delete(path, headers=seller | matching(won))
        assert made["id"] not in await ids(client, seller, f"/opportunities?id={made['id']}")
        restored = await post(client, seller, f"{path}/restore")

        assert (gone.status_code, restored["version"], restored["deleted_at"]) == (200, 7, None)
        assert restored == await get(client, seller, path)

    async def test_keep_their_version_when_nothing_changes(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, database: Database
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        before = await footprint(database)
        same = {"name": facts["name"], "owner_id": made["owner_id"], "account_id": None}

        answer = await client.patch(
            f"/opportunities/{made['id']}", json={"name": facts["name"]}, headers=seller | matching(made)
        )
        refused = await client.patch(
            f"/opportunities/{made['id']}", json=same, headers=seller | matching(made)
        )

        assert (answer.status_code, answer.headers["etag"], answer.json()) == (200, '"1"', made)
        assert (refused.status_code, slug(refused)) == (403, "forbidden")
        assert await footprint(database) == before

    async def test_show_whom_they_are_for(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        facts: Record,
        database: Database,
    ) -> None:
        account = await known(database, "account", label="Acme Ltd")
        contact = await known(database, "contact", label="Wei Li")

        made = await post(client, seller, "/opportunities", **facts, account_id=account, contact_id=contact)

        assert (made["account_name"], made["contact_name"]) == ("Acme Ltd", "Wei Li")
        assert made == await get(client, seller, f"/opportunities/{made['id']}")
        listed = await get(client, seller, f"/opportunities?account_id={account}")
        assert listed["items"] == [made]

    async def test_answer_the_same_to_the_same_key(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, database: Database
    ) -> None:
        keyed = seller | {"Idempotency-Key": str(new_id())}
        made = await client.post("/opportunities", json=facts, headers=keyed)
        before = await footprint(database)

        again = await client.post("/opportunities", json=facts, headers=keyed)
        other = await client.post("/opportunities", json={**facts, "name": "Other"}, headers=keyed)

        assert (again.status_code, again.json()) == (201, made.json())
        assert again.headers["etag"] == made.headers["etag"]
        assert (other.status_code, slug(other)) == (409, "idempotency-key-reused")
        assert await footprint(database) == before


class TestScope:
    async def test_shows_each_his_own(
        self, client: httpx.AsyncClient, director: Headers, seller: Headers, rival: Headers, facts: Record
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        path, mine = f"/opportunities/{made['id']}", f"/opportunities?id={made['id']}"

        assert await ids(client, director, mine) == await ids(client, seller, mine) == [made["id"]]
        assert await ids(client, rival, mine) == []
        hidden = await client.get(path, headers=rival)
        assert (hidden.status_code, slug(hidden)) == (404, "not-found")

    @pytest.mark.parametrize("verb", ["advance", "win", "lose", "reopen", "restore", "PATCH", "DELETE"])
    async def test_lets_nobody_change_what_is_not_his(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        rival: Headers,
        facts: Record,
        stages: dict[str, str],
        verb: str,
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        path = f"/opportunities/{made['id']}"
        bodies: dict[str, Record] = {"lose": {"reason": "Price"}, "win": {}, "PATCH": {"name": "x"}}
        body = bodies.get(verb, {"stage_id": stages["engaging"]})

        if verb == "DELETE":
            refused = await client.delete(path, headers=rival | matching(made))
        elif verb == "PATCH":
            refused = await client.patch(path, json=body, headers=rival | matching(made))
        else:
            refused = await client.post(f"{path}/{verb}", json=body, headers=rival)

        assert (refused.status_code, slug(refused)) == (404, "not-found")
        assert await get(client, seller, path) == made

    async def test_lets_nobody_open_for_another(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, database: Database
    ) -> None:
        before = await footprint(database)

        refused = await client.post(
            "/opportunities", json={**facts, "owner_id": str(uid(RIVAL))}, headers=seller
        )

        assert (refused.status_code, slug(refused)) == (403, "forbidden")
        assert await footprint(database) == before

    async def test_follows_the_owner(
        self, client: httpx.AsyncClient, director: Headers, seller: Headers, rival: Headers, facts: Record
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        path = f"/opportunities/{made['id']}"

        moved = await client.patch(
            path, json={"owner_id": str(uid(RIVAL))}, headers=director | matching(made)
        )

        assert moved.json()["owner_id"] == str(uid(RIVAL))
        assert (await client.get(path, headers=seller)).status_code == 404
        assert await get(client, rival, path) == moved.json()


class TestDoors:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("POST", ""),
            ("POST", "/batch"),
            ("GET", f"/{NOBODY}"),
            ("PATCH", f"/{NOBODY}"),
            ("DELETE", f"/{NOBODY}"),
            *(("POST", f"/{NOBODY}/{verb}") for verb in ("restore", "advance", "win", "lose", "reopen")),
        ],
    )
    async def test_are_closed_to_strangers(
        self,
        client: httpx.AsyncClient,
        guest: Headers,
        facts: Record,
        database: Database,
        method: str,
        path: str,
    ) -> None:
        before = await footprint(database)
        verbs = {"batch": {"items": [facts]}, "win": {}, "lose": {"reason": "x"}, "": facts}
        body = {"name": "x"} if method == "PATCH" else verbs.get(path.rsplit("/", 1)[-1])
        sent: dict[str, Any] = {"json": body or {"stage_id": str(new_id())}} if method != "GET" else {}
        if method == "DELETE":
            sent = {}

        anonymous = await client.request(method, f"/opportunities{path}", headers={"If-Match": '"1"'}, **sent)
        unentitled = await client.request(
            method, f"/opportunities{path}", headers=guest | {"If-Match": '"1"'}, **sent
        )

        assert (anonymous.status_code, slug(anonymous)) == (401, "unauthenticated")
        assert (unentitled.status_code, slug(unentitled)) == (403, "forbidden")
        assert await footprint(database) == before


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"amount_minor": 2**63}, "/amount_minor"),
            ({"amount_minor": 10**400}, "/amount_minor"),
            ({"amount_minor": -1}, "/amount_minor"),
            ({"amount_minor": 1.5}, "/amount_minor"),
            ({"amount_minor": True}, "/amount_minor"),
            ({"currency": "EURO"}, "/currency"),
            ({"currency": None}, "/currency"),
            ({"name": "x" * 256}, "/name"),
            ({"name": "a\u0000b"}, "/name"),
            ({"pipeline_id": "first"}, "/pipeline_id"),
            ({"expected_close_date": 20_000}, "/expected_close_date"),
            ({"expected_close_date": "2026-02-30"}, "/expected_close_date"),
            ({"expected_close_date": "9999-12-31"}, "/expected_close_date"),
            ({"occurred_at": "2024-02-01T09:00:00"}, "/occurred_at"),
            ({"occurred_at": 1_700_000_000}, "/occurred_at"),
            ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "/occurred_at"),
            ({"history": [{"stage_id": "x"}]}, "/history/0/occurred_at"),
            ({"external_id": {"system": "erp"}}, "/external_id/id"),
            ({"stage": "won"}, "/stage"),
        ],
    )
    async def test_of_a_malformed_payload(
        self,
        client: httpx.AsyncClient,
        director: Headers,
        facts: Record,
        database: Database,
        change: Record,
        pointer: str,
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/opportunities", json=facts | change, headers=director)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert pointer in {error["pointer"] for error in refused.json()["errors"]}
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        "change",
        [
            {"name": None},
            {"amount_minor": None},
            {"currency": None},
            {"owner_id": None},
            {"amount_minor": 2**63},
            {"stage_id": str(NOBODY)},
            {"pipeline_id": str(NOBODY)},
        ],
        ids=str,
    )
    async def test_of_a_malformed_change(
        self, client: httpx.AsyncClient, director: Headers, facts: Record, change: Record
    ) -> None:
        made = await post(client, director, "/opportunities", **facts)
        path = f"/opportunities/{made['id']}"

        refused = await client.patch(path, json=change, headers=director | matching(made))

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await get(client, director, path) == made

    @pytest.mark.parametrize(
        ("headers", "status", "problem"),
        [
            ({}, 428, "precondition-required"),
            ({"If-Match": '"7"'}, 412, "stale-version"),
            ({"If-Match": '"9999999999999999999"'}, 400, "bad-if-match"),
        ],
    )
    async def test_of_another_version(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        facts: Record,
        headers: Headers,
        status: int,
        problem: str,
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        path = f"/opportunities/{made['id']}"

        changed = await client.patch(path, json={"name": "x"}, headers=seller | headers)
        deleted = await client.delete(path, headers=seller | headers)

        assert {(each.status_code, slug(each)) for each in (changed, deleted)} == {(status, problem)}
        assert await get(client, seller, path) == made

    @pytest.mark.parametrize("link", ["pipeline_id", "product_id", "account_id", "contact_id"])
    async def test_of_an_unknown_link(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, database: Database, link: str
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/opportunities", json=facts | {link: str(new_id())}, headers=seller)

        assert (refused.status_code, slug(refused)) == (409, "unknown-reference")
        assert await footprint(database) == before

    async def test_of_an_external_id_that_is_taken(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, database: Database
    ) -> None:
        named = facts | {"external_id": {"system": "erp", "id": str(new_id())}}
        made = await post(client, seller, "/opportunities", **named)
        before = await footprint(database)

        refused = await client.post("/opportunities", json=named, headers=seller)

        assert (refused.status_code, slug(refused)) == (409, "external-id-taken")
        assert refused.json()["id"] == made["id"]
        assert await footprint(database) == before

    async def test_of_a_past_without_the_permission(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        facts: Record,
        stages: dict[str, str],
        database: Database,
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        before, path = await footprint(database), f"/opportunities/{made['id']}"
        step = {"stage_id": stages["prospecting"], "occurred_at": THEN}

        refused = [
            await client.post("/opportunities", json=facts | {"occurred_at": THEN}, headers=seller),
            await client.post("/opportunities", json=facts | {"history": [step]}, headers=seller),
            await client.post(f"{path}/win", json={"occurred_at": THEN}, headers=seller),
        ]

        assert {(each.status_code, slug(each)) for each in refused} == {(403, "forbidden")}
        assert await footprint(database) == before

    async def test_of_a_history_and_a_stage(
        self,
        client: httpx.AsyncClient,
        director: Headers,
        facts: Record,
        stages: dict[str, str],
        database: Database,
    ) -> None:
        before = await footprint(database)
        step = {"stage_id": stages["prospecting"], "occurred_at": THEN}

        refused = await client.post(
            "/opportunities", json=facts | {"history": [step], "occurred_at": THEN}, headers=director
        )

        assert (refused.status_code, slug(refused)) == (400, "history-and-stage")
        assert await footprint(database) == before

    async def test_of_moves_that_its_stage_does_not_allow(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, stages: dict[str, str]
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        path = f"/opportunities/{made['id']}"
        moves: list[tuple[str, Record, str]] = [
            ("advance", {"stage_id": stages["prospecting"]}, "already-in-stage"),
            ("advance", {"stage_id": stages["won"]}, "wrong-stage-kind"),
            ("advance", {"stage_id": str(new_id())}, "unknown-stage"),
            ("reopen", {"stage_id": stages["engaging"]}, "not-closed"),
            ("restore", {}, "not-deleted"),
        ]

        for verb, body, problem in moves:
            refused = await client.post(f"{path}/{verb}", json=body, headers=seller)
            assert (refused.status_code, slug(refused)) == (409, problem)

        assert await get(client, seller, path) == made

    async def test_of_a_second_end(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, stages: dict[str, str]
    ) -> None:
        made = await post(client, seller, "/opportunities", **facts)
        path = f"/opportunities/{made['id']}"
        won = await post(client, seller, f"{path}/win")

        for verb, body in (
            ("win", {}),
            ("lose", {"reason": "x"}),
            ("advance", {"stage_id": made["stage_id"]}),
        ):
            refused = await client.post(f"{path}/{verb}", json=body, headers=seller)
            assert (refused.status_code, slug(refused)) == (409, "already-closed")

        assert await get(client, seller, path) == won

    async def test_of_an_unknown_opportunity(self, client: httpx.AsyncClient, director: Headers) -> None:
        for path in (new_id(), "first", "%00"):
            response = await client.get(f"/opportunities/{path}", headers=director)
            assert (response.status_code, slug(response)) == (404, "not-found")


class TestBatch:
    async def test_answers_for_each_item(
        self,
        client: httpx.AsyncClient,
        director: Headers,
        facts: Record,
        stages: dict[str, str],
        database: Database,
    ) -> None:
        before = (await footprint(database))[2]
        lost = {"stage_id": stages["lost"], "occurred_at": THEN, "lost_reason": "Price"}
        history = [{"stage_id": stages["engaging"], "occurred_at": THEN}, lost]
        items = [facts, {"bad": 1}, facts | {"history": history}, facts | {"product_id": str(new_id())}]

        answer = await post(client, director, "/opportunities/batch", items=items)

        results = answer["results"]
        assert [each["status"] for each in results] == [201, 422, 201, 409]
        assert results[3]["problem"]["type"].endswith("/unknown-reference")
        made = await get(client, director, f"/opportunities/{results[2]['id']}")
        assert (made["stage_kind"], made["lost_reason"], made["version"]) == ("lost", "Price", 2)
        assert (await footprint(database))[2] == before + 2

    async def test_does_only_what_is_missing_when_repeated(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, database: Database
    ) -> None:
        keyed, items = seller | {"Idempotency-Key": str(new_id())}, [facts] * 3
        first = await post(client, keyed, "/opportunities/batch", items=items)
        before = await footprint(database)

        again = await post(client, keyed, "/opportunities/batch", items=items)

        assert again == first
        assert await footprint(database) == before

    @pytest.mark.parametrize("count", [0, 201])
    async def test_refuses_none_and_too_many(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record, database: Database, count: int
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/opportunities/batch", json={"items": [facts] * count}, headers=seller)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await footprint(database) == before

    async def test_waits_once_for_records_nobody_has_heard_of(
        self, client: httpx.AsyncClient, seller: Headers, facts: Record
    ) -> None:
        items = [facts | {"account_id": str(new_id())} for _ in range(20)]

        answer = await post(client, seller, "/opportunities/batch", items=items)

        assert {each["status"] for each in answer["results"]} == {409}
