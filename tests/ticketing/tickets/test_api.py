"""Tickets over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import slug
from tests.factories.directory import uid
from tests.ticketing.calls import (
    TICKET,
    Headers,
    Record,
    a_policy,
    footprint,
    get,
    ids,
    known,
    matching,
    post,
)
from tests.ticketing.conftest import AGENT, DIRECTOR, LEAVER, RIVAL

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
THEN = "2024-02-01T09:00:00Z"
VERBS = ("assign", "move", "wait", "resume", "escalate", "resolve", "close", "reopen")
BODIES: dict[str, Record] = {"assign": {"owner_id": None}, "move": {"queue_id": None}}


async def opened(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/tickets", **TICKET | fields)


async def a_queue(
    client: httpx.AsyncClient, headers: Headers, *members: int, assignment: str = "manual"
) -> str:
    member_ids = [str(uid(one)) for one in members]
    made = await post(
        client, headers, "/queues", name=f"Queue {new_id()}", member_ids=member_ids, assignment=assignment
    )
    return str(made["id"])


class TestTickets:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, agent: Headers
    ) -> None:
        made = await opened(client, agent)
        path = f"/tickets/{made['id']}"
        assert made == await get(client, agent, path)
        assert (made["owner_id"], made["status"], made["status_category"]) == (str(uid(AGENT)), "new", "open")

        waiting = await post(client, agent, f"{path}/wait")
        assert (waiting["status"], waiting["status_category"]) == ("waiting-for-customer", "waiting")
        assert (await post(client, agent, f"{path}/resume"))["status"] == "in-progress"
        assert (await post(client, agent, f"{path}/escalate"))["status"] == "escalated"
        resolved = await post(client, agent, f"{path}/resolve")
        assert (resolved["status_category"], resolved["resolved_at"] is None) == ("resolved", False)
        again = await post(client, agent, f"{path}/reopen")
        assert (again["reopened_count"], again["resolved_at"]) == (1, None)
        closed = await post(client, agent, f"{path}/close")
        assert (closed["status"], closed["resolved_at"]) == ("closed", closed["closed_at"])
        gone = await client.delete(path, headers=agent | matching(closed))
        assert made["id"] not in await ids(client, agent, f"/tickets?id={made['id']}")
        restored = await post(client, agent, f"{path}/restore")

        assert (gone.status_code, restored["version"], restored["deleted_at"]) == (200, 10, None)
        assert restored == await get(client, agent, path)

    async def test_show_when_they_are_due(self, client: httpx.AsyncClient, director: Headers) -> None:
        policy = await a_policy(client, director)

        made = await opened(client, director, category=policy["categories"][0], priority="high")

        assert made["sla_policy_id"] == policy["id"]
        assert made["first_response_due_at"] < made["resolution_due_at"]
        assert (made["first_response_breached"], made["resolution_breached"]) == (None, None)

    async def test_have_a_past_in_one_call(self, client: httpx.AsyncClient, director: Headers) -> None:
        policy = await a_policy(client, director)
        history = {
            "first_responded_at": "2024-02-01T09:20:00Z",
            "resolved_at": "2024-02-03T09:00:00Z",
            "closed_at": "2024-02-03T09:00:00Z",
            "csat_score": 2,
        }

        made = await opened(
            client, director, category=policy["categories"][0], occurred_at=THEN, history=history
        )

        assert (made["status"], made["csat_score"], made["opened_at"]) == ("closed", 2, THEN)
        assert (made["first_response_breached"], made["resolution_breached"]) == (False, True)
        assert made == await get(client, director, f"/tickets/{made['id']}")

    async def test_keep_their_version_when_nothing_changes(
        self, client: httpx.AsyncClient, agent: Headers, database: Database
    ) -> None:
        made = await opened(client, agent)
        before = await footprint(database)

        same = await client.patch(
            f"/tickets/{made['id']}", json={"channel": "email"}, headers=agent | matching(made)
        )

        assert (same.status_code, same.headers["etag"], same.json()) == (200, '"1"', made)
        assert await footprint(database) == before

    async def test_change_by_patch(self, client: httpx.AsyncClient, agent: Headers) -> None:
        made = await opened(client, agent)

        changed = await client.patch(
            f"/tickets/{made['id']}",
            json={"priority": "critical", "category": "Refund"},
            headers=agent | matching(made),
        )
        stale = await client.patch(
            f"/tickets/{made['id']}", json={"priority": "low"}, headers=agent | matching(made)
        )

        assert (changed.json()["priority"], changed.json()["category"]) == ("critical", "Refund")
        assert changed.json()["version"] == 3
        assert (stale.status_code, slug(stale)) == (412, "stale-version")

    async def test_show_whom_they_are_for(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        account = await known(database, "account", label="Acme Ltd")
        queue = await a_queue(client, director)

        made = await opened(client, director, account_id=account, queue_id=queue)

        assert (made["account_name"], made["queue_name"] is None) == ("Acme Ltd", False)
        assert made == await get(client, director, f"/tickets/{made['id']}")

    async def test_come_in_batches_once(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        items = [TICKET | {"external_id": {"system": "old", "id": str(new_id())}} for _ in range(3)]
        body = {"items": [*items, {"subject": "no channel"}]}

        first = await client.post("/tickets/batch", json=body, headers=director)
        before = await footprint(database)
        again = await client.post("/tickets/batch", json=body, headers=director)

        assert [one["status"] for one in first.json()["results"]] == [201, 201, 201, 422]
        assert [one["status"] for one in again.json()["results"]] == [409, 409, 409, 422]
        assert {one["problem"]["id"] for one in again.json()["results"][:3]} == {
            one["id"] for one in first.json()["results"][:3]
        }
        assert await footprint(database) == before

    async def test_answer_the_same_to_the_same_key(
        self, client: httpx.AsyncClient, agent: Headers, database: Database
    ) -> None:
        keyed = agent | {"Idempotency-Key": str(new_id())}
        made = await client.post("/tickets", json=TICKET, headers=keyed)
        before = await footprint(database)

        again = await client.post("/tickets", json=TICKET, headers=keyed)

        assert (again.status_code, again.json()) == (201, made.json())
        assert await footprint(database) == before


class TestQueues:
    async def test_hand_out_round_the_active_members(
        self, client: httpx.AsyncClient, director: Headers
    ) -> None:
        queue = await a_queue(client, director, AGENT, RIVAL, LEAVER, assignment="round-robin")

        owners = [(await opened(client, director, queue_id=queue))["owner_id"] for _ in range(3)]

        assert owners == [str(uid(AGENT)), str(uid(RIVAL)), str(uid(AGENT))]

    async def test_show_their_tickets_to_their_members(
        self, client: httpx.AsyncClient, director: Headers, agent: Headers, rival: Headers
    ) -> None:
        queue = await a_queue(client, director, AGENT)
        made = await opened(client, director, queue_id=queue)
        path, mine = f"/tickets/{made['id']}", f"/tickets?queue_id={queue}"

        assert await ids(client, agent, mine) == [made["id"]]
        assert (await get(client, agent, path))["id"] == made["id"]
        assert await ids(client, rival, mine) == []
        hidden = await client.get(path, headers=rival)
        assert (hidden.status_code, slug(hidden)) == (404, "not-found")

    async def test_let_a_member_take_and_work(
        self, client: httpx.AsyncClient, director: Headers, agent: Headers
    ) -> None:
        queue = await a_queue(client, director, AGENT)
        made = await opened(client, director, queue_id=queue)

        taken = await post(client, agent, f"/tickets/{made['id']}/assign", owner_id=str(uid(AGENT)))
        refused = await client.post(
            f"/tickets/{made['id']}/assign", json={"owner_id": str(uid(RIVAL))}, headers=agent
        )

        assert taken["owner_id"] == str(uid(AGENT))
        assert (refused.status_code, slug(refused)) == (403, "forbidden")

    async def test_take_a_ticket_over(self, client: httpx.AsyncClient, director: Headers) -> None:
        queue = await a_queue(client, director, RIVAL, assignment="least-open")
        made = await opened(client, director)

        moved = await post(client, director, f"/tickets/{made['id']}/move", queue_id=queue)

        assert (moved["queue_id"], moved["owner_id"]) == (queue, str(uid(RIVAL)))


class TestLists:
    async def test_find_what_is_asked_for(self, client: httpx.AsyncClient, director: Headers) -> None:
        policy = await a_policy(client, director)
        category = policy["categories"][0]
        answered = {"first_responded_at": THEN, "resolved_at": THEN}
        late = await opened(client, director, category=category, occurred_at=THEN, subject="Broken lamp")
        fine = await opened(
            client, director, category=category, occurred_at=THEN, priority="low", history=answered
        )
        base = f"/tickets?category={category}"

        assert await ids(client, director, f"{base}&breached=true") == [late["id"]]
        assert await ids(client, director, f"{base}&breached=false") == [fine["id"]]
        assert await ids(client, director, f"{base}&status_category=resolved") == [fine["id"]]
        assert await ids(client, director, f"{base}&priority=low") == [fine["id"]]
        assert await ids(client, director, f"{base}&subject[contains]=LAMP") == [late["id"]]
        assert await ids(client, director, f"{base}&number={late['number']}") == [late["id"]]
        assert await ids(client, director, f"{base}&resolution_breached=true") == [late["id"]]

    async def test_find_what_one_follows(self, client: httpx.AsyncClient, director: Headers) -> None:
        made = await opened(client, director)
        mine = f"/tickets?follower_id={uid(DIRECTOR)}&id={made['id']}"

        await post(client, director, f"/tickets/{made['id']}/follow")
        assert await ids(client, director, mine) == [made["id"]]
        await post(client, director, f"/tickets/{made['id']}/unfollow")

        assert await ids(client, director, mine) == []

    async def test_cost_two_statements_at_most(
        self, client: httpx.AsyncClient, director: Headers, query_count: Any
    ) -> None:
        await opened(client, director)

        with query_count() as counted:
            await get(client, director, "/tickets?limit=1")

        asked = [one for one in counted.statements if "FROM ticket" in one]
        assert len(asked) <= 2


class TestRefusals:
    @pytest.mark.parametrize("verb", [*VERBS, "follow", "unfollow", "restore", "PATCH", "DELETE"])
    async def test_let_nobody_change_what_is_not_his(
        self,
        client: httpx.AsyncClient,
        agent: Headers,
        rival: Headers,
        database: Database,
        verb: str,
    ) -> None:
        made = await opened(client, agent)
        before, path = await footprint(database), f"/tickets/{made['id']}"

        if verb == "PATCH":
            refused = await client.patch(path, json={}, headers=rival | matching(made))
        elif verb == "DELETE":
            refused = await client.delete(path, headers=rival | matching(made))
        else:
            refused = await client.post(f"{path}/{verb}", json=BODIES.get(verb, {}), headers=rival)

        assert (refused.status_code, slug(refused)) == (404, "not-found")
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/tickets"),
            ("POST", "/tickets"),
            ("POST", "/tickets/batch"),
            ("GET", f"/tickets/{NOBODY}"),
            ("PATCH", f"/tickets/{NOBODY}"),
            ("DELETE", f"/tickets/{NOBODY}"),
            *(("POST", f"/tickets/{NOBODY}/{verb}") for verb in (*VERBS, "follow", "unfollow", "restore")),
        ],
    )
    async def test_close_the_door_to_strangers(
        self, client: httpx.AsyncClient, guest: Headers, database: Database, method: str, path: str
    ) -> None:
        before, version = await footprint(database), {"If-Match": '"1"'}
        body = {"items": [TICKET]} if path.endswith("batch") else TICKET if path == "/tickets" else {}
        body = BODIES.get(path.rpartition("/")[2], body)
        sent: dict[str, Any] = {"json": body} if method in {"POST", "PATCH"} else {}

        anonymous = await client.request(method, path, headers=version, **sent)
        unentitled = await client.request(method, path, headers=guest | version, **sent)

        assert (anonymous.status_code, slug(anonymous)) == (401, "unauthenticated")
        assert (unentitled.status_code, slug(unentitled)) == (403, "forbidden")
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("verb", "before", "problem"),
        [
            ("resume", None, "not-waiting"),
            ("reopen", None, "not-resolved"),
            ("wait", "resolve", "ticket-not-open"),
            ("escalate", "wait", "ticket-not-open"),
            ("resolve", "close", "already-resolved"),
            ("close", "close", "already-resolved"),
            ("restore", None, "not-deleted"),
        ],
    )
    async def test_name_what_stands_in_the_way(
        self,
        client: httpx.AsyncClient,
        agent: Headers,
        database: Database,
        verb: str,
        before: str | None,
        problem: str,
    ) -> None:
        made = await opened(client, agent)
        if before is not None:
            await post(client, agent, f"/tickets/{made['id']}/{before}")
        found = await footprint(database)

        refused = await client.post(f"/tickets/{made['id']}/{verb}", json={}, headers=agent)

        assert (refused.status_code, slug(refused)) == (409, problem)
        assert await footprint(database) == found

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"subject": "x"}, "/channel"),
            ({**TICKET, "subject": " "}, "/subject"),
            ({**TICKET, "priority": "urgent"}, "/priority"),
            ({**TICKET, "channel": "x" * 65}, "/channel"),
            ({**TICKET, "queue_id": "7"}, "/queue_id"),
            ({**TICKET, "colour": "red"}, "/colour"),
            ({**TICKET, "history": {"csat_score": 6}}, "/history/csat_score"),
            ({**TICKET, "history": {"status": "new"}}, "/history/status"),
            ({**TICKET, "occurred_at": 7}, "/occurred_at"),
        ],
    )
    async def test_refuse_a_malformed_payload(
        self, client: httpx.AsyncClient, agent: Headers, database: Database, body: Record, pointer: str
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/tickets", json=body, headers=agent)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert pointer in {error["pointer"] for error in refused.json()["errors"]}
        assert await footprint(database) == before

    async def test_ask_for_the_right_to_write_the_past(
        self, client: httpx.AsyncClient, agent: Headers, database: Database
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/tickets", json=TICKET | {"occurred_at": THEN}, headers=agent)

        assert (refused.status_code, slug(refused)) == (403, "forbidden")
        assert await footprint(database) == before
