"""Notifications over HTTP: one's own and nobody else's."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from libs.common.db import Database
from libs.platform.access.actor import Actor
from services.integration.notifications.queries import list_page
from tests.api import slug
from tests.factories.directory import uid
from tests.integration.acting import a_directory
from tests.integration.calls import Headers, footprint, get, ids, post
from tests.integration.conftest import SELLER
from tests.integration.telling import CHINESE, ENGLISH, told


class TestNotifications:
    async def test_are_ones_own_alone(
        self,
        client: httpx.AsyncClient,
        seller: Headers,
        director: Headers,
        rival: Headers,
        database: Database,
    ) -> None:
        id = await told(database)
        before = await footprint(database)

        answers = [
            await client.request(method, f"/notifications/{id}{verb}", headers=headers)
            for headers in (director, rival, {})
            for method, verb in (("GET", ""), ("POST", "/read"))
        ]

        assert [each.status_code for each in answers] == [404, 404, 404, 404, 401, 401]
        assert id not in await ids(client, director, "/notifications")
        assert id in await ids(client, seller, "/notifications")
        assert await footprint(database) == before

    async def test_speak_the_readers_language(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        id = await told(database, name="Li Wei")

        english = await get(client, seller | ENGLISH, f"/notifications/{id}")
        chinese = await get(client, seller | CHINESE, f"/notifications?id={id}")

        assert (english["text"], english["label"]) == ("You are in charge of the lead Li Wei", "Li Wei")
        assert chinese["items"][0]["text"] == "线索 Li Wei 已分配给您"

    async def test_name_no_record_that_one_may_not_read(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        id = await told(database)

        shown = await get(client, seller | ENGLISH, f"/notifications/{id}")

        assert (shown["label"], shown["text"]) == (None, "You are in charge of the lead")

    async def test_are_counted_until_they_are_read(
        self, client: httpx.AsyncClient, seller: Headers, database: Database
    ) -> None:
        await post(client, seller, "/notifications/read-all")
        first, second = [await told(database) for _ in range(2)]

        counts = [(await get(client, seller, "/notifications/unread-count"))["count"]]
        read = [await post(client, seller, f"/notifications/{first}/read") for _ in range(2)]
        counts.append((await get(client, seller, "/notifications/unread-count"))["count"])
        left = await post(client, seller, "/notifications/read-all")

        assert (counts, left) == ([2, 1], {"count": 0})
        assert read[0] == read[1]
        assert read[0]["read_at"] is not None
        unread = await ids(client, seller, "/notifications?read_at[null]=true")
        assert {first, second} & set(unread) == set()

    @pytest.mark.parametrize(
        "query", ["cursor=nonsense", "cursor=2026-01-01", "cursor=0001-01-01T00:00:00Z"], ids=range(3)
    )
    async def test_stream_from_no_cursor_of_nobody(
        self, client: httpx.AsyncClient, seller: Headers, query: str
    ) -> None:
        response = await client.get(f"/notifications/stream?{query}", headers=seller)

        assert (response.status_code, slug(response)) == (400, "bad-cursor")

    async def test_cost_one_statement_a_page(
        self, database: Database, query_count: Callable[[], Any]
    ) -> None:
        await told(database)
        with query_count() as counted:
            async with database.reading.connect() as connection:
                await list_page(connection, [("limit", "200")], Actor(uid(SELLER), a_directory()), "en")

        assert counted.count == 1
