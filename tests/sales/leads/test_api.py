"""Leads over HTTP: personal fields, the masked phone, conversion, erasure."""

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import slug
from tests.factories.directory import uid
from tests.sales.calls import Headers, Record, a_pipeline, footprint, get, known, matching, post
from tests.sales.conftest import RIVAL, SELLER

# Fixed, because every test worker must give a test the same name.
NOBODY = UUID(int=404)
NUMBER = "+86 138 0013 8000"
THEN = "2024-02-01T09:00:00Z"


async def made(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    return await post(client, headers, "/leads", **{"family_name": "Li", "company_name": "Acme Ltd"} | fields)


async def texts(database: Database, sql: str) -> str:
    """Return a whole column of text; a row's own repr would cut it short."""
    async with database.reading.connect() as connection:
        return "\n".join(filter(None, (await connection.execute(text(sql))).scalars()))


class TestCapture:
    async def test_shows_the_mask_alone(self, client: httpx.AsyncClient, seller: Headers) -> None:
        lead = await made(client, seller, given_name="伟", email="Li@Example.com", phone=NUMBER, title="CTO")

        read = await get(client, seller, f"/leads/{lead['id']}")

        assert lead == read | {"possible_duplicates": lead["possible_duplicates"]}
        assert (read["given_name"], read["email"], read["phone"]) == (
            "伟",
            "Li@Example.com",
            "+86138****8000",
        )
        assert (read["owner_id"], read["version"], read["converted_at"]) == (str(uid(SELLER)), 1, None)

    async def test_warns_of_whom_it_looks_like_and_takes_him_all_the_same(
        self, client: httpx.AsyncClient, seller: Headers, rival: Headers
    ) -> None:
        email = f"{new_id()}@example.com"
        first = await made(client, seller, email=email)

        second = await made(client, seller, email=email.upper())
        third = await made(client, rival, email=email)

        assert (first["possible_duplicates"], third["possible_duplicates"]) == ([], [])
        assert second["possible_duplicates"] == [first["id"]]
        found = await get(client, seller, f"/leads/{first['id']}/duplicates")
        assert found == {"items": [{"id": second["id"], "reasons": ["email"]}]}

    async def test_leaves_no_plaintext_behind(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        planted = {"family_name": "Plantedfamily", "given_name": "Plantedgiven", "title": "Plantedtitle"}
        planted |= {"email": "planted@mail.example", "phone": "+8613955501234"}
        keyed = director | {"Idempotency-Key": str(new_id())}
        lead = await made(client, keyed, **planted)
        await post(client, director, f"/leads/{lead['id']}/convert")

        left = [
            await texts(database, "SELECT convert_from(value, 'UTF8') FROM outbox"),
            await texts(database, "SELECT convert_from(body, 'UTF8') FROM idempotency"),
            await texts(database, "SELECT changes::text FROM audit"),
            await texts(database, "SELECT phone FROM lead"),
        ]

        assert all(left)
        assert not [value for value in planted.values() if any(value in each for each in left)]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"family_name": None}, "/family_name"),
            ({"family_name": " "}, "/family_name"),
            ({"email": "nobody"}, "/email"),
            ({"phone": "none"}, "/phone"),
            ({"phone": 13_800_138_000}, "/phone"),
            ({"phone": "1\u0000"}, "/phone"),
            ({"title": "\ud800"}, "/title"),
            ({"source": ["fair"]}, "/source"),
            ({"owner_id": "me"}, "/owner_id"),
            ({"occurred_at": "yesterday"}, "/occurred_at"),
            ({"converted_at": THEN}, "/converted_at"),
        ],
    )
    async def test_refuses_a_malformed_payload(
        self, client: httpx.AsyncClient, director: Headers, database: Database, change: Record, pointer: str
    ) -> None:
        before = await footprint(database)

        refused = await client.post(
            "/leads",
            content=json.dumps({"family_name": "Li"} | change),
            headers=director | {"Content-Type": "application/json"},
        )

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert pointer in {error["pointer"] for error in refused.json()["errors"]}
        assert await footprint(database) == before

    async def test_refuses_an_external_id_that_is_taken(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        named = {"family_name": "Li", "external_id": {"system": "fair", "id": str(new_id())}}
        lead = await made(client, seller, **named)
        before = await footprint(database)

        refused = await client.post("/leads", json=named, headers=seller)

        assert (refused.status_code, slug(refused), refused.json()["id"]) == (
            409,
            "external-id-taken",
            lead["id"],
        )
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("change", "status", "problem"),
        [
            ({"owner_id": str(uid(RIVAL))}, 403, "forbidden"),
            ({"occurred_at": THEN}, 403, "forbidden"),
        ],
    )
    async def test_refuses_what_the_caller_may_not(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        database: Database,
        change: Record,
        status: int,
        problem: str,
    ) -> None:
        before = await footprint(database)

        refused = await client.post("/leads", json={"family_name": "Li"} | change, headers=seller)

        assert (refused.status_code, slug(refused)) == (status, problem)
        assert await footprint(database) == before

    async def test_refuses_an_owner_nobody_has_heard_of(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        before = await footprint(database)

        refused = await client.post(
            "/leads", json={"family_name": "Li", "owner_id": str(new_id())}, headers=director
        )

        assert (refused.status_code, slug(refused)) == (409, "unknown-reference")
        assert await footprint(database) == before


class TestBatch:
    async def test_answers_for_each_item_and_does_the_rest_when_repeated(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        lead: Record = {"family_name": "Li", "phone": NUMBER, "occurred_at": THEN}
        items = [lead, {"given_name": "Wei"}, lead]
        keyed = director | {"Idempotency-Key": str(new_id())}

        first = await post(client, keyed, "/leads/batch", items=items)
        before = await footprint(database)
        again = await post(client, keyed, "/leads/batch", items=items)

        assert [each["status"] for each in first["results"]] == [201, 422, 201]
        assert again == first
        assert await footprint(database) == before

    @pytest.mark.parametrize("count", [0, 201])
    async def test_refuses_none_and_too_many(
        self, client: httpx.AsyncClient, seller: Headers, database: Database, count: int
    ) -> None:
        before = await footprint(database)

        refused = await client.post(
            "/leads/batch", json={"items": [{"family_name": "Li"}] * count}, headers=seller
        )

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await footprint(database) == before


class TestRevise:
    async def test_changes_what_was_sent_alone(self, client: httpx.AsyncClient, seller: Headers) -> None:
        lead = await made(client, seller, title="CTO", phone=NUMBER)
        path = f"/leads/{lead['id']}"

        changed = await client.patch(
            path, json={"phone": None, "source": "fair"}, headers=seller | matching(lead)
        )

        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        assert (changed.json()["phone"], changed.json()["source"], changed.json()["title"]) == (
            None,
            "fair",
            "CTO",
        )
        assert changed.json() == await get(client, seller, path)

    async def test_keeps_the_version_when_nothing_changes(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        lead = await made(client, seller, phone=NUMBER)
        before = await footprint(database)

        same = await client.patch(
            f"/leads/{lead['id']}", json={"phone": "+8613800138000"}, headers=seller | matching(lead)
        )

        assert (same.status_code, same.headers["etag"]) == (200, '"1"')
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("change", "headers", "status", "problem"),
        [
            ({"title": "x"}, {}, 428, "precondition-required"),
            ({"title": "x"}, {"If-Match": '"7"'}, 412, "stale-version"),
            ({"title": "x"}, {"If-Match": "*"}, 400, "bad-if-match"),
            ({"family_name": None}, {"If-Match": '"1"'}, 422, "malformed"),
            ({"owner_id": None}, {"If-Match": '"1"'}, 422, "malformed"),
            ({"version": 2}, {"If-Match": '"1"'}, 422, "malformed"),
            ({"owner_id": str(uid(RIVAL))}, {"If-Match": '"1"'}, 403, "forbidden"),
        ],
    )
    async def test_refuses(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        change: Record,
        headers: Headers,
        status: int,
        problem: str,
    ) -> None:
        lead = await made(client, seller)

        refused = await client.patch(f"/leads/{lead['id']}", json=change, headers=seller | headers)

        assert (refused.status_code, slug(refused)) == (status, problem)
        read = await get(client, seller, f"/leads/{lead['id']}")
        assert read | {"possible_duplicates": lead["possible_duplicates"]} == lead

    async def test_assigns(
        self, client: httpx.AsyncClient, director: Headers, seller: Headers, rival: Headers
    ) -> None:
        lead = await made(client, seller)
        path = f"/leads/{lead['id']}"

        moved = await client.patch(
            path, json={"owner_id": str(uid(RIVAL))}, headers=director | matching(lead)
        )

        assert moved.json()["owner_id"] == str(uid(RIVAL))
        assert (await client.get(path, headers=seller)).status_code == 404
        assert await get(client, rival, path) == moved.json()


class TestConvert:
    async def test_makes_account_contact_and_opportunity(
        self, client: httpx.AsyncClient, director: Headers, seller: Headers
    ) -> None:
        lead, (pipeline, stages) = (
            await made(client, seller, given_name="Wei"),
            await a_pipeline(client, director),
        )
        sold = {"name": "Acme", "pipeline_id": pipeline, "amount_minor": 5, "currency": "USD"}

        became = await post(client, seller, f"/leads/{lead['id']}/convert", opportunity=sold)

        read = await get(client, seller, f"/leads/{lead['id']}")
        assert {name: read[name] for name in became if name != "lead_id"} == {
            name: id for name, id in became.items() if name != "lead_id"
        }
        assert (became["lead_id"], read["version"]) == (lead["id"], 2)
        made_of_it = await get(client, seller, f"/opportunities/{became['opportunity_id']}")
        assert (made_of_it["account_name"], made_of_it["contact_name"]) == ("Acme Ltd", "Wei Li")
        assert (made_of_it["lead_id"], made_of_it["stage_id"]) == (lead["id"], stages["prospecting"])
        # The new account can be pointed to before customer has heard of it.
        again = await client.post(
            "/opportunities", json=sold | {"account_id": became["account_id"]}, headers=seller
        )
        assert again.status_code == 201

    async def test_answers_the_same_to_the_same_key(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        lead, keyed = await made(client, seller), seller | {"Idempotency-Key": str(new_id())}
        first = await post(client, keyed, f"/leads/{lead['id']}/convert")
        before = await footprint(database)

        assert await post(client, keyed, f"/leads/{lead['id']}/convert") == first
        assert await footprint(database) == before

    async def test_refuses_a_second_time(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        lead = await made(client, seller)
        became = await post(client, seller, f"/leads/{lead['id']}/convert")
        before = await footprint(database)

        refused = await client.post(f"/leads/{lead['id']}/convert", json={}, headers=seller)

        assert (refused.status_code, slug(refused)) == (409, "already-converted")
        assert refused.json()["account_id"] == became["account_id"]
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("body", "status", "problem"),
        [
            ({}, 409, "company-name-missing"),
            ({"account_id": str(new_id())}, 409, "unknown-reference"),
            ({"account_id": "acme"}, 422, "malformed"),
            ({"occurred_at": THEN}, 403, "forbidden"),
            ({"opportunity": {"name": "x"}}, 422, "malformed"),
            ({"company_name": "Acme"}, 422, "malformed"),
        ],
    )
    async def test_refuses(
        self, client: httpx.AsyncClient, seller: Headers, body: Record, status: int, problem: str
    ) -> None:
        lead = await made(client, seller, company_name=None)

        refused = await client.post(f"/leads/{lead['id']}/convert", json=body, headers=seller)

        assert (refused.status_code, slug(refused)) == (status, problem)
        assert (await get(client, seller, f"/leads/{lead['id']}"))["version"] == 1

    async def test_refuses_an_opportunity_in_no_pipeline_and_makes_nothing(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        lead, before = await made(client, seller), await footprint(database)
        sold = {"name": "Acme", "pipeline_id": str(new_id()), "currency": "USD"}

        refused = await client.post(
            f"/leads/{lead['id']}/convert", json={"opportunity": sold}, headers=seller
        )

        assert (refused.status_code, slug(refused)) == (409, "unknown-reference")
        assert (await get(client, seller, f"/leads/{lead['id']}"))["account_id"] is None
        assert await footprint(database) == tuple(before)

    async def test_joins_an_account_that_is_there(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        lead, account = await made(client, seller, company_name=None), await known(database, "account")

        became = await post(client, seller, f"/leads/{lead['id']}/convert", account_id=account)

        assert (became["account_id"], became["opportunity_id"]) == (account, None)


class TestErase:
    async def test_forgets_the_person_and_what_was_answered_about_him(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        keyed = director | {"Idempotency-Key": str(new_id())}
        lead = await made(client, keyed, given_name="Wei", email="wei@example.com", phone=NUMBER)
        kept = "SELECT key FROM idempotency WHERE key = '" + keyed["Idempotency-Key"] + "'"
        assert await texts(database, kept)

        erased = await post(client, director, f"/leads/{lead['id']}/erase")

        assert erased == await get(client, director, f"/leads/{lead['id']}")
        shown = {erased[name] for name in ("family_name", "given_name", "email", "phone")}
        assert (shown, erased["company_name"], erased["version"]) == ({"[erased]"}, "Acme Ltd", 2)
        assert await texts(database, kept) == ""
        subject = (
            f"SELECT wrapped FROM subject_key s JOIN lead l ON l.subject_id = s.id AND l.id = '{lead['id']}'"
        )
        assert await texts(database, subject) == ""
        assert "wrapped" not in await texts(database, "SELECT changes::text FROM audit")

    async def test_leaves_nothing_to_change(self, client: httpx.AsyncClient, director: Headers) -> None:
        lead = await made(client, director)
        erased = await post(client, director, f"/leads/{lead['id']}/erase")
        path = f"/leads/{lead['id']}"

        changed = await client.patch(path, json={"title": "x"}, headers=director | matching(erased))
        converted = await client.post(f"{path}/convert", json={}, headers=director)

        assert {(each.status_code, slug(each)) for each in (changed, converted)} == {(409, "erased")}
        assert await get(client, director, path) == erased

    async def test_is_refused_to_who_sells(self, client: httpx.AsyncClient, seller: Headers) -> None:
        lead = await made(client, seller)

        refused = await client.post(f"/leads/{lead['id']}/erase", headers=seller)

        assert (refused.status_code, slug(refused)) == (403, "forbidden")
        assert (await get(client, seller, f"/leads/{lead['id']}"))["family_name"] == "Li"


class TestReveal:
    async def test_shows_the_number_and_leaves_a_trace(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        lead = await made(client, director, phone=NUMBER)

        shown = await post(client, director, f"/leads/{lead['id']}/reveal")

        assert shown == {"phone": NUMBER}
        traced = (
            f"SELECT actor FROM audit WHERE action = 'sales.lead.revealed' AND object_id = '{lead['id']}'"
        )
        assert await texts(database, traced) == f"user:{uid(1)}"

    async def test_is_refused_to_who_sells(self, client: httpx.AsyncClient, seller: Headers) -> None:
        lead = await made(client, seller, phone=NUMBER)

        refused = await client.post(f"/leads/{lead['id']}/reveal", headers=seller)

        assert (refused.status_code, slug(refused)) == (403, "forbidden")
        assert "8000" not in refused.text


class TestDelete:
    async def test_goes_to_the_recycle_bin_and_comes_back(
        self, client: httpx.AsyncClient, seller: Headers
    ) -> None:
        lead = await made(client, seller)
        path = f"/leads/{lead['id']}"

        gone = await client.delete(path, headers=seller | matching(lead))
        refused = await client.post(f"{path}/convert", json={}, headers=seller)
        restored = await post(client, seller, f"{path}/restore")
        again = await client.post(f"{path}/restore", headers=seller)

        assert gone.json()["deleted_at"] is not None
        assert (refused.status_code, slug(refused)) == (409, "deleted")
        assert (restored["version"], restored["deleted_at"]) == (3, None)
        assert (again.status_code, slug(again)) == (409, "not-deleted")


class TestDoors:
    @pytest.mark.parametrize("verb", ["PATCH", "DELETE", "restore", "convert", "reveal", "erase", "GET"])
    async def test_hide_what_is_not_the_callers(
        self, client: httpx.AsyncClient, seller: Headers, rival: Headers, verb: str
    ) -> None:
        lead = await made(client, seller)
        path = f"/leads/{lead['id']}"

        if verb in {"PATCH", "DELETE", "GET"}:
            sent: dict[str, Any] = {"json": {"title": "x"}} if verb == "PATCH" else {}
            refused = await client.request(verb, path, headers=rival | matching(lead), **sent)
        else:
            refused = await client.post(f"{path}/{verb}", json={}, headers=rival)

        assert (refused.status_code, slug(refused)) in {(404, "not-found"), (403, "forbidden")}
        assert (await get(client, seller, path))["version"] == 1

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("POST", ""),
            ("POST", "/batch"),
            ("GET", f"/{NOBODY}"),
            ("GET", f"/{NOBODY}/duplicates"),
            ("PATCH", f"/{NOBODY}"),
            ("DELETE", f"/{NOBODY}"),
            *(("POST", f"/{NOBODY}/{verb}") for verb in ("restore", "convert", "reveal", "erase")),
        ],
    )
    async def test_are_closed_to_strangers(
        self, client: httpx.AsyncClient, guest: Headers, database: Database, method: str, path: str
    ) -> None:
        before = await footprint(database)
        bodies: dict[str, Record] = {"/batch": {"items": [{"family_name": "x"}]}, "": {"family_name": "x"}}
        sent: dict[str, Any] = {"json": bodies.get(path, {})} if method in {"POST", "PATCH"} else {}

        anonymous = await client.request(method, f"/leads{path}", headers={"If-Match": '"1"'}, **sent)
        unentitled = await client.request(
            method, f"/leads{path}", headers=guest | {"If-Match": '"1"'}, **sent
        )

        assert (anonymous.status_code, slug(anonymous)) == (401, "unauthenticated")
        assert (unentitled.status_code, slug(unentitled)) == (403, "forbidden")
        assert await footprint(database) == before
