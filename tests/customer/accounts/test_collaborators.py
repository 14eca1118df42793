"""Collaborators over HTTP: what they may do, what stays with the owner's scopes, and when it ends."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, matching, post

PEER = UUID(int=3)
SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat()


async def put(client: httpx.AsyncClient, headers: Headers, record: Record, **body: object) -> httpx.Response:
    path = f"/accounts/{record['id']}/collaborators/{PEER}"
    return await client.put(path, json={"access": "read", **body}, headers=headers | matching(record))


async def seen(client: httpx.AsyncClient, headers: Headers, record: Record) -> Record:
    """Return the record as soon as its new collaborator may read it: within two seconds."""
    async with asyncio.timeout(2):
        while (await client.get(f"/accounts/{record['id']}", headers=headers)).status_code != 200:
            await asyncio.sleep(0.05)
    return await get(client, headers, f"/accounts/{record['id']}")


@pytest.fixture
async def account(client: httpx.AsyncClient, rep: Headers) -> Record:
    return await post(client, rep, "/accounts", name=f"Account {uuid4()}")


class TestPut:
    async def test_opens_a_record_for_reading(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, account: Record
    ) -> None:
        assert account["id"] not in await ids(client, peer, "/accounts?limit=200")

        answer = await put(client, rep, account, expires_at=SOON)

        assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
        (shown,) = answer.json()["items"]
        assert (shown["user_id"], shown["access"]) == (str(PEER), "read")
        assert datetime.fromisoformat(shown["expires_at"]) == datetime.fromisoformat(SOON)
        assert (await seen(client, peer, account))["version"] == 2
        assert account["id"] in await ids(client, peer, "/accounts?limit=200")
        assert await get(client, peer, f"/accounts/{account['id']}/collaborators") == answer.json()

    async def test_for_reading_changes_nothing(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, account: Record
    ) -> None:
        await put(client, rep, account)
        found = await seen(client, peer, account)
        path = f"/accounts/{account['id']}"

        refused = await client.patch(path, json={"size": "big"}, headers=peer | matching(found))

        assert refused.status_code == 404
        assert await get(client, rep, path) == found

    async def test_for_writing_changes_it_and_no_more(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, account: Record
    ) -> None:
        await put(client, rep, account, access="write")
        found = await seen(client, peer, account)
        path = f"/accounts/{account['id']}"

        changed = await client.patch(path, json={"size": "big"}, headers=peer | matching(found))
        deleted = await client.delete(path, headers=peer | matching(changed.json()))
        shared = await put(client, peer, changed.json(), access="write")
        mine = {"owner_id": str(PEER)}
        taken = await client.patch(path, json=mine, headers=peer | matching(changed.json()))

        assert slug(taken) == "forbidden"
        assert (changed.status_code, changed.json()["size"]) == (200, "big")
        assert (deleted.status_code, shared.status_code) == (404, 404)
        assert await get(client, rep, path) == changed.json()

    async def test_twice_is_once(self, client: httpx.AsyncClient, rep: Headers, account: Record) -> None:
        answers = [await put(client, rep, account | {"version": n}, expires_at=SOON) for n in (1, 2)]

        assert {each.headers["etag"] for each in answers} == {'"2"'}

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"access": "own"}, 422),
            ({"access": "read", "expires_at": "tomorrow"}, 422),
            ({"access": "read", "until": SOON}, 422),
        ],
    )
    async def test_refuses_what_is_malformed(
        self, client: httpx.AsyncClient, rep: Headers, account: Record, body: Record, status: int
    ) -> None:
        assert (await put(client, rep, account, **body)).status_code == status
        assert (await get(client, rep, f"/accounts/{account['id']}"))["version"] == 1

    async def test_refuses_an_unknown_user_and_an_end_that_has_passed(
        self, client: httpx.AsyncClient, rep: Headers, account: Record, stranger: UUID
    ) -> None:
        path = f"/accounts/{account['id']}/collaborators"
        unknown = await client.put(
            f"{path}/{stranger}", json={"access": "read"}, headers=rep | matching(account)
        )
        passed = await put(client, rep, account, expires_at="2020-01-01T00:00:00Z")

        assert (unknown.status_code, slug(unknown)) == (409, "unknown-reference")
        assert (passed.status_code, slug(passed)) == (409, "share-expired")
        assert (await get(client, rep, path))["items"] == []

    async def test_is_for_who_may_share(
        self, client: httpx.AsyncClient, reader: Headers, peer: Headers, account: Record
    ) -> None:
        assert (await put(client, {}, account)).status_code == 401
        assert (await put(client, reader, account)).status_code == 403
        assert (await put(client, peer, account)).status_code == 404


class TestDelete:
    async def test_shuts_the_record_at_once(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, account: Record
    ) -> None:
        await put(client, rep, account)
        found = await seen(client, peer, account)
        path = f"/accounts/{account['id']}"

        gone = await client.delete(f"{path}/collaborators/{PEER}", headers=rep | matching(found))
        again = await client.delete(f"{path}/collaborators/{PEER}", headers=rep | {"If-Match": '"3"'})
        stale = await client.delete(f"{path}/collaborators/{PEER}", headers=rep | matching(found))

        assert [(each.status_code, each.json()["items"]) for each in (gone, again)] == [(200, [])] * 2
        assert {each.headers["etag"] for each in (gone, again)} == {'"3"'}
        assert stale.status_code == 412
        assert (await client.get(path, headers=peer)).status_code == 404
        assert account["id"] not in await ids(client, peer, "/accounts?limit=200")
