"""Activities over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, matching, post


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(
        client, headers, "/activities", **{"kind": "task", "subject": "Send the offer"} | fields
    )


async def unchanged(client: httpx.AsyncClient, headers: Headers, record: Record) -> None:
    assert await get(client, headers, f"/activities/{record['id']}") == record


class TestCreate:
    async def test_answers_the_activity_with_its_version(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        contact = await post(client, manager, "/contacts", family_name="Li")

        activity = await made(
            client,
            manager,
            body="He asked\nfor a price.",
            contact_id=contact["id"],
            due_at="2026-04-01T09:00:00+08:00",
        )

        assert await get(client, manager, f"/activities/{activity['id']}") == activity
        assert (activity["contact_id"], activity["due_at"]) == (contact["id"], "2026-04-01T01:00:00Z")

    async def test_logs_what_was_done(self, client: httpx.AsyncClient, manager: Headers) -> None:
        activity = await made(
            client, manager, kind="call", done_at="2026-03-01T09:00:00Z", outcome="Wants a quote"
        )

        assert (activity["done_at"], activity["outcome"]) == ("2026-03-01T09:00:00Z", "Wants a quote")

    @pytest.mark.parametrize(
        "body",
        [
            {"kind": "task"},
            {"subject": "A"},
            {"kind": "party", "subject": "A"},
            {"kind": "task", "subject": "A", "due_at": "tomorrow"},
            {"kind": "task", "subject": "A", "due_at": 5},
            {"kind": "task", "subject": "A", "contact_id": "x"},
            {"kind": "task", "subject": "A", "body": "a\0b"},
        ],
    )
    async def test_refuses_a_malformed_payload(
        self, client: httpx.AsyncClient, manager: Headers, body: Any
    ) -> None:
        refused = await client.post("/activities", json=body, headers=manager)

        assert (refused.status_code, slug(refused)) == (422, "malformed")

    async def test_refuses_unknown_links(
        self, client: httpx.AsyncClient, manager: Headers, stranger: UUID
    ) -> None:
        before = (await get(client, manager, "/activities?limit=1"))["total"]

        for field in ("account_id", "contact_id", "owner_id"):
            body = {"kind": "task", "subject": "A", field: str(stranger)}
            refused = await client.post("/activities", json=body, headers=manager)
            assert (refused.status_code, slug(refused)) == (409, "unknown-reference")

        assert (await get(client, manager, "/activities?limit=1"))["total"] == before

    async def test_refuses_links_out_of_scope_like_unknown_ones(
        self, client: httpx.AsyncClient, manager: Headers, rep: Headers, stranger: UUID
    ) -> None:
        account = (await client.post("/accounts", json={"name": "Out of reach"}, headers=manager)).json()
        contact = (await client.post("/contacts", json={"family_name": "Li"}, headers=manager)).json()
        mine = (await client.post("/activities", json={"kind": "task", "subject": "A"}, headers=rep)).json()

        for field, there in (("account_id", account["id"]), ("contact_id", contact["id"])):
            answers = []
            for id in (there, str(stranger)):
                body = {"kind": "task", "subject": "A", field: id}
                made = await client.post("/activities", json=body, headers=rep)
                changed = await client.patch(
                    f"/activities/{mine['id']}", json={field: id}, headers=rep | {"If-Match": '"1"'}
                )
                answers.append([each.text.replace(id, "…") for each in (made, changed)])
                assert {slug(made), slug(changed)} == {"unknown-reference"}
            assert answers[0] == answers[1]

    async def test_refuses_the_anonymous_and_whoever_may_not(
        self, client: httpx.AsyncClient, reader: Headers
    ) -> None:
        body = {"kind": "task", "subject": "A"}

        assert slug(await client.post("/activities", json=body)) == "unauthenticated"
        assert slug(await client.post("/activities", json=body, headers=reader)) == "forbidden"


class TestBatch:
    async def test_answers_each_item_by_itself(self, client: httpx.AsyncClient, manager: Headers) -> None:
        items = [{"kind": "note", "subject": "One"}, {"kind": "x", "subject": "Two"}]

        results = (await post(client, manager, "/activities/batch", items=items))["results"]

        assert [result["status"] for result in results] == [201, 422]


class TestList:
    async def test_shows_what_is_in_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        mark = str(uuid4())
        mine, theirs = await made(client, rep, subject=mark), await made(client, peer, subject=mark)

        assert await ids(client, rep, f"/activities?subject={mark}") == {mine["id"]}
        assert await ids(client, reader, f"/activities?subject={mark}") == {mine["id"], theirs["id"]}
        assert (await client.get(f"/activities/{theirs['id']}", headers=rep)).status_code == 404

    async def test_sorts_what_is_due_first_and_undated_last(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        mark = str(uuid4())
        undated = await made(client, manager, subject=mark)
        late = await made(client, manager, subject=mark, due_at="2026-05-01T00:00:00Z")
        soon = await made(client, manager, subject=mark, due_at="2026-04-01T00:00:00Z")

        page = await get(client, manager, f"/activities?subject={mark}&sort=due_at")

        assert [item["id"] for item in page["items"]] == [soon["id"], late["id"], undated["id"]]


class TestUpdate:
    async def test_changes_what_was_sent(self, client: httpx.AsyncClient, manager: Headers) -> None:
        activity = await made(client, manager, body="Old")

        response = await client.patch(
            f"/activities/{activity['id']}",
            json={"kind": "visit", "body": None},
            headers=manager | matching(activity),
        )

        changed = response.json()
        assert (changed["kind"], changed["body"], changed["subject"]) == ("visit", None, "Send the offer")

    async def test_refuses_without_the_current_version(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        activity = await made(client, manager)
        path = f"/activities/{activity['id']}"

        missing = await client.patch(path, json={"subject": "B"}, headers=manager)
        stale = await client.patch(path, json={"subject": "B"}, headers=manager | {"If-Match": '"2"'})

        assert (slug(missing), slug(stale)) == ("precondition-required", "stale-version")
        await unchanged(client, manager, activity)

    async def test_refuses_what_is_out_of_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers
    ) -> None:
        activity = await made(client, rep)

        refused = await client.patch(
            f"/activities/{activity['id']}", json={"subject": "B"}, headers=peer | matching(activity)
        )

        assert refused.status_code == 404
        await unchanged(client, rep, activity)


class TestComplete:
    async def test_is_done_once_and_can_be_reopened(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        path = f"/activities/{(await made(client, manager))['id']}"

        done = await post(client, manager, f"{path}/complete", outcome="Sent")
        again = await client.post(f"{path}/complete", json={}, headers=manager)
        reopened = await post(client, manager, f"{path}/reopen")
        twice = await client.post(f"{path}/reopen", json={}, headers=manager)

        assert (done["outcome"], done["done_at"] is None) == ("Sent", False)
        assert (slug(again), slug(twice)) == ("already-done", "not-done")
        assert (reopened["done_at"], reopened["version"]) == (None, 3)


class TestDelete:
    async def test_goes_to_the_recycle_bin_and_comes_back(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        activity = await made(client, manager)
        path = f"/activities/{activity['id']}"

        gone = await client.delete(path, headers=manager | matching(activity))
        back = await post(client, manager, f"{path}/restore")

        assert gone.json()["deleted_at"] is not None
        assert back["deleted_at"] is None
