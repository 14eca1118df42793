"""Server-sent events (WHATWG HTML, 9.2): pages behind a cursor, pushed as soon as there is more.

One look per process at what is new wakes every stream; each then reads its own page, and holds no database
connection while it waits.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from libs.common.clock import Clock, SystemClock
from libs.common.db import Database
from libs.common.hints import EFFECTS
from libs.common.metrics import Gauge, Samples
from libs.common.problem_texts import register
from libs.common.problems import Problem, Unavailable

log = logging.getLogger(__name__)
_EVERY = 0.25
_HEARTBEAT = 10
_RETRY = 2000
_SLOWEST_RECEIVER = 30.0
# How soon a stream ends after its holder lost the right to it.
_CHECK = 0.5
# What was held back is read again this often.
_AGAIN = 1.0
# As long as a token: with a dead bus, nothing that was granted lives longer than this.
_LONGEST = 600.0
_OPEN = Gauge("plexus_streams_open", "Open event streams by feed", ("feed",))

register(
    {
        "too-many-streams": ("You have too many open streams", "您打开的事件流过多"),
        "streams-exhausted": ("No more streams can be opened now", "暂时无法打开更多事件流"),
    }
)

type Look = Callable[[AsyncConnection], Awaitable[Hashable]]


class TooManyStreams(Problem):
    """One user has as many open streams as he may."""

    slug, status = "too-many-streams", 429


@dataclass(frozen=True, slots=True)
class Sent:
    """One event: its name, its data as one line of text, and the cursor behind it."""

    cursor: str
    event: str
    data: str


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order, and the cursor behind all that was looked at, shown or not.

    `has_more` asks to read on at once; `waits` says that something was held back and may be let go without
    anything new.
    """

    events: Sequence[Sent]
    cursor: str
    has_more: bool = False
    waits: bool = False


type Read = Callable[[AsyncConnection, str], Awaitable[Page]]


@dataclass(slots=True)
class Streams:
    """The open streams of one feed in one process."""

    database: Database
    look: Look
    clock: Clock = field(default_factory=SystemClock)
    most: int = 1000
    most_each: int = 10
    longest: float = _LONGEST
    _open: Counter[str] = field(default_factory=Counter)
    _beat: Hashable = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _pulse: asyncio.Task[None] | None = None
    _readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    @classmethod
    def of(cls, app: FastAPI, name: str, look: Look) -> "Streams":
        """Return the application's streams of this name, made when first asked for.

        `look` returns something that is another thing whenever there may be more to send.
        """
        if not hasattr(app.state, "streams"):
            app.state.streams = {}
        made: dict[str, Streams] = app.state.streams
        if name not in made:
            made[name] = cls(app.state.door.database, look)
        return made[name]

    def respond(
        self, request: Request, cursor: str, read: Read, allowed: Callable[[], bool]
    ) -> EventSourceResponse:
        """Return the stream behind `cursor`, for as long as `allowed` says so.

        Call it last in an endpoint that holds no connection. Raises TooManyStreams (429) for one stream too
        many of this user, Unavailable (503) when the process has as many as it can.
        """
        principal: str = request.state.principal
        if self._open[principal] >= self.most_each:
            raise TooManyStreams(headers={"Retry-After": "5"})
        if self._open.total() >= self.most:
            raise Unavailable("streams-exhausted", retry_after=5)
        self._open[principal] += 1
        return _Response(self._unbroken(cursor, read, allowed), lambda: self._left(principal))

    @property
    def count(self) -> int:
        """Return how many streams are open."""
        return self._open.total()

    def _left(self, principal: str) -> None:
        """Forget a stream; the last one stops the looking."""
        self._open[principal] -= 1
        self._open += Counter()
        if not self._open and self._pulse is not None:
            self._pulse.cancel()
            self._pulse = None

    async def _unbroken(
        self, cursor: str, read: Read, allowed: Callable[[], bool]
    ) -> AsyncIterator[ServerSentEvent]:
        """Yield what comes; an outage ends the stream, and its receiver comes again with his cursor."""
        try:
            async for each in self._events(cursor, read, allowed):
                yield each
        except (SQLAlchemyError, OSError) as error:
            log.warning("a stream ends: %s", type(error).__name__)

    async def _events(
        self, cursor: str, read: Read, allowed: Callable[[], bool]
    ) -> AsyncIterator[ServerSentEvent]:
        """Yield what comes; the first line leaves before anything is read."""
        ends_at = self.clock.monotonic() + self.longest
        yield ServerSentEvent(comment="", id=cursor, retry=_RETRY)
        if self._pulse is None:
            self._pulse = asyncio.create_task(self._look())
        while allowed() and self.clock.monotonic() < ends_at:
            beat = self._beat
            async with self._readers, self.database.reading.connect() as connection:
                page = await read(connection, cursor)
            for each in page.events:
                yield ServerSentEvent(each.data, event=each.event, id=each.cursor)
            if page.cursor != (page.events[-1].cursor if page.events else cursor):
                # An id without data moves the receiver's cursor past what he was not shown.
                yield ServerSentEvent(id=page.cursor)
            cursor = page.cursor
            if not page.has_more:
                patience = _AGAIN if page.waits else ends_at - self.clock.monotonic()
                await self._beat_after(beat, allowed, self.clock.monotonic() + patience)

    async def _beat_after(self, beat: Hashable, allowed: Callable[[], bool], until: float) -> None:
        """Return when there is news since `beat`, when it is not allowed any more, or at `until`."""
        while self._beat == beat and allowed() and self.clock.monotonic() < until:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _CHECK)

    async def _look(self) -> None:
        """Look for news while anybody listens, through every outage of the database."""
        ear = self.database.hints.ear(EFFECTS)
        try:
            while True:
                await self._look_once()
                await ear.wait(_EVERY)
        finally:
            await ear.close()

    async def _look_once(self) -> None:
        try:
            async with self.database.reading.connect() as connection:
                beat = await self.look(connection)
            if beat != self._beat:
                self._beat = beat
                self._news.set()
                self._news = asyncio.Event()
        except Exception as error:  # noqa: BLE001 - an outage must not end the looking
            log.warning("streams cannot look for news: %s", type(error).__name__)


async def read_streams(app: FastAPI) -> dict[Gauge, Samples]:
    """Return how many streams an application has open, by feed."""
    made: dict[str, Streams] = getattr(app.state, "streams", {})
    return {_OPEN: {(name,): float(each.count) for name, each in made.items()}}


class _Response(EventSourceResponse):
    """Tells when it is over, however it ends, even before it began."""

    def __init__(self, events: AsyncIterator[ServerSentEvent], left: Callable[[], None]) -> None:
        super().__init__(events, ping=_HEARTBEAT, sep="\n", send_timeout=_SLOWEST_RECEIVER)
        self._left = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._left()
