"""Messages over HTTP, and their lists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.clock import SystemClock
from libs.common.db import Database
from libs.common.journal import Cause
from services.integration.mailing import Mail
from services.integration.messages.commands import claim_mails, queue_mail
from services.integration.messages.queries import list_page
from tests.api import slug
from tests.factories.directory import uid
from tests.factories.integration import make_request
from tests.integration.acting import an_actor, requested, transacting
from tests.integration.calls import Headers, footprint, get, ids, post
from tests.integration.conftest import RIVAL, SELLER

CAUSE = Cause("system", "test")


async def queued(database: Database, owner: int | None = SELLER, **details: Any) -> str:
    """A mail of somebody waits."""

    async def body(session: Any) -> UUID:
        now = session.info["now"]
        owner_id = uid(owner) if owner else None
        asked = make_request(owner_id=owner_id, not_after=now + timedelta(hours=1), **details)
        await queue_mail(session, await requested(session, asked), "letter", now, now)
        return asked.mail_id

    return str(await transacting(database, SystemClock()).run(CAUSE, body))


class TestMessages:
    async def test_are_shown_without_text_and_address(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        id = await queued(database, to="li.wei@example.com")

        shown = await get(client, seller, f"/messages/{id}")

        assert (shown["status"], shown["is_being_sent"], shown["channel"]) == ("queued", False, "email")
        assert "li.wei" not in str(shown)

    async def test_are_listed_by_what_they_are_about(
        self, client: httpx.AsyncClient, seller: Headers, director: Headers, database: Database
    ) -> None:
        mine, theirs, nobodys = [await queued(database, owner) for owner in (SELLER, RIVAL, None)]
        about = (await get(client, seller, f"/messages/{mine}"))["about_id"]

        assert await ids(client, seller, f"/messages?about_id={about}&status=queued") == [mine]
        assert {theirs, nobodys} & set(await ids(client, seller, "/messages")) == set()
        assert {mine, theirs, nobodys} <= set(await ids(client, director, "/messages"))

    async def test_say_that_they_are_being_sent(
        self, client: httpx.AsyncClient, director: Headers, database: Database
    ) -> None:
        id = await queued(database)

        async def claim(session: Any) -> list[Mail]:
            return await claim_mails(session, 100, [], session.info["now"])

        await transacting(database, SystemClock()).run(CAUSE, claim)

        assert (await get(client, director, f"/messages/{id}"))["is_being_sent"]
        refused = await client.post(f"/messages/{id}/cancel", headers=director)
        assert (refused.status_code, slug(refused)) == (409, "being-sent")

    async def test_are_kept_in_the_house(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        id = await queued(database)

        done = await post(client, seller, f"/messages/{id}/cancel")
        again = await client.post(f"/messages/{id}/cancel", headers=seller)

        assert (done["status"], done["reason"]) == ("cancelled", "by-hand")
        assert (again.status_code, slug(again)) == (409, "not-queued")

    @pytest.mark.parametrize(("method", "verb"), [("GET", ""), ("POST", "/cancel")])
    async def test_are_for_those_who_may_see_them(
        self,
        client: httpx.AsyncClient,
        rival: Headers,
        guest: Headers,
        database: Database,
        method: str,
        verb: str,
    ) -> None:
        path = f"/messages/{await queued(database)}{verb}"
        before = await footprint(database)

        answers = [await client.request(method, path, headers=each) for each in ({}, guest, rival)]

        assert [each.status_code for each in answers] == [401, 403, 404]
        assert await footprint(database) == before

    async def test_cost_one_statement_a_page(
        self, database: Database, query_count: Callable[[], Any]
    ) -> None:
        await queued(database)
        with query_count() as counted:
            async with database.reading.connect() as connection:
                await list_page(connection, [("limit", "200")], an_actor())

        assert counted.count == 1
