"""Notifications as a stream: what comes while one looks, and what one missed."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import orjson
import pytest

from libs.common.db import Database
from libs.common.testing import Scratch
from libs.platform.app import create_app
from libs.platform.directory.entries import Entry
from services.integration.settings import Settings
from tests.api import bearer, seed, token
from tests.factories.directory import role, uid, user
from tests.integration.conftest import DIRECTOR, ROUTERS
from tests.integration.telling import ENGLISH, told
from tests.served import Reader, listening


@pytest.fixture(scope="module")
async def door(
    client: httpx.AsyncClient, settings: Settings, scratched: Scratch
) -> AsyncIterator[httpx.AsyncClient]:
    del client
    people = [user(number, roles=[1005], dv=2) for number in (5, 6, 7, 8)]
    await seed(scratched.database, [role(1005, {"lead:read": "own"}, dv=2), *people])
    async with listening(create_app(settings, "services.integration", ROUTERS)) as opened:
        yield opened


class TestStream:
    async def test_pushes_what_comes_and_how_much_is_unread(
        self, door: httpx.AsyncClient, database: Database
    ) -> None:
        async with (
            asyncio.timeout(60),
            door.stream("GET", "/notifications/stream", headers=bearer(5) | ENGLISH) as response,
        ):
            reader = Reader(response)
            (begin,) = await reader.take(1)
            id = await told(database, 5, name="Li Wei")
            (unread, came) = sorted(await reader.take(2), key=lambda each: each.event != "unread")

        assert response.headers["content-type"].startswith("text/event-stream")
        assert (begin.event, orjson.loads(begin.data or "")["count"]) == ("unread", 0)
        shown = orjson.loads(came.data or "")
        assert (came.event, shown["id"], shown["label"]) == ("notification", id, "Li Wei")
        assert (unread.event, orjson.loads(unread.data or "")) == ("unread", {"count": 1})

    async def test_goes_on_behind_the_last_one_that_was_seen(
        self, door: httpx.AsyncClient, database: Database
    ) -> None:
        headers = bearer(6) | ENGLISH
        async with asyncio.timeout(60), door.stream("GET", "/notifications/stream", headers=headers) as first:
            reader = Reader(first)
            await reader.take(1)
            seen = await told(database, 6)
            cursor = (await reader.take(2))[-1].id
        missed = [await told(database, 6) for _ in range(3)]
        again = headers | {"Last-Event-ID": cursor or ""}

        async with asyncio.timeout(60), door.stream("GET", "/notifications/stream", headers=again) as second:
            events = await Reader(second).take(5)

        got = [orjson.loads(each.data or "")["id"] for each in events if each.event == "notification"]
        assert got[-3:] == missed
        assert set(got) <= {seen, *missed}

    async def test_sends_nobody_what_is_for_another(
        self, door: httpx.AsyncClient, database: Database
    ) -> None:
        async with (
            asyncio.timeout(60),
            door.stream("GET", "/notifications/stream", headers=bearer(7)) as response,
        ):
            reader = Reader(response)
            await reader.take(1)
            await told(database, DIRECTOR)
            mine = await told(database, 7)
            events = await reader.take(2)

        (came,) = [each for each in events if each.event == "notification"]
        assert orjson.loads(came.data or "")["id"] == mine

    async def test_ends_with_the_session(self, door: httpx.AsyncClient, database: Database) -> None:
        session = UUID(int=4321)
        headers = {"Authorization": f"Bearer {token(8, session=session)}"}

        async with asyncio.timeout(60), door.stream("GET", "/notifications/stream", headers=headers) as open_:
            reader = Reader(open_)
            await reader.take(1)
            data = {"user_id": str(uid(8)), "forget_at": "2999-01-01T00:00:00Z"}
            await seed(database, [Entry("session", str(session), 9, data)])
            with pytest.raises(StopAsyncIteration):
                await reader.take(100)
