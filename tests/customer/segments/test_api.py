"""Segments over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from libs.common.db import Database
from libs.common.testing import Scratch
from libs.common.transaction import Transactions
from libs.platform.process import Platform
from services.customer.jobs import Upkeep
from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, matching, post
from tests.factories.segments import CHINESE


@pytest.fixture
def transactions(scratched: Scratch, database: Database) -> Transactions:
    return Platform(scratched.settings, database).transactions


async def kept_up(transactions: Transactions) -> None:
    """Let the worker do what waits."""
    upkeep = Upkeep(transactions)
    while await upkeep.turn():
        pass


def speaking(language: str) -> dict[str, Any]:
    return CHINESE | {"value": language}


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    body = {"name": "Speaks Chinese", "kind": "dynamic", "filter": CHINESE} | fields
    return await post(client, headers, "/segments", **body)


async def a_contact(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/contacts", **{"family_name": "Li"} | fields)


async def members(client: httpx.AsyncClient, headers: Headers, segment: Record) -> set[str]:
    page = await get(client, headers, f"/segments/{segment['id']}/members")
    return {item["contact_id"] for item in page["items"]}


class TestCreate:
    async def test_answers_the_segment_and_finds_its_members(
        self, client: httpx.AsyncClient, manager: Headers, transactions: Transactions
    ) -> None:
        mark = str(uuid4())
        contact = await a_contact(client, manager, language=mark)

        segment = await made(client, manager, filter=speaking(mark))
        assert await get(client, manager, f"/segments/{segment['id']}") == segment
        assert (segment["member_count"], segment["is_filling"]) == (0, True)

        await kept_up(transactions)
        shown = await get(client, manager, f"/segments/{segment['id']}")
        assert (shown["member_count"], shown["is_filling"]) == (1, False)
        assert await members(client, manager, segment) == {contact["id"]}

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"name": "A", "kind": "dynamic"}, ""),
            ({"name": "A", "kind": "static", "filter": CHINESE}, ""),
            ({"name": "A", "kind": "other"}, "/kind"),
            ({"name": "A", "kind": "dynamic", "filter": []}, "/filter"),
            ({"name": "A", "kind": "dynamic", "filter": {"and": [CHINESE, {"or": []}]}}, "/filter/and/1/or"),
            ({"name": "A", "kind": "dynamic", "filter": CHINESE | {"op": "like"}}, "/filter/op"),
        ],
        ids=["no-filter", "static-filter", "kind", "list", "empty", "operator"],
    )
    async def test_points_at_what_is_malformed(
        self, client: httpx.AsyncClient, manager: Headers, body: Any, pointer: str
    ) -> None:
        before = (await get(client, manager, "/segments?limit=1"))["total"]

        refused = await client.post("/segments", json=body, headers=manager)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]
        assert (await get(client, manager, "/segments?limit=1"))["total"] == before

    async def test_refuses_the_anonymous_and_whoever_may_not(
        self, client: httpx.AsyncClient, reader: Headers
    ) -> None:
        body = {"name": "A", "kind": "static"}

        assert slug(await client.post("/segments", json=body)) == "unauthenticated"
        assert slug(await client.post("/segments", json=body, headers=reader)) == "forbidden"

    async def test_is_made_once_per_external_id(self, client: httpx.AsyncClient, manager: Headers) -> None:
        external = {"system": "erp", "id": str(uuid4())}
        await made(client, manager, external_id=external)

        body = {"name": "A", "kind": "static", "external_id": external}
        refused = await client.post("/segments", json=body, headers=manager)

        assert (refused.status_code, slug(refused)) == (409, "external-id-taken")


class TestBatch:
    async def test_answers_each_item_by_itself(self, client: httpx.AsyncClient, manager: Headers) -> None:
        items = [{"name": "A", "kind": "static"}, {"name": "B", "kind": "dynamic", "filter": {"not": {}}}]

        results = (await post(client, manager, "/segments/batch", items=items))["results"]

        assert [result["status"] for result in results] == [201, 422]
        assert results[1]["problem"]["errors"][0]["pointer"] == "/filter/not/field"


class TestUpdate:
    async def test_changes_what_was_sent(
        self, client: httpx.AsyncClient, manager: Headers, transactions: Transactions
    ) -> None:
        one, two = str(uuid4()), str(uuid4())
        first, second = [await a_contact(client, manager, language=each) for each in (one, two)]
        segment = await made(client, manager, filter=speaking(one))
        await kept_up(transactions)
        assert await members(client, manager, segment) == {first["id"]}

        path = f"/segments/{segment['id']}"
        changed = await client.patch(
            path, json={"filter": speaking(two)}, headers=manager | matching(segment)
        )
        await kept_up(transactions)

        assert (changed.json()["name"], changed.json()["is_filling"]) == (segment["name"], True)
        assert await members(client, manager, segment) == {second["id"]}

    async def test_refuses_without_the_current_version_and_out_of_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers
    ) -> None:
        segment = await made(client, rep)
        path, body = f"/segments/{segment['id']}", {"name": "B"}

        missing = await client.patch(path, json=body, headers=rep)
        stale = await client.patch(path, json=body, headers=rep | {"If-Match": '"2"'})
        hidden = await client.patch(path, json=body, headers=peer | matching(segment))

        assert (slug(missing), slug(stale)) == ("precondition-required", "stale-version")
        assert (hidden.status_code, slug(hidden)) == (404, "not-found")
        assert await get(client, rep, path) == segment

    async def test_refuses_a_rule_that_is_null_or_bad(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        segment = await made(client, manager)
        path, headers = f"/segments/{segment['id']}", manager | matching(segment)

        for rule in (None, {"field": "contact.family_name", "op": "eq", "value": "Li"}):
            refused = await client.patch(path, json={"filter": rule}, headers=headers)
            assert (refused.status_code, slug(refused)) == (422, "malformed")

        assert await get(client, manager, path) == segment


class TestDelete:
    async def test_goes_to_the_recycle_bin_and_comes_back(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        segment = await made(client, manager)
        path = f"/segments/{segment['id']}"

        gone = await client.delete(path, headers=manager | matching(segment))
        back = await post(client, manager, f"{path}/restore")
        twice = await client.post(f"{path}/restore", headers=manager)

        assert gone.json()["deleted_at"] is not None
        assert (back["deleted_at"], slug(twice)) == (None, "not-deleted")


class TestList:
    async def test_shows_what_is_in_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        mark = str(uuid4())
        mine, theirs = await made(client, rep, name=mark), await made(client, peer, name=mark)

        assert await ids(client, rep, f"/segments?name={mark}") == {mine["id"]}
        assert await ids(client, reader, f"/segments?name={mark}") == {mine["id"], theirs["id"]}
        assert (await client.get(f"/segments/{theirs['id']}", headers=rep)).status_code == 404


class TestFields:
    async def test_says_what_a_rule_may_ask(self, client: httpx.AsyncClient, reader: Headers) -> None:
        fields = {each["name"]: each for each in (await get(client, reader, "/segments/fields"))["items"]}

        assert "within_days" in fields["activity.last_done_at"]["operators"]
        assert fields["consent.status"]["needs"] == ["purpose", "channel"]


class TestPreview:
    async def test_counts_and_shows_whom_the_caller_may_see(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        mark = str(uuid4())
        mine = await a_contact(client, rep, language=mark)
        theirs = await a_contact(client, peer, language=mark)

        seen = await post(client, rep, "/segments/preview", filter=speaking(mark))
        all_seen = await post(client, reader, "/segments/preview", filter=speaking(mark))

        assert (seen["count"], seen["capped"]) == (1, False)
        assert [each["id"] for each in seen["sample"]] == [mine["id"]]
        assert {each["id"] for each in all_seen["sample"]} == {mine["id"], theirs["id"]}

    async def test_points_at_what_is_malformed(self, client: httpx.AsyncClient, rep: Headers) -> None:
        refused = await client.post("/segments/preview", json={"filter": {"or": [5]}}, headers=rep)

        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/filter/or/0")


class TestExplain:
    async def test_says_of_each_node_whether_it_holds(
        self, client: httpx.AsyncClient, manager: Headers, transactions: Transactions
    ) -> None:
        mark = str(uuid4())
        contact = await a_contact(client, manager, language=mark)
        rule = {"and": [speaking(mark), {"not": {"field": "contact.email", "op": "is_set", "value": True}}]}
        segment = await made(client, manager, filter=rule)
        await kept_up(transactions)

        explained = await get(
            client, manager, f"/segments/{segment['id']}/explain?contact_id={contact['id']}"
        )

        assert (explained["is_member"], explained["reason"]) == (True, "matched")
        assert [(each["pointer"], each["op"], each["holds"]) for each in explained["nodes"]] == [
            ("/filter", "and", True),
            ("/filter/and/0", "eq", True),
            ("/filter/and/1", "not", True),
            ("/filter/and/1/not", "is_set", False),
        ]

    async def test_says_nothing_of_contacts_out_of_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, stranger: UUID
    ) -> None:
        segment, contact = await made(client, rep), await a_contact(client, peer)

        for contact_id in (contact["id"], str(stranger)):
            refused = await client.get(
                f"/segments/{segment['id']}/explain?contact_id={contact_id}", headers=rep
            )
            assert (refused.status_code, slug(refused)) == (404, "not-found")
