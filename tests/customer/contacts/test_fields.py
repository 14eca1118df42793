"""Contacts as somebody gets them whose role gives less of some fields: hidden, masked, only to be read."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from tests.api import slug
from tests.customer.calls import Headers, Record, get, matching, post

PHONE = "+86 138 0013 8000"
SECRETS = ("li.wei@", "Schatzmeister", "\u4f1f")


async def made(client: httpx.AsyncClient, manager: Headers, **more: Any) -> Record:
    facts = {
        "given_name": "\u4f1f",
        "email": f"li.wei@{uuid4()}.com",
        "title": "Schatzmeister",
        "language": "zh",
    }
    return await post(client, manager, "/contacts", **{"family_name": "Li", "phone": PHONE} | facts | more)


def shows(text: str) -> list[str]:
    return [each for each in SECRETS if each in text]


class TestReading:
    async def test_leaves_out_what_is_hidden_and_masks_the_rest(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers
    ) -> None:
        whole = await made(client, manager)
        path = f"/contacts/{whole['id']}"

        alone = await client.get(path, headers=clerk)
        listed = await client.get(f"/contacts?id={whole['id']}", headers=clerk)

        seen = alone.json()
        assert whole.keys() - seen.keys() == {"given_name", "title", "possible_duplicates"}
        assert seen["email"] == f"l***@{whole['email'].split('@')[1]}"
        assert (seen["phone"], seen["language"], seen["family_name"]) == ("+86138****8000", "zh", "Li")
        assert listed.json()["items"] == [seen]
        assert alone.headers["etag"] == '"1"'
        assert shows(alone.text + listed.text) == []

    @pytest.mark.parametrize(
        "query",
        [
            *("email=li.wei@example.com", "email[in]=a@b.c,d@e.f", "email[null]=true"),
            *("title=x", "title[contains]=x", "title[prefix]=x", "title[null]=false"),
            *("name=Li", "given_name=x", "sort=email", "sort=family_name,-given_name", "fields=id,title"),
        ],
    )
    async def test_refuses_to_ask_about_it(
        self, client: httpx.AsyncClient, clerk: Headers, query: str
    ) -> None:
        refused = await client.get(f"/contacts?{query}", headers=clerk)

        assert (refused.status_code, slug(refused)) == (403, "field-unreadable")
        assert refused.json()["detail"].startswith("contact.")
        assert refused.json()["errors"][0]["parameter"] == query.partition("=")[0]

    @pytest.mark.parametrize(
        "query",
        [
            "phone=%2B8613800138000",
            "phone_last4=8000",
            "language=zh",
            "fields=email,phone",
            "sort=family_name",
        ],
    )
    async def test_answers_what_he_may_ask(
        self, client: httpx.AsyncClient, clerk: Headers, query: str
    ) -> None:
        assert (await client.get(f"/contacts?{query}", headers=clerk)).status_code == 200

    async def test_compares_nothing_that_he_may_not_see(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers
    ) -> None:
        contact = await made(client, manager)

        refused = await client.get(f"/contacts/{contact['id']}/duplicates", headers=clerk)

        assert (refused.status_code, slug(refused)) == (403, "field-unreadable")


class TestWriting:
    @pytest.mark.parametrize(
        ("field", "value"),
        [("email", "a@b.com"), ("title", None), ("language", "en"), ("given_name", "x")],
    )
    async def test_refuses_a_field_and_changes_nothing(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers, field: str, value: str | None
    ) -> None:
        contact = await made(client, manager)
        path, body = f"/contacts/{contact['id']}", {"family_name": "Wang", field: value}

        patched = await client.patch(path, json=body, headers=clerk | matching(contact))
        posted = await client.post("/contacts", json=body, headers=clerk)
        batch = await client.post(
            "/contacts/batch", json={"items": [{"family_name": "A"}, body]}, headers=clerk
        )

        for refused in (patched, posted, batch):
            assert (refused.status_code, slug(refused)) == (403, "field-unwritable")
            assert refused.json()["detail"] == f"contact.{field}"
        assert batch.json()["errors"][0]["pointer"] == f"/items/1/{field}"
        assert (await get(client, manager, path))["version"] == 1

    async def test_shows_no_more_in_the_answers(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers
    ) -> None:
        contact = await made(client, manager)
        path = f"/contacts/{contact['id']}"

        changed = await client.patch(path, json={"family_name": "Wu"}, headers=clerk | matching(contact))
        stale = await client.patch(path, json={"family_name": "Xu"}, headers=clerk | matching(contact))

        assert (changed.status_code, changed.json()["family_name"], stale.status_code) == (200, "Wu", 412)
        assert "title" not in changed.json()
        assert shows(changed.text + stale.text) == []


class TestReveal:
    async def test_shows_one_masked_field_for_each_row_of_the_trail(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers, database: Database
    ) -> None:
        contact = await made(client, manager)
        path = f"/contacts/{contact['id']}/reveal"

        shown = [await post(client, clerk, path), await post(client, clerk, f"{path}?field=email")]

        sql = text("SELECT changes FROM audit WHERE action = 'customer.contact.revealed' AND object_id = :id")
        async with database.reading.connect() as connection:
            trail = (await connection.execute(sql.bindparams(id=contact["id"]))).scalars().all()
        assert shown == [{"phone": PHONE}, {"email": contact["email"]}]
        assert trail == [{"field": "phone"}, {"field": "email"}]

    @pytest.mark.parametrize(
        ("field", "reason"),
        [("title", "field-unreadable"), ("account_id", "bad-parameter"), ("wings", "bad-parameter")],
    )
    async def test_shows_nothing_that_is_hidden_or_has_no_mask(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers, field: str, reason: str
    ) -> None:
        contact = await made(client, manager)

        refused = await client.post(f"/contacts/{contact['id']}/reveal?field={field}", headers=clerk)

        assert slug(refused) == reason


class TestTrail:
    async def test_shows_what_changed_without_what_is_hidden(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers
    ) -> None:
        account = await post(client, manager, "/accounts", name="Acme", level="Geheim")

        seen = await client.get(f"/audit/customer?object_id={account['id']}", headers=clerk)

        assert UUID(seen.json()["items"][0]["object_id"]) == UUID(account["id"])
        assert "Acme" in seen.text
        assert "Geheim" not in seen.text
