"""The feed: every event that the caller may see, behind an opaque cursor; asked for, or pushed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx

import plexus_crm.events  # noqa: F401 - importing it makes the types known
from plexus_crm.conversation import Request
from plexus_crm.event import Event, Wanted, names_of, parse, parse_json
from plexus_crm.problems import problem_of

if TYPE_CHECKING:
    from plexus_crm.aio import AsyncClient
    from plexus_crm.client import Client

PATH, STREAM = "/api/v1/events", "/api/v1/events/stream"
_SILENCE = 45.0
_LONGEST_PAUSE = 15.0


class Positioned:
    """Where a reader stands: `cursor` is behind all that was handled: keep it for the next start."""

    def __init__(self, types: Iterable[Wanted] | None, cursor: str | None) -> None:
        self.types = names_of(types)
        self.cursor = cursor

    def _params(self, **more: Any) -> dict[str, Any]:
        given = {"types": ",".join(self.types) if self.types else None, "cursor": self.cursor, **more}
        return {name: value for name, value in given.items() if value is not None}


class Feed(Positioned):
    """Events by asking for page after page.

    With `follow=False` it ends where everything is read; else it asks again every `wait` seconds. An event
    that was yielded counts as handled when the next one is asked for: who stops in between gets its page
    again.
    """

    def __init__(
        self,
        client: Client,
        types: Iterable[Wanted] | None = None,
        cursor: str | None = None,
        *,
        follow: bool = True,
        wait: float = 1.0,
        limit: int = 100,
    ) -> None:
        super().__init__(types, cursor)
        self._client, self._follow, self._wait, self._limit = client, follow, wait, limit

    def __iter__(self) -> Iterator[Event]:
        while True:
            answer = self._client.send(Request("GET", PATH, self._params(limit=self._limit)))
            page = answer.json()
            for item in page["items"]:
                yield parse(item)
            self.cursor = page["next_cursor"]
            # A page may show nothing, of a log full of what others may see.
            if not page.get("has_more", bool(page["items"])):
                if not self._follow:
                    return
                self._client.sleep(self._wait)


class AsyncFeed(Positioned):
    """Events by asking for page after page, for asyncio; see Feed."""

    def __init__(
        self,
        client: AsyncClient,
        types: Iterable[Wanted] | None = None,
        cursor: str | None = None,
        *,
        follow: bool = True,
        wait: float = 1.0,
        limit: int = 100,
    ) -> None:
        super().__init__(types, cursor)
        self._client, self._follow, self._wait, self._limit = client, follow, wait, limit

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            answer = await self._client.send(Request("GET", PATH, self._params(limit=self._limit)))
            page = answer.json()
            for item in page["items"]:
                yield parse(item)
            self.cursor = page["next_cursor"]
            # A page may show nothing, of a log full of what others may see.
            if not page.get("has_more", bool(page["items"])):
                if not self._follow:
                    return
                await self._client.sleep(self._wait)


class Frames:
    """Lines of server-sent events (WHATWG HTML, 9.2) as events; keeps the last id."""

    def __init__(self, cursor: str | None) -> None:
        self.cursor = cursor
        self._data: list[str] = []
        self._id: str | None = None

    def feed(self, line: str) -> Event | None:
        """Take one line; return the event that it ends, None when it ends none."""
        if line == "":
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def moved(self) -> None:
        """Move the cursor behind the event that was handled."""
        if self._id is not None:
            self.cursor, self._id = self._id, None

    def _dispatch(self) -> Event | None:
        text, self._data = "\n".join(self._data), []
        if not text:
            self.moved()
            return None
        return parse_json(text)


class _Pushed(Positioned):
    """What both streams share: the request, and the pauses between connections."""

    def __init__(self, types: Iterable[Wanted] | None, cursor: str | None) -> None:
        super().__init__(types, cursor)
        self._pause = 0.0

    def _headers(self) -> dict[str, str]:
        given = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        return {**given, **({"Last-Event-ID": self.cursor} if self.cursor else {})}

    def _query(self) -> dict[str, str]:
        return {"types": ",".join(self.types)} if self.types else {}

    def _longer(self) -> float:
        self._pause = min(max(0.25, self._pause * 2), _LONGEST_PAUSE)
        return self._pause

    @staticmethod
    def _ends(status: int) -> bool:
        """Tell a refusal that the same request would meet again."""
        return status not in {401, 429} and status < httpx.codes.INTERNAL_SERVER_ERROR

    def _take(self, frames: Frames, line: str) -> Generator[Event]:
        event = frames.feed(line)
        if event is not None:
            self._pause = 0.0
            yield event
            frames.moved()
        self.cursor = frames.cursor


class Stream(_Pushed):
    """Events as they happen; a lost connection is made anew behind the last event that was handled."""

    def __init__(
        self, client: Client, types: Iterable[Wanted] | None = None, cursor: str | None = None
    ) -> None:
        super().__init__(types, cursor)
        self._client = client

    def __iter__(self) -> Iterator[Event]:
        while True:
            with suppress(httpx.TransportError):
                yield from self._connection()
            self._client.sleep(self._longer())

    def _connection(self) -> Iterator[Event]:
        frames, timeout = Frames(self.cursor), httpx.Timeout(12.0, read=_SILENCE)
        headers = {**self._client.authorized(), **self._headers()}
        with self._client.http.stream(
            "GET", STREAM, params=self._query(), headers=headers, timeout=timeout
        ) as answer:
            if not answer.is_success:
                answer.read()
                self._refused(answer)
                return
            for line in answer.iter_lines():
                yield from self._take(frames, line)

    def _refused(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._client.renew(problem_of(answer))
        elif self._ends(answer.status_code):
            raise problem_of(answer)


class AsyncStream(_Pushed):
    """Events as they happen, for asyncio; see Stream."""

    def __init__(
        self, client: AsyncClient, types: Iterable[Wanted] | None = None, cursor: str | None = None
    ) -> None:
        super().__init__(types, cursor)
        self._client = client

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            with suppress(httpx.TransportError):
                async for event in self._connection():
                    yield event
            await self._client.sleep(self._longer())

    async def _connection(self) -> AsyncIterator[Event]:
        frames, timeout = Frames(self.cursor), httpx.Timeout(12.0, read=_SILENCE)
        headers = {**await self._client.authorized(), **self._headers()}
        async with self._client.http.stream(
            "GET", STREAM, params=self._query(), headers=headers, timeout=timeout
        ) as answer:
            if not answer.is_success:
                await answer.aread()
                await self._refused(answer)
                return
            async for line in answer.aiter_lines():
                for event in self._take(frames, line):
                    yield event

    async def _refused(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            await self._client.renew(problem_of(answer))
        elif self._ends(answer.status_code):
            raise problem_of(answer)
