"""Contacts over HTTP: personal fields, the masked phone, merge, reveal, erasure."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from tests.api import slug
from tests.customer.calls import Headers, Record, get, ids, matching, post

PHONE = "+86 138 0013 8000"


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/contacts", **{"family_name": "Li"} | fields)


def number() -> str:
    """A Chinese mobile number that no other test has."""
    return f"+86138{uuid4().int % 10**8:08}"


async def everything(database: Database, sql: str) -> str:
    """Return a whole column of text; a row's own repr would cut it short."""
    async with database.reading.connect() as connection:
        return "\n".join(filter(None, (await connection.execute(text(sql))).scalars()))


async def unchanged(client: httpx.AsyncClient, headers: Headers, record: Record) -> None:
    now = await get(client, headers, f"/contacts/{record['id']}")
    assert {name: now[name] for name in now} == {name: record[name] for name in now}


class TestCreate:
    async def test_shows_the_mask_alone(self, client: httpx.AsyncClient, manager: Headers) -> None:
        contact = await made(client, manager, given_name="伟", email="li.wei@example.com", phone=PHONE)

        read = await get(client, manager, f"/contacts/{contact['id']}")

        assert contact == read | {"possible_duplicates": contact["possible_duplicates"]}
        assert (read["given_name"], read["email"]) == ("伟", "li.wei@example.com")
        assert read["phone"] == "+86138****8000"

    async def test_keeps_the_number_as_ciphertext_everywhere(
        self, client: httpx.AsyncClient, manager: Headers, database: Database
    ) -> None:
        planted = number()
        contact = await made(
            client, manager | {"Idempotency-Key": str(uuid4())}, family_name="Plantedname", phone=planted
        )

        kept = await everything(database, "SELECT phone FROM contact")
        rows = [
            await everything(database, "SELECT convert_from(value, 'UTF8') FROM outbox"),
            await everything(database, "SELECT convert_from(body, 'UTF8') FROM idempotency"),
            await everything(database, "SELECT changes::text FROM audit"),
        ]
        assert contact["phone"] in await everything(database, "SELECT phone_mask FROM contact")
        assert ["enc.v1." in each for each in (kept, *rows)] == [True] * 4
        assert [planted in each for each in (kept, *rows)] == [False] * 4
        assert ["Plantedname" in each for each in rows] == [False] * 3

    async def test_warns_of_duplicates_in_scope(
        self, client: httpx.AsyncClient, manager: Headers, rep: Headers
    ) -> None:
        email, phone = f"{uuid4()}@example.com", number()
        known = await made(client, manager, email=email, phone=phone)

        same_email = await made(client, manager, email=email.upper())
        same_phone = await made(client, manager, phone=phone[:6] + " " + phone[6:])
        out_of_scope = await made(client, rep, email=email)

        assert same_email["possible_duplicates"] == [known["id"]]
        assert same_phone["possible_duplicates"] == [known["id"]]
        assert out_of_scope["possible_duplicates"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"family_name": " "},
            {"family_name": "a\0b"},
            {"family_name": "Li", "email": "nobody"},
            {"family_name": "Li", "phone": "call me"},
            {"family_name": "Li", "phone": 138},
            {"family_name": "Li", "account_id": 7},
            {"family_name": "Li", "subject_id": str(UUID(int=1))},
        ],
    )
    async def test_refuses_a_malformed_payload(
        self, client: httpx.AsyncClient, manager: Headers, body: Any
    ) -> None:
        refused = await client.post("/contacts", json=body, headers=manager)

        assert (refused.status_code, slug(refused)) == (422, "malformed")

    async def test_refuses_an_unknown_account(
        self, client: httpx.AsyncClient, manager: Headers, stranger: UUID
    ) -> None:
        before = (await get(client, manager, "/contacts?limit=1"))["total"]

        refused = await client.post(
            "/contacts", json={"family_name": "Li", "account_id": str(stranger)}, headers=manager
        )

        assert (refused.status_code, slug(refused)) == (409, "unknown-reference")
        assert (await get(client, manager, "/contacts?limit=1"))["total"] == before

    async def test_refuses_the_anonymous_and_whoever_may_not(
        self, client: httpx.AsyncClient, reader: Headers
    ) -> None:
        body = {"family_name": "Li"}

        assert slug(await client.post("/contacts", json=body)) == "unauthenticated"
        assert slug(await client.post("/contacts", json=body, headers=reader)) == "forbidden"


class TestBatch:
    async def test_answers_each_item_by_itself(self, client: httpx.AsyncClient, manager: Headers) -> None:
        items = [{"family_name": "Wang", "phone": number()}, {"family_name": ""}, {"family_name": "Zhao"}]

        results = (await post(client, manager, "/contacts/batch", items=items))["results"]

        assert [result["status"] for result in results] == [201, 422, 201]
        assert (await get(client, manager, f"/contacts/{results[2]['id']}"))["family_name"] == "Zhao"


class TestList:
    async def test_finds_by_email_and_by_phone(self, client: httpx.AsyncClient, manager: Headers) -> None:
        email, phone = f"{uuid4()}@example.com", number()
        contact = await made(client, manager, email=email, phone=phone)
        other = await made(client, manager, phone=number())

        plus = phone.replace("+", "%2B")
        assert await ids(client, manager, f"/contacts?email={email.upper()}") == {contact["id"]}
        assert await ids(client, manager, f"/contacts?phone={plus}") == {contact["id"]}
        assert contact["id"] in await ids(client, manager, f"/contacts?phone_last4={phone[-4:]}")
        both = await ids(client, manager, f"/contacts?phone[in]={plus},{plus}&email[null]=false")
        assert both == {contact["id"]}
        assert other["id"] not in await ids(client, manager, f"/contacts?phone={plus}")

    @pytest.mark.parametrize("query", ["phone[prefix]=138", "phone[gt]=1", "sort=phone", "phone_index=a"])
    async def test_a_sensitive_field_is_compared_by_equality_alone(
        self, client: httpx.AsyncClient, manager: Headers, query: str
    ) -> None:
        assert (await client.get(f"/contacts?{query}", headers=manager)).status_code == 400

    async def test_shows_what_is_in_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers, reader: Headers
    ) -> None:
        title = str(uuid4())
        mine = await made(client, rep, title=title)
        theirs = await made(client, peer, title=title)

        assert await ids(client, rep, f"/contacts?title={title}") == {mine["id"]}
        assert await ids(client, reader, f"/contacts?title={title}") == {mine["id"], theirs["id"]}
        assert (await client.get(f"/contacts/{theirs['id']}", headers=rep)).status_code == 404


class TestUpdate:
    async def test_changes_the_phone(self, client: httpx.AsyncClient, manager: Headers) -> None:
        contact, after = await made(client, manager, phone=number()), number()
        path = f"/contacts/{contact['id']}"

        changed = await client.patch(path, json={"phone": after}, headers=manager | matching(contact))

        assert changed.json()["phone"] == after[:-8] + "****" + after[-4:]
        assert (await post(client, manager, f"{path}/reveal"))["phone"] == after

    async def test_refuses_a_stale_version(self, client: httpx.AsyncClient, manager: Headers) -> None:
        contact = await made(client, manager)

        refused = await client.patch(
            f"/contacts/{contact['id']}", json={"title": "CTO"}, headers=manager | {"If-Match": '"9"'}
        )

        assert (refused.status_code, slug(refused)) == (412, "stale-version")
        await unchanged(client, manager, contact)

    async def test_refuses_what_is_out_of_scope(
        self, client: httpx.AsyncClient, rep: Headers, peer: Headers
    ) -> None:
        contact = await made(client, rep)

        refused = await client.patch(
            f"/contacts/{contact['id']}", json={"title": "CTO"}, headers=peer | matching(contact)
        )

        assert refused.status_code == 404
        await unchanged(client, rep, contact)


class TestDelete:
    async def test_goes_to_the_recycle_bin_and_comes_back(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        contact = await made(client, manager)
        path = f"/contacts/{contact['id']}"

        gone = await client.delete(path, headers=manager | matching(contact))
        back = await post(client, manager, f"{path}/restore")

        assert gone.json()["deleted_at"] is not None
        assert (back["deleted_at"], back["version"]) == (None, 3)


class TestMerge:
    async def test_activities_of_either_are_found_until_it_is_undone(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        one, two = [await made(client, manager) for _ in range(2)]
        call = await post(client, manager, "/activities", kind="call", subject="Ask", contact_id=one["id"])

        await post(client, manager, f"/contacts/{one['id']}/merge", into_id=two["id"])
        found = await ids(client, manager, f"/activities?contact_id={two['id']}")
        shown = await get(client, manager, f"/activities/{call['id']}")
        await post(client, manager, f"/contacts/{one['id']}/unmerge")

        assert found == {call["id"]}
        assert shown["contact_id"] == two["id"]
        assert await ids(client, manager, f"/activities?contact_id={two['id']}") == set()

    async def test_refuses_itself(self, client: httpx.AsyncClient, manager: Headers) -> None:
        contact = await made(client, manager)

        refused = await client.post(
            f"/contacts/{contact['id']}/merge", json={"into_id": contact["id"]}, headers=manager
        )

        assert (refused.status_code, slug(refused)) == (409, "merge-target-unfit")
        await unchanged(client, manager, contact)


class TestDuplicates:
    async def test_says_why(self, client: httpx.AsyncClient, manager: Headers) -> None:
        email, phone = f"{uuid4()}@example.com", number()
        one = await made(client, manager, email=email, phone=phone)
        both = await made(client, manager, email=email, phone=phone)

        found = await get(client, manager, f"/contacts/{one['id']}/duplicates")

        assert found["items"] == [{"id": both["id"], "reasons": ["email", "phone"]}]


class TestReveal:
    async def test_shows_the_number_and_leaves_an_audit_row(
        self, client: httpx.AsyncClient, manager: Headers, database: Database
    ) -> None:
        contact = await made(client, manager, phone=PHONE)

        revealed = await post(client, manager, f"/contacts/{contact['id']}/reveal")

        async with database.reading.connect() as connection:
            sql = text(
                "SELECT actor FROM audit WHERE action = 'customer.contact.revealed' AND object_id = :id"
            )
            actors = (await connection.execute(sql, contact)).scalars().all()
        assert revealed == {"phone": PHONE}
        assert actors == [f"user:{UUID(int=1)}"]

    async def test_refuses_whoever_may_not(self, client: httpx.AsyncClient, rep: Headers) -> None:
        contact = await made(client, rep, phone=PHONE)

        assert slug(await client.post(f"/contacts/{contact['id']}/reveal", headers=rep)) == "forbidden"


class TestErase:
    async def test_reads_erased_everywhere(
        self, client: httpx.AsyncClient, manager: Headers, database: Database
    ) -> None:
        keyed = manager | {"Idempotency-Key": str(uuid4())}
        contact = await made(client, keyed, given_name="Wei", email=f"{uuid4()}@example.com", phone=number())

        erased = await post(client, manager, f"/contacts/{contact['id']}/erase")

        read = await get(client, manager, f"/contacts/{contact['id']}")
        assert {read[name] for name in ("family_name", "given_name", "email", "phone")} == {"[erased]"}
        assert read["erased_at"] is not None
        assert erased == read
        assert await ids(client, manager, f"/contacts?email={contact['email']}") == set()
        async with database.reading.connect() as connection:
            kept = await connection.execute(
                text(
                    "SELECT wrapped FROM subject_key k JOIN contact c ON c.subject_id = k.id WHERE c.id = :id"
                ),
                contact,
            )
            assert kept.scalars().all() == [None]
        again = await post(client, keyed, "/contacts", family_name="Li", given_name="Wei")
        assert again["id"] != contact["id"]

    async def test_takes_those_who_were_merged_with_him_and_no_one_unmerged(
        self, client: httpx.AsyncClient, manager: Headers
    ) -> None:
        one, merged, unmerged = [await made(client, manager) for _ in range(3)]
        for each in (merged, unmerged):
            await post(client, manager, f"/contacts/{each['id']}/merge", into_id=one["id"])
        await post(client, manager, f"/contacts/{unmerged['id']}/unmerge")

        await post(client, manager, f"/contacts/{one['id']}/erase")

        names = [
            (await get(client, manager, f"/contacts/{each['id']}"))["family_name"]
            for each in (one, merged, unmerged)
        ]
        assert names == ["[erased]", "[erased]", "Li"]

    async def test_refuses_changes_afterwards(self, client: httpx.AsyncClient, manager: Headers) -> None:
        contact = await made(client, manager)
        path = f"/contacts/{contact['id']}"
        erased = await post(client, manager, f"{path}/erase")

        for body in ({"family_name": "Li"}, {"phone": PHONE}):
            refused = await client.patch(path, json=body, headers=manager | matching(erased))
            assert (refused.status_code, slug(refused)) == (409, "erased")

    async def test_twice_is_once(self, client: httpx.AsyncClient, manager: Headers) -> None:
        contact = await made(client, manager)
        path = f"/contacts/{contact['id']}/erase"

        first, again = [await post(client, manager, path) for _ in range(2)]

        assert first == again

    async def test_refuses_whoever_may_not(self, client: httpx.AsyncClient, rep: Headers) -> None:
        contact = await made(client, rep)

        refused = await client.post(f"/contacts/{contact['id']}/erase", headers=rep)

        assert slug(refused) == "forbidden"
        await unchanged(client, rep, contact)
