"""Templates over HTTP."""

from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from tests.api import slug
from tests.factories.directory import uid
from tests.marketing.calls import Headers, a_contact, a_template, footprint, get, ids, matching, post
from tests.marketing.conftest import MARKETER, RIVAL

NOBODY = UUID(int=404)


class TestTemplates:
    async def test_live_from_birth_to_the_recycle_bin_and_back(
        self, client: httpx.AsyncClient, marketer: Headers
    ) -> None:
        made = await post(client, marketer, "/templates", **a_template())
        path = f"/templates/{made['id']}"
        assert made == await get(client, marketer, path)

        revised = await client.patch(path, json={"subject": "Bye"}, headers=marketer | matching(made))
        gone = await client.delete(path, headers=marketer | matching(revised.json()))
        assert made["id"] not in await ids(client, marketer, f"/templates?id={made['id']}")
        restored = await post(client, marketer, f"{path}/restore")

        assert (revised.json()["subject"], gone.status_code, restored["version"]) == ("Bye", 200, 4)
        assert restored["owner_id"] == str(uid(MARKETER))

    async def test_are_taken_in_by_the_hundred(self, client: httpx.AsyncClient, marketer: Headers) -> None:
        items = [a_template(), a_template(html="{{ x }}"), a_template(name="")]

        answer = await post(client, marketer, "/templates/batch", items=items)

        assert [each["status"] for each in answer["results"]] == [201, 400, 422]

    async def test_tell_each_fault_with_its_line(
        self, client: httpx.AsyncClient, marketer: Headers, database: Database
    ) -> None:
        before = await footprint(database)
        html = "<p>\n{% for i in range(1000000000) %}x{% endfor %}</p>"

        response = await client.post("/templates", json=a_template(html=html), headers=marketer)

        assert (response.status_code, slug(response)) == (400, "template-refused")
        fault = response.json()["errors"][0]
        assert (fault["pointer"], fault["line"]) == ("/html", 2)
        assert await footprint(database) == before

    async def test_are_previewed_on_a_contact_in_scope(
        self, client: httpx.AsyncClient, marketer: Headers, database: Database
    ) -> None:
        made = await post(client, marketer, "/templates", **a_template())
        contact = await a_contact(database, owner_id=uid(MARKETER), given_name="Wei")
        foreign = await a_contact(database, owner_id=uid(RIVAL))

        seen = await post(client, marketer, f"/templates/{made['id']}/preview", contact_id=contact)
        refused = await client.post(
            f"/templates/{made['id']}/preview", json={"contact_id": foreign}, headers=marketer
        )

        assert (seen["subject"], "Dear Wei" in seen["html"]) == ("Hello Wei", True)
        assert (refused.status_code, slug(refused)) == (409, "unknown-reference")


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"name": " "}, 422),
            ({"colour": "red"}, 422),
            ({"language": "English"}, 422),
            ({"html": ""}, 422),
            ({"html": "x" * 60_001}, 422),
            ({"subject": "{{ x }}"}, 400),
        ],
        ids=["blank", "unknown", "language", "empty", "long", "words"],
    )
    async def test_of_what_is_malformed(
        self,
        client: httpx.AsyncClient,
        marketer: Headers,
        database: Database,
        change: dict[str, str],
        status: int,
    ) -> None:
        before = await footprint(database)

        response = await client.post("/templates", json=a_template(**change), headers=marketer)

        assert response.status_code == status
        assert await footprint(database) == before

    async def test_of_whoever_may_not(
        self,
        client: httpx.AsyncClient,
        marketer: Headers,
        rival: Headers,
        guest: Headers,
        database: Database,
    ) -> None:
        made = await post(client, marketer, "/templates", **a_template())
        path, before = f"/templates/{made['id']}", await footprint(database)

        asked = {
            404: await client.get(path, headers=rival),
            403: await client.get(path, headers=guest),
            401: await client.get(path),
            428: await client.patch(path, json={"name": "x"}, headers=marketer),
            412: await client.delete(path, headers=marketer | {"If-Match": '"9"'}),
        }

        assert {response.status_code for response in asked.values()} == asked.keys()
        assert all(status == response.status_code for status, response in asked.items())
        assert await footprint(database) == before

    @pytest.mark.parametrize("verb", ["restore", "preview"])
    async def test_of_what_is_not_there(
        self, client: httpx.AsyncClient, marketer: Headers, verb: str
    ) -> None:
        body = {"contact_id": str(NOBODY)} if verb == "preview" else None

        response = await client.post(f"/templates/{NOBODY}/{verb}", json=body, headers=marketer)

        assert (response.status_code, slug(response)) == (404, "not-found")
