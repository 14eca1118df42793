"""Accounts that are one and the same: what looks alike, merging, and undoing it."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, post


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    """An account with a name of its own, so that tests do not see each other's."""
    return await post(client, headers, "/accounts", **{"name": f"Account {uuid4()}"} | fields)


async def unchanged(client: httpx.AsyncClient, headers: Headers, record: Record) -> None:
    now = await get(client, headers, f"/accounts/{record['id']}")
    assert {name: now[name] for name in now} == {name: record[name] for name in now}


class TestMerge:
    async def test_links_to_either_are_found_and_shown_at_the_other(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        one, two, three = [await made(client, manager) for _ in range(3)]
        contact = await post(client, manager, "/contacts", family_name="Li", account_id=one["id"])
        activity = await post(
            client, manager, "/activities", kind="call", subject="Ask", account_id=two["id"]
        )

        await post(client, manager, f"/accounts/{one['id']}/merge", into_id=two["id"])
        await post(client, manager, f"/accounts/{two['id']}/merge", into_id=three["id"])

        for account in (one, two, three):
            assert await ids(client, manager, f"/contacts?account_id={account['id']}") == {contact["id"]}
            assert await ids(client, manager, f"/activities?account_id={account['id']}") == {activity["id"]}
        shown = await get(client, manager, f"/contacts/{contact['id']}")
        assert (shown["account_id"], shown["version"]) == (three["id"], contact["version"])

    async def test_undo_brings_everything_back(self, client: httpx.AsyncClient, manager: Headers) -> None:
        mark = str(uuid4())
        one, two = [await made(client, manager, source=mark) for _ in range(2)]
        contact = await post(client, manager, "/contacts", family_name="Li", account_id=one["id"])
        await post(client, manager, f"/accounts/{one['id']}/merge", into_id=two["id"])
        assert await ids(client, manager, f"/accounts?source={mark}") == {two["id"]}

        undone = await post(client, manager, f"/accounts/{one['id']}/unmerge")

        assert undone["merged_into_id"] is None
        assert await ids(client, manager, f"/accounts?source={mark}") == {one["id"], two["id"]}
        assert await ids(client, manager, f"/contacts?account_id={two['id']}") == set()
        assert (await get(client, manager, f"/contacts/{contact['id']}"))["account_id"] == one["id"]

    async def test_refuses_what_makes_no_sense(
        self, client: httpx.AsyncClient, manager: Headers, stranger: UUID
    ) -> None:
        one, two = [await made(client, manager) for _ in range(2)]
        path = f"/accounts/{one['id']}"

        itself = await client.post(f"{path}/merge", json={"into_id": one["id"]}, headers=manager)
        nobody = await client.post(f"{path}/merge", json={"into_id": str(stranger)}, headers=manager)
        unmerged = await client.post(f"{path}/unmerge", json={}, headers=manager)

        assert [slug(each) for each in (itself, nobody, unmerged)] == [
            "merge-target-unfit",
            "not-found",
            "not-merged",
        ]
        await unchanged(client, manager, one)
        await unchanged(client, manager, two)

    async def test_refuses_in_chinese(self, client: httpx.AsyncClient, manager: Headers) -> None:
        account = await made(client, manager)

        refused = await client.post(
            f"/accounts/{account['id']}/unmerge", headers=manager | {"Accept-Language": "zh"}
        )

        assert refused.json()["title"] == "该记录未被合并"

    async def test_refuses_whoever_may_not(self, client: httpx.AsyncClient, rep: Headers) -> None:
        one, two = [await made(client, rep) for _ in range(2)]

        refused = await client.post(f"/accounts/{one['id']}/merge", json={"into_id": two["id"]}, headers=rep)

        assert (refused.status_code, slug(refused)) == (403, "forbidden")


class TestDuplicates:
    async def test_says_why(self, client: httpx.AsyncClient, manager: Headers) -> None:
        mark = str(uuid4())
        one = await made(client, manager, name=f"{mark} Inc", phone="+8613911112222")
        both = await made(client, manager, name=f"{mark} Ltd", phone="+86 139 1111 2222")
        named = await made(client, manager, name=mark)

        found = await get(client, manager, f"/accounts/{one['id']}/duplicates")

        assert found["items"] == [
            {"id": both["id"], "reasons": ["name", "phone"]},
            {"id": named["id"], "reasons": ["name"]},
        ]

    async def test_refuses_what_is_out_of_scope(
        self, client: httpx.AsyncClient, manager: Headers, rep: Headers
    ) -> None:
        account = await made(client, manager)

        refused = await client.get(f"/accounts/{account['id']}/duplicates", headers=rep)

        assert refused.status_code == 404
