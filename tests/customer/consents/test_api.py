"""Consents over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, post

PLACE = {"purpose": "marketing", "channel": "email"}
EVIDENCE = {"wording_version": "2026-01", "source": "web form", "proof": "He ticked the box."}


async def a_contact(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/contacts", **{"family_name": "Li"} | fields)


async def given(client: httpx.AsyncClient, headers: Headers, contact: Record, **fields: Any) -> Record:
    body = {"contact_id": contact["id"]} | PLACE | EVIDENCE | fields
    return await post(client, headers, "/consents", **body)


async def history(client: httpx.AsyncClient, headers: Headers, contact: Record) -> list[Record]:
    items: list[Record] = (await get(client, headers, f"/contacts/{contact['id']}/consents"))["items"]
    return items


class TestGive:
    async def test_answers_the_consent_with_its_version(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        contact = await a_contact(client, manager)

        consent = await given(client, manager, contact)

        assert await get(client, manager, f"/consents/{consent['id']}") == consent
        assert (consent["status"], consent["proof"], consent["version"]) == ("given", EVIDENCE["proof"], 1)

    async def test_again_without_a_proof_keeps_the_first_one_in_the_ledger(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        contact = await a_contact(client, manager)
        await given(client, manager, contact)

        again = await given(client, manager, contact, proof=None)

        assert (again["proof"], again["version"]) == (None, 2)
        assert [each["proof"] for each in await history(client, manager, contact)] == [
            None,
            EVIDENCE["proof"],
        ]

    @pytest.mark.parametrize(
        "body",
        [
            {"purpose": "marketing"},
            {"purpose": "Mar keting"} | EVIDENCE | {"channel": "email"},
            PLACE | EVIDENCE | {"proof": "a\0b"},
            PLACE | EVIDENCE | {"status": "given"},
        ],
        ids=["missing", "no-word", "nul", "unknown"],
    )
    async def test_refuses_a_malformed_payload(
        self, client: httpx.AsyncClient, manager: Headers, body: Any
    ) -> None:
        contact = await a_contact(client, manager)

        refused = await client.post("/consents", json={"contact_id": contact["id"]} | body, headers=manager)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await history(client, manager, contact) == []

    async def test_refuses_the_anonymous_and_whoever_may_not(
        self, client: httpx.AsyncClient, manager: Headers, reader: Headers
    ) -> None:
        contact = await a_contact(client, manager)
        body = {"contact_id": contact["id"]} | PLACE | EVIDENCE

        assert slug(await client.post("/consents", json=body)) == "unauthenticated"
        assert slug(await client.post("/consents", json=body, headers=reader)) == "forbidden"
        assert await history(client, manager, contact) == []

    async def test_refuses_contacts_out_of_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, stranger: UUID
    ) -> None:
        contact = await a_contact(client, peer)

        for contact_id in (contact["id"], str(stranger)):
            body = {"contact_id": contact_id} | PLACE | EVIDENCE
            refused = await client.post("/consents", json=body, headers=rep)
            assert (refused.status_code, slug(refused)) == (409, "unknown-reference")

        assert await history(client, peer, contact) == []

    async def test_refuses_what_came_before_the_last_word(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        contact = await a_contact(client, manager)
        await given(client, manager, contact)
        late = {"contact_id": contact["id"], "occurred_at": "2020-01-01T00:00:00Z"} | PLACE | EVIDENCE

        refused = await client.post("/consents", json=late, headers=manager)

        assert (refused.status_code, slug(refused)) == (409, "consent-out-of-order")
        assert len(await history(client, manager, contact)) == 1


class TestBatch:
    async def test_answers_each_item_by_itself(
        self, client: httpx.AsyncClient, manager: Headers, stranger: UUID
    ) -> None:
        contact = await a_contact(client, manager)
        items = [{"contact_id": each} | PLACE | EVIDENCE for each in (contact["id"], str(stranger))]

        results = (await post(client, manager, "/consents/batch", items=items))["results"]

        assert [result["status"] for result in results] == [201, 409]


class TestWithdraw:
    async def test_stands_in_the_history_beside_what_was_given(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        contact = await a_contact(client, manager)
        await given(client, manager, contact)

        body = {"contact_id": contact["id"], "reason": "Too many mails"} | PLACE
        withdrawn = await post(client, manager, "/consents/withdraw", **body)
        again = await post(client, manager, "/consents/withdraw", **body)

        assert (withdrawn["status"], withdrawn["wording_version"]) == ("withdrawn", "2026-01")
        assert again == withdrawn
        lines = await history(client, manager, contact)
        assert [(each["kind"], each["proof"], each["reason"]) for each in lines] == [
            ("withdrawn", None, "Too many mails"),
            ("given", EVIDENCE["proof"], None),
        ]
        assert {each["actor"] for each in lines} == {f"user:{UUID(int=1)}"}

    async def test_needs_its_own_permission(
        self, client: httpx.AsyncClient, manager: Headers, reader: Headers
    ) -> None:
        contact = await a_contact(client, manager)
        consent = await given(client, manager, contact)

        refused = await client.post(
            "/consents/withdraw", json={"contact_id": contact["id"]} | PLACE, headers=reader
        )

        assert slug(refused) == "forbidden"
        assert await get(client, manager, f"/consents/{consent['id']}") == consent


class TestList:
    async def test_shows_the_consents_of_contacts_in_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        mine = await given(client, rep, await a_contact(client, rep), purpose="scoped")
        theirs = await given(client, peer, await a_contact(client, peer), purpose="scoped")

        assert await ids(client, rep, "/consents?purpose=scoped") == {mine["id"]}
        assert await ids(client, reader, "/consents?purpose=scoped") == {mine["id"], theirs["id"]}
        assert (await client.get(f"/consents/{theirs['id']}", headers=rep)).status_code == 404
        path = f"/contacts/{theirs['contact_id']}/consents"
        assert (await client.get(path, headers=rep)).status_code == 404

    async def test_finds_whoever_was_merged_with_the_contact(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        one, two = await a_contact(client, manager), await a_contact(client, manager)
        consent = await given(client, manager, one)

        await post(client, manager, f"/contacts/{one['id']}/merge", into_id=two["id"])

        assert await ids(client, manager, f"/consents?contact_id={two['id']}") == {consent["id"]}
        assert len(await history(client, manager, two)) == 1
