"""Surveys over HTTP: for colleagues, and for the customer who holds a link."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.testing import Scratch
from libs.platform.links import sign
from services.ticketing.surveys.commands import LINK
from tests.api import slug
from tests.ticketing.calls import TICKET, Headers, Record, footprint, get, ids, post

NOBODY = UUID(int=404)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def a_closed_ticket(client: httpx.AsyncClient, headers: Headers) -> Record:
    made = await post(client, headers, "/tickets", **TICKET)
    return await post(client, headers, f"/tickets/{made['id']}/close")


async def prepared(database: Database, ticket: Record) -> UUID:
    """A survey that was sent; its mail is the worker's business."""
    identity = UUID(int=int(ticket["number"].removeprefix("T-")))
    columns = "id, version, ticket_id, subject_id, channel, created_at, updated_at"
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(
            f"INSERT INTO survey ({columns})"
            " SELECT $1, 1, id, subject_id, 'email', now(), now() FROM ticket WHERE id = $2",
            (identity, UUID(ticket["id"])),
        )
    return identity


def link_to(scratched: Scratch, survey_id: UUID, opens: str = LINK) -> str:
    token = sign(KekRing.load(scratched.settings.kek_file), opens, survey_id.bytes)
    return f"http://service/l/s/{token}"


class TestSurveys:
    async def test_keep_what_a_customer_said_to_a_colleague(
        self, client: httpx.AsyncClient, agent: Headers, rival: Headers
    ) -> None:
        ticket = await a_closed_ticket(client, agent)

        made = await post(client, agent, "/surveys", ticket_id=ticket["id"], score=4, comment="Good")

        path, mine = f"/surveys/{made['id']}", f"/surveys?ticket_id={ticket['id']}"
        assert made == await get(client, agent, path)
        assert (await get(client, agent, f"/tickets/{ticket['id']}"))["csat_score"] == 4
        assert await ids(client, agent, mine) == [made["id"]]
        assert await ids(client, rival, mine) == []
        assert (await client.get(path, headers=rival)).status_code == 404

    @pytest.mark.parametrize("whose", ["nobody's", "a rival's"])
    async def test_name_a_ticket_that_one_may_work_on(
        self, client: httpx.AsyncClient, agent: Headers, rival: Headers, database: Database, whose: str
    ) -> None:
        ticket_id = str(NOBODY) if whose == "nobody's" else (await a_closed_ticket(client, rival))["id"]
        before = await footprint(database)

        refused = await client.post("/surveys", json={"ticket_id": ticket_id, "score": 4}, headers=agent)

        assert (refused.status_code, slug(refused)) == (409, "unknown-reference")
        assert await footprint(database) == before

    async def test_wait_until_the_ticket_is_resolved(
        self, client: httpx.AsyncClient, agent: Headers, database: Database
    ) -> None:
        ticket = await post(client, agent, "/tickets", **TICKET)
        before = await footprint(database)

        refused = await client.post("/surveys", json={"ticket_id": ticket["id"], "score": 4}, headers=agent)

        assert (refused.status_code, slug(refused)) == (409, "ticket-unresolved")
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/surveys"), ("POST", "/surveys"), ("GET", f"/surveys/{NOBODY}")]
    )
    async def test_are_closed_to_strangers(
        self, client: httpx.AsyncClient, guest: Headers, database: Database, method: str, path: str
    ) -> None:
        before = await footprint(database)
        sent: dict[str, Any] = {"json": {"ticket_id": str(NOBODY), "score": 1}} if method == "POST" else {}

        anonymous = await client.request(method, path, **sent)
        unentitled = await client.request(method, path, headers=guest, **sent)

        assert (anonymous.status_code, unentitled.status_code) == (401, 403)
        assert await footprint(database) == before


class TestLink:
    async def test_asks_and_thanks_in_both_languages(
        self, client: httpx.AsyncClient, agent: Headers, database: Database, scratched: Scratch
    ) -> None:
        ticket = await a_closed_ticket(client, agent)
        link = link_to(scratched, await prepared(database, ticket))

        page = await client.get(link, headers={"Accept-Language": "zh"})
        kept = await client.post(link, content="score=2&comment=%E5%A4%AA%E6%85%A2", headers=FORM)
        thanks = await client.get(link)

        assert page.headers["content-type"].startswith("text/html")
        assert '<html lang="zh">' in page.text
        assert all(part in page.text for part in (ticket["number"], "满意", "content", 'value="5"'))
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert (kept.status_code, "Thank you" in kept.text, "感谢" in thanks.text) == (200, True, True)
        (survey,) = (await get(client, agent, f"/surveys?ticket_id={ticket['id']}"))["items"]
        assert (survey["score"], survey["comment"]) == (2, "太慢")
        assert (await get(client, agent, f"/tickets/{ticket['id']}"))["csat_score"] == 2

    async def test_takes_one_answer(
        self, client: httpx.AsyncClient, agent: Headers, database: Database, scratched: Scratch
    ) -> None:
        link = link_to(scratched, await prepared(database, await a_closed_ticket(client, agent)))

        first = await client.post(link, json={"score": 5})
        before = await footprint(database)
        second = await client.post(link, json={"score": 1})

        assert (first.status_code, first.json()) == (200, {"score": 5})
        assert (second.status_code, slug(second)) == (409, "already-answered")
        assert await footprint(database) == before

    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("forged", ["another-kind", "no-survey", "nonsense", "cut"])
    async def test_opens_nothing_that_we_did_not_sign(
        self, client: httpx.AsyncClient, scratched: Scratch, database: Database, method: str, forged: str
    ) -> None:
        before = await footprint(database)
        link = {
            "another-kind": link_to(scratched, NOBODY, "campaign.open"),
            "no-survey": link_to(scratched, NOBODY),
            "nonsense": "http://service/l/s/nonsense",
            "cut": link_to(scratched, NOBODY)[:-3],
        }[forged]
        sent: dict[str, Any] = {"json": {"score": 5}} if method == "POST" else {}

        refused = await client.request(method, link, **sent)

        assert (refused.status_code, slug(refused)) == (404, "not-found")
        assert await footprint(database) == before

    @pytest.mark.parametrize(
        ("content", "headers"),
        [
            ('{"score": 6}', {}),
            ('{"score": "5"}', {}),
            ('{"score": 5, "name": "x"}', {}),
            ("nonsense", {}),
            ("", {}),
            ("score=6", FORM),
            ("score=", FORM),
            ("comment=x", FORM),
            ("score=5&comment=%00", FORM),
        ],
    )
    async def test_refuses_a_malformed_answer(
        self,
        client: httpx.AsyncClient,
        agent: Headers,
        database: Database,
        scratched: Scratch,
        content: str,
        headers: Headers,
    ) -> None:
        link = link_to(scratched, await prepared(database, await a_closed_ticket(client, agent)))
        before = await footprint(database)

        refused = await client.post(link, content=content, headers=headers)

        assert (refused.status_code, slug(refused)) == (422, "malformed")
        assert await footprint(database) == before
