"""Suppressions over HTTP."""

from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from tests.api import slug
from tests.factories.directory import uid
from tests.marketing.calls import Headers, a_contact, footprint, get, ids, matching, post
from tests.marketing.conftest import MARKETER

NOBODY = UUID(int=404)


class TestSuppressions:
    async def test_are_added_shown_and_taken_back(
        self, client: httpx.AsyncClient, marketer: Headers, database: Database
    ) -> None:
        contact = await a_contact(database, owner_id=uid(MARKETER))

        made = await post(client, marketer, "/suppressions", contact_id=contact)
        path = f"/suppressions/{made['id']}"
        assert made == await get(client, marketer, path)
        gone = await client.delete(path, headers=marketer | matching(made))

        assert (made["reason"], made["has_address"], gone.status_code) == ("manual", False, 200)
        assert await ids(client, marketer, f"/suppressions?contact_id={contact}") == []
        assert gone.json()["deleted_at"] is not None

    async def test_are_taken_in_by_the_hundred(self, client: httpx.AsyncClient, marketer: Headers) -> None:
        address = f"{new_id()}@example.com"
        items = [{"email": address}, {"email": "x"}, {}, {"contact_id": str(NOBODY)}]

        answer = await post(client, marketer, "/suppressions/batch", items=items)
        again = await post(client, marketer, "/suppressions/batch", items=items[:1])

        assert [each["status"] for each in answer["results"]] == [201, 422, 422, 409]
        assert [each["status"] for each in again["results"]] == [409]


class TestRefusals:
    @pytest.mark.parametrize(
        "body",
        [{}, {"email": "x"}, {"email": "a@b.c", "reason": "whim"}, {"email": "a@b.c", "purpose": "A B"}],
        ids=["nobody", "no address", "reason", "purpose"],
    )
    async def test_of_what_is_malformed(
        self, client: httpx.AsyncClient, marketer: Headers, database: Database, body: dict[str, str]
    ) -> None:
        before = await footprint(database)

        response = await client.post("/suppressions", json=body, headers=marketer)

        assert (response.status_code, slug(response)) == (422, "malformed")
        assert await footprint(database) == before

    async def test_of_what_stands_already(
        self, client: httpx.AsyncClient, marketer: Headers, database: Database
    ) -> None:
        address = f"{new_id()}@example.com"
        made = await post(client, marketer, "/suppressions", email=address)
        before = await footprint(database)

        again = await client.post("/suppressions", json={"email": address.upper()}, headers=marketer)

        assert (again.status_code, slug(again), again.json()["id"]) == (409, "already-exists", made["id"])
        assert await footprint(database) == before

    async def test_of_whoever_may_not(
        self, client: httpx.AsyncClient, marketer: Headers, guest: Headers, database: Database
    ) -> None:
        made = await post(client, marketer, "/suppressions", email=f"{new_id()}@example.com")
        path, before = f"/suppressions/{made['id']}", await footprint(database)

        assert (await client.get(path, headers=guest)).status_code == 403
        assert (await client.get("/suppressions")).status_code == 401
        assert (await client.delete(path, headers=guest | matching(made))).status_code == 403
        assert (await client.delete(path, headers=marketer)).status_code == 428
        assert (await client.delete(path, headers=marketer | {"If-Match": '"7"'})).status_code == 412
        assert (await client.get(f"/suppressions/{NOBODY}", headers=marketer)).status_code == 404

        assert (await footprint(database))[:5] == before[:5]
