"""Messages over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.db import Database
from tests.api import slug
from tests.factories.directory import uid
from tests.ticketing.calls import TICKET, Headers, footprint, get, ids, post
from tests.ticketing.conftest import AGENT

NOBODY = UUID(int=404)


async def a_ticket(client: httpx.AsyncClient, headers: Headers) -> str:
    return str((await post(client, headers, "/tickets", **TICKET))["id"])


class TestMessages:
    async def test_stand_in_the_order_they_were_said(self, client: httpx.AsyncClient, agent: Headers) -> None:
        path = f"/tickets/{await a_ticket(client, agent)}"

        said = [
            await post(client, agent, f"{path}/messages", kind=kind, body=f"A {kind}.")
            for kind in ("note", "reply", "inbound")
        ]

        assert await ids(client, agent, f"{path}/messages") == [each["id"] for each in said]
        assert [each["author_id"] for each in said] == [str(uid(AGENT)), str(uid(AGENT)), None]
        assert await ids(client, agent, f"{path}/messages?kind=note") == [said[0]["id"]]

    async def test_answer_the_ticket(self, client: httpx.AsyncClient, agent: Headers) -> None:
        path = f"/tickets/{await a_ticket(client, agent)}"

        reply = await post(client, agent, f"{path}/messages", body="Try it again.")

        ticket = await get(client, agent, path)
        assert (ticket["first_responded_at"], ticket["status"]) == (reply["posted_at"], "in-progress")

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_go_with_their_ticket(
        self, client: httpx.AsyncClient, agent: Headers, rival: Headers, database: Database, method: str
    ) -> None:
        path = f"/tickets/{await a_ticket(client, agent)}/messages"
        before = await footprint(database)
        sent: dict[str, Any] = {"json": {"body": "x"}} if method == "POST" else {}

        hidden = await client.request(method, path, headers=rival, **sent)

        assert (hidden.status_code, slug(hidden)) == (404, "not-found")
        assert await footprint(database) == before

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_are_closed_to_strangers(
        self, client: httpx.AsyncClient, guest: Headers, database: Database, method: str
    ) -> None:
        before, path = await footprint(database), f"/tickets/{NOBODY}/messages"
        sent: dict[str, Any] = {"json": {"body": "x"}} if method == "POST" else {}

        anonymous = await client.request(method, path, **sent)
        unentitled = await client.request(method, path, headers=guest, **sent)

        assert (anonymous.status_code, unentitled.status_code) == (401, 403)
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/body"),
            ({"body": ""}, "/body"),
            ({"body": "x", "kind": "shout"}, "/kind"),
            ({"body": "x", "to": "y"}, "/to"),
        ],
    )
    async def test_refuse_a_malformed_payload(
        self, client: httpx.AsyncClient, agent: Headers, database: Database, body: Any, pointer: str
    ) -> None:
        path = f"/tickets/{await a_ticket(client, agent)}/messages"
        before = await footprint(database)

        refused = await client.post(path, json=body, headers=agent)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert pointer in {error["pointer"] for error in refused.json()["errors"]}
        assert await footprint(database) == before
