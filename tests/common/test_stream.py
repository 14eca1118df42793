"""Server-sent events over a real port."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.db import Database
from libs.common.problem_handlers import install
from libs.common.stream import Page, Sent, Streams
from libs.common.testing import Scratch
from tests.served import Reader, listening


@dataclass(slots=True)
class Numbers:
    """A feed of numbers up to `last`; what is below 10 is not shown."""

    last: int = 12
    is_allowed: bool = True
    looks: int = 0
    reads: int = 0
    pages: list[int] = field(default_factory=list)
    breaks: bool = False

    async def look(self, connection: AsyncConnection) -> int:
        await connection.execute(text("SELECT 1"))
        self.looks += 1
        return self.last

    async def read(self, connection: AsyncConnection, cursor: str) -> Page:
        self.reads += 1
        await connection.execute(text("SELECT 1 / 0" if self.breaks else "SELECT 1"))
        first, behind = int(cursor), min(int(cursor) + 5, self.last)
        sent = [Sent(str(at), "number", f'{{"at":{at}}}') for at in range(first + 1, behind + 1) if at >= 10]
        return Page(sent, str(behind), has_more=behind < self.last)


@pytest.fixture
def numbers() -> Numbers:
    return Numbers()


@pytest.fixture
async def streams(scratched: Scratch, numbers: Numbers) -> Streams:
    return Streams(scratched.database, numbers.look, most=3, most_each=2)


@pytest.fixture
async def client(streams: Streams, numbers: Numbers) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install(app)

    @app.get("/numbers")
    async def stream_numbers(request: Request, user: str = "a", cursor: str = "0") -> Response:
        request.state.principal = user
        return streams.respond(request, cursor, numbers.read, lambda: numbers.is_allowed)

    async with listening(app, "") as opened:
        yield opened


async def gone(streams: Streams) -> None:
    async with asyncio.timeout(60):
        while streams.count:
            await asyncio.sleep(0.02)


class TestStream:
    async def test_begins_before_anything_is_read(self, client: httpx.AsyncClient, numbers: Numbers) -> None:
        numbers.last = 0
        async with client.stream("GET", "/numbers", params={"cursor": "0"}) as response:
            first = await Reader(response).next()

        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert (first.id, first.data) == ("0", None)
        assert "retry: 2000" in first.lines

    async def test_sends_every_page_and_then_waits(self, client: httpx.AsyncClient, numbers: Numbers) -> None:
        async with client.stream("GET", "/numbers") as response:
            reader = Reader(response)
            before = await reader.take(3)
            numbers.last = 14
            after = await reader.take(2)

        assert [each.data for each in before] == ['{"at":10}', '{"at":11}', '{"at":12}']
        assert [each.id for each in after] == ["13", "14"]
        assert {each.event for each in after} == {"number"}

    async def test_moves_the_cursor_past_what_is_not_shown(
        self, client: httpx.AsyncClient, numbers: Numbers
    ) -> None:
        numbers.last = 5
        async with client.stream("GET", "/numbers") as response:
            reader = Reader(response)
            first, second = await reader.next(), await reader.next()

        assert (first.id, second.id, second.data) == ("0", "5", None)

    async def test_asks_once_for_all_who_wait(
        self, client: httpx.AsyncClient, numbers: Numbers, streams: Streams
    ) -> None:
        async with client.stream("GET", "/numbers") as one, client.stream("GET", "/numbers") as other:
            readers = [Reader(one), Reader(other)]
            for each in readers:
                await each.take(3)
            reads, looks, began = numbers.reads, numbers.looks, monotonic()
            await asyncio.sleep(0.9)
            took = monotonic() - began

            # Both wait: the database is looked at four times a second, and no page is read.
            assert numbers.reads <= reads + 2
            assert 1 <= numbers.looks - looks <= 4 * took + 2
        await gone(streams)

    async def test_holds_no_connection_while_it_waits(
        self, client: httpx.AsyncClient, database: Database
    ) -> None:
        async with client.stream("GET", "/numbers") as response:
            reader = Reader(response)
            await reader.take(3)
            pool: Any = database.engine.pool
            seen = set()
            for _ in range(20):
                seen.add(pool.checkedout())
                await asyncio.sleep(0.02)

        assert 0 in seen
        del reader

    async def test_counts_each_user(self, client: httpx.AsyncClient, streams: Streams) -> None:
        async with client.stream("GET", "/numbers") as one, client.stream("GET", "/numbers") as two:
            readers = [Reader(one), Reader(two)]
            for each in readers:
                await each.take(1)
            refused = await client.get("/numbers")
            async with client.stream("GET", "/numbers", params={"user": "b"}) as three:
                readers.append(Reader(three))
                await readers[-1].take(1)
                full = await client.get("/numbers", params={"user": "c"})

        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (429, "too-many-streams")
        assert (full.status_code, full.json()["type"].rsplit("/", 1)[1]) == (503, "streams-exhausted")
        assert refused.headers["retry-after"] == full.headers["retry-after"] == "5"
        await gone(streams)

    async def test_ends_when_it_is_not_allowed_any_more(
        self, client: httpx.AsyncClient, numbers: Numbers, streams: Streams
    ) -> None:
        async with client.stream("GET", "/numbers") as response:
            reader = Reader(response)
            await reader.take(3)
            numbers.is_allowed = False
            async with asyncio.timeout(2):
                await reader.end()

        await gone(streams)

    async def test_ends_with_the_life_of_a_token(self, client: httpx.AsyncClient, streams: Streams) -> None:
        streams.longest = 0.2
        async with asyncio.timeout(60), client.stream("GET", "/numbers") as response:
            await Reader(response).end()

    async def test_ends_in_an_outage_and_goes_on_by_its_cursor(
        self, client: httpx.AsyncClient, numbers: Numbers, streams: Streams
    ) -> None:
        async with client.stream("GET", "/numbers") as response:
            reader = Reader(response)
            await reader.take(3)
            numbers.breaks, numbers.last = True, 13
            async with asyncio.timeout(60):
                await reader.end()
        numbers.breaks = False
        async with client.stream("GET", "/numbers", params={"cursor": "12"}) as response:
            (found,) = await Reader(response).take(1)

        assert found.id == "13"
        await gone(streams)

    async def test_stops_looking_when_nobody_listens(
        self, client: httpx.AsyncClient, numbers: Numbers, streams: Streams
    ) -> None:
        async with client.stream("GET", "/numbers") as response:
            await Reader(response).take(1)
        await gone(streams)
        looks = numbers.looks
        await asyncio.sleep(0.6)

        assert numbers.looks == looks


class TestShutdown:
    async def test_ends_every_stream(self, scratched: Scratch, numbers: Numbers) -> None:
        app, streams = FastAPI(), Streams(scratched.database, numbers.look)

        @app.get("/numbers")
        async def stream_numbers(request: Request) -> Response:
            request.state.principal = "a"
            return streams.respond(request, "0", numbers.read, lambda: True)

        async with asyncio.timeout(60):
            async with listening(app, "") as client:
                response = await client.send(client.build_request("GET", "/numbers"), stream=True)
                await Reader(response).take(3)
        assert streams.count == 0
