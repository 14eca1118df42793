"""Segments and imports as somebody may make them whose role gives less of some fields."""

import httpx
import pytest

from tests.api import slug
from tests.customer.calls import Headers, post

TITLED = {"field": "contact.title", "op": "eq", "value": "CFO"}
LEVELLED = {"field": "account.level", "op": "eq", "value": "A"}
DOMAIN = {"field": "contact.email_domain", "op": "eq", "value": "example.com"}


class TestRule:
    @pytest.mark.parametrize("leaf", [TITLED, LEVELLED, DOMAIN])
    async def test_asks_about_nothing_that_its_maker_may_not_see(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers, leaf: dict[str, str]
    ) -> None:
        rule = {"and": [{"not": leaf}]}
        made = await post(client, manager, "/segments", name="x", kind="dynamic", filter=rule)
        contact = await post(client, manager, "/contacts", family_name="Li")

        asked = [
            await client.post("/segments/preview", json={"filter": rule}, headers=clerk),
            await client.post(
                "/segments", json={"name": "y", "kind": "dynamic", "filter": rule}, headers=clerk
            ),
            await client.get(f"/segments/{made['id']}/members", headers=clerk),
            await client.get(f"/segments/{made['id']}/explain?contact_id={contact['id']}", headers=clerk),
            await client.post(f"/segments/{made['id']}/snapshot", json={"name": "z"}, headers=clerk),
        ]

        assert {(each.status_code, slug(each)) for each in asked} == {(403, "field-unreadable")}


class TestPreview:
    async def test_shows_no_hidden_name(
        self, client: httpx.AsyncClient, manager: Headers, clerk: Headers
    ) -> None:
        await post(client, manager, "/contacts", family_name="Li", given_name="Geheim", language="tlh")
        rule = {"field": "contact.language", "op": "eq", "value": "tlh"}

        seen = await post(client, clerk, "/segments/preview", filter=rule)

        assert seen["count"] == 1
        assert "Geheim" not in str(seen)


class TestImport:
    async def test_fills_no_field_that_its_maker_may_not_write(
        self, client: httpx.AsyncClient, clerk: Headers
    ) -> None:
        table = b"family_name,title\nLi,CFO\n"
        sent = {"Content-Type": "text/csv"}
        response = await client.post("/imports?object=contact", content=table, headers=clerk | sent)

        refused = await client.post(f"/imports/{response.json()['id']}/start", headers=clerk)

        assert response.status_code == 201, response.text
        assert (refused.status_code, slug(refused)) == (403, "field-unwritable")
