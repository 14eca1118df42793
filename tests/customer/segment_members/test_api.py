"""Members of segments over HTTP."""

from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.testing import Scratch
from libs.platform.process import Platform
from services.customer.jobs import Upkeep
from tests.api import slug
from tests.customer.calls import Headers, Record, get, post


async def a_segment(client: httpx.AsyncClient, headers: Headers) -> Record:
    return await post(client, headers, "/segments", name="Guests", kind="static")


async def a_contact(client: httpx.AsyncClient, headers: Headers) -> Record:
    return await post(client, headers, "/contacts", family_name="Li", given_name="Wei")


async def members(client: httpx.AsyncClient, headers: Headers, segment: Record) -> list[Record]:
    items: list[Record] = (await get(client, headers, f"/segments/{segment['id']}/members"))["items"]
    return items


async def put(client: httpx.AsyncClient, headers: Headers, segment: Record, *people: Record) -> Record:
    contact_ids = [each["id"] for each in people]
    return await post(client, headers, f"/segments/{segment['id']}/members", contact_ids=contact_ids)


class TestAdd:
    async def test_puts_contacts_in_and_counts_them(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        segment, contact = await a_segment(client, manager), await a_contact(client, manager)

        assert await put(client, manager, segment, contact) == {"changed": 1, "unchanged": 0}
        assert await put(client, manager, segment, contact) == {"changed": 0, "unchanged": 1}

        (member,) = await members(client, manager, segment)
        assert (member["contact_id"], member["family_name"], member["given_name"]) == (
            contact["id"],
            "Li",
            "Wei",
        )
        assert (await get(client, manager, f"/segments/{segment['id']}"))["member_count"] == 1

    async def test_refuses_contacts_and_segments_out_of_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, stranger: UUID
    ) -> None:
        mine, theirs = await a_segment(client, rep), await a_segment(client, peer)
        contact = await a_contact(client, peer)

        for contact_id in (contact["id"], str(stranger)):
            refused = await client.post(
                f"/segments/{mine['id']}/members", json={"contact_ids": [contact_id]}, headers=rep
            )
            assert (refused.status_code, slug(refused)) == (409, "unknown-reference")
        hidden = await client.post(
            f"/segments/{theirs['id']}/members", json={"contact_ids": [contact["id"]]}, headers=rep
        )

        assert (hidden.status_code, slug(hidden)) == (404, "not-found")
        assert await members(client, rep, mine) == []

    @pytest.mark.parametrize("body", [{}, {"contact_ids": []}, {"contact_ids": ["x"]}], ids=str)
    async def test_refuses_a_malformed_payload(
        self, client: httpx.AsyncClient, manager: Headers, body: object
    ) -> None:
        segment = await a_segment(client, manager)

        refused = await client.post(f"/segments/{segment['id']}/members", json=body, headers=manager)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await members(client, manager, segment) == []

    async def test_refuses_the_anonymous_and_whoever_may_not(
        self, client: httpx.AsyncClient, manager: Headers, reader: Headers
    ) -> None:
        segment, contact = await a_segment(client, manager), await a_contact(client, manager)
        path, body = f"/segments/{segment['id']}/members", {"contact_ids": [contact["id"]]}

        assert slug(await client.post(path, json=body)) == "unauthenticated"
        assert slug(await client.post(path, json=body, headers=reader)) == "forbidden"
        assert await members(client, manager, segment) == []


class TestRemove:
    async def test_takes_contacts_out(self, client: httpx.AsyncClient, manager: Headers) -> None:
        segment, contact = await a_segment(client, manager), await a_contact(client, manager)
        await put(client, manager, segment, contact)

        path = f"/segments/{segment['id']}/members/remove"
        assert (await post(client, manager, path, contact_ids=[contact["id"]]))["changed"] == 1

        assert await members(client, manager, segment) == []
        former = await get(client, manager, f"/segments/{segment['id']}/members?is_member=false")
        assert [each["reason"] for each in former["items"]] == ["removed"]

    async def test_of_one_answers_him(self, client: httpx.AsyncClient, manager: Headers) -> None:
        segment, contact = await a_segment(client, manager), await a_contact(client, manager)
        await put(client, manager, segment, contact)
        path = f"/segments/{segment['id']}/members/{contact['id']}"

        missing = await client.delete(path, headers=manager)
        stale = await client.delete(path, headers=manager | {"If-Match": '"7"'})
        assert (slug(missing), slug(stale)) == ("precondition-required", "stale-version")
        assert len(await members(client, manager, segment)) == 1

        gone = await client.delete(path, headers=manager | {"If-Match": '"1"'})
        assert (gone.json()["is_member"], gone.json()["family_name"]) == (False, "Li")
        assert (await client.delete(path, headers=manager | {"If-Match": '"2"'})).status_code == 404


class TestList:
    async def test_shows_the_contacts_in_scope_alone(
        self, client: httpx.AsyncClient, manager: Headers, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        mine, theirs = await a_contact(client, rep), await a_contact(client, peer)
        segment = await a_segment(client, manager)
        await put(client, manager, segment, mine, theirs)
        path = f"/segments/{segment['id']}"
        await client.patch(path, json={"owner_id": str(UUID(int=2))}, headers=manager | {"If-Match": '"1"'})

        assert {each["contact_id"] for each in await members(client, rep, segment)} == {mine["id"]}
        assert len(await members(client, reader, segment)) == 2
        assert (await client.get(f"{path}/members", headers=peer)).status_code == 404


class TestSnapshot:
    async def test_copies_who_is_in_now(
        self, client: httpx.AsyncClient, manager: Headers, scratched: Scratch, database: Database
    ) -> None:
        segment, contact = await a_segment(client, manager), await a_contact(client, manager)
        await put(client, manager, segment, contact)

        kept = await post(client, manager, f"/segments/{segment['id']}/snapshot", name="Today")
        upkeep = Upkeep(Platform(scratched.settings, database).transactions)
        while await upkeep.turn():
            pass

        assert (kept["kind"], kept["is_filling"]) == ("static", True)
        assert [each["reason"] for each in await members(client, manager, kept)] == ["copied"]
