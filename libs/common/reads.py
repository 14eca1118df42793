"""Reads that are asked all day: a statement's text made once a shape, its rows straight from the driver.

SQLAlchemy's own way costs six times as much of this process per read, most of it for making the statement and
its result anew; it stays the one for everything that is not hot. Ids come as texts: they go out as JSON.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import BindParameter, ColumnElement, Select
from sqlalchemy.dialects.postgresql import asyncpg as driver

from libs.common.metrics import Gauge, Samples
from libs.common.metrics_pool import TIMEOUTS, WAITED, WAITS, begin, standing
from libs.common.problems import Unavailable

# As many as a service has lists, with the filters and orders that its users ask for.
MOST_SHAPES = 2_000
# How long a read waits for a free connection, in seconds; the same as a write.
PATIENCE = 2.0
# How long opening one more may take, in seconds: a busy server is slow to greet, and no sign of a full pool.
_OPENING = 5.0
_DIALECT = driver.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects are not typed.

# What the page of metrics calls this pool.
_NAME = "reads"
begin(_NAME)

type Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement's text with $1, $2, … and their values."""

    text: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    text: str
    # For each $n the place of its value among the condition's, or else the value itself.
    places: tuple[tuple[int | None, Any], ...]

    def asked(self, values: Sequence[Any]) -> Asked:
        return Asked(self.text, [_sent(own if at is None else values[at]) for at, own in self.places])


class Shapes:
    """Statements by their shape: the same but for the values of their condition."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[Hashable, _Shape] = {}

    def ask(self, name: Hashable, condition: ColumnElement[bool], build: Callable[[], Select[Any]]) -> Asked:
        """Return the statement that `build` makes around `condition`, with the condition's values.

        `name` stands for all that tells this statement from others beside the condition.
        """
        key = condition._generate_cache_key()  # noqa: SLF001 - SQLAlchemy's own statements are kept by it.
        if key is None:
            message = f"a condition of {name} has no shape of its own"
            raise TypeError(message)
        shape = self._known.get((name, key.key))
        if shape is None:
            if len(self._known) >= MOST_SHAPES:
                self._known.clear()
            shape = self._known[name, key.key] = _shape(build(), key.bindparams)
        return shape.asked([each.effective_value for each in key.bindparams])


def asking(asked: Asked, stand_in: object) -> Callable[[Any], Asked]:
    """Return how to ask a statement again with another value in the place of one that stood in for it."""
    values = list(asked.values)
    at = next(at for at, value in enumerate(values) if value is stand_in)
    return lambda value: Asked(asked.text, [*values[:at], value, *values[at + 1 :]])


def _shape(statement: Select[Any], binds: Sequence[BindParameter[Any]]) -> _Shape:
    compiled: Any = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    # The compiler may work on copies, which keep their keys.
    named = {compiled.bind_names[each]: each.key for each in compiled.bind_names}
    places = {each.key: at for at, each in enumerate(binds)}
    expanding = [each.key for each in binds if each.expanding]
    if expanding:
        message = f"{expanding} would change the text with the number of its values"
        raise TypeError(message)
    order = [
        (places.get(named.get(name, name)), compiled.params[name]) for name in compiled.positiontup or ()
    ]
    return _Shape(compiled.string, tuple(order))


class ReadPool:
    """The connections of hot reads, each statement its own transaction; opened when first needed.

    The driver's own pool costs a fifth of a small read: a wrapper, a task and a timer each time.
    """

    def __init__(self, url: str, size: int) -> None:
        """Take the database's URL and how many connections to hold at most."""
        self._url, self._size, self._open = url, size, 0
        self._idle: list[Any] = []
        # Who waits is handed a connection, or None for leave to open one.
        self._waiting: deque[asyncio.Future[Any]] = deque()

    async def rows(self, asked: Asked) -> list[Row]:
        """Return the rows of a statement; raises Unavailable when no connection is free for 2 s."""
        connection = self._idle.pop() if self._idle else await self._another()
        if connection.is_closed():
            # The server went away meanwhile.
            connection = await self._instead()
        try:
            found: list[Row] = await connection.fetch(asked.text, *asked.values)
        except asyncpg.PostgresError:
            self._give_back(connection)
            raise
        except BaseException:
            # Something of the statement may still be under way, so nobody else gets this connection.
            connection.terminate()
            self._give_back(connection)
            raise
        self._give_back(connection)
        return found

    async def close(self) -> None:
        """Close every connection that nobody uses."""
        while self._idle:
            self._open -= 1
            await self._idle.pop().close()

    async def read_metrics(self) -> dict[Gauge, Samples]:
        """Return how the pool stands."""
        return standing(_NAME, self._open - len(self._idle), len(self._idle), self._size)

    def _give_back(self, connection: Any) -> None:
        """Hand a connection, or leave to open one in its place, to whoever waits the longest."""
        if connection is not None and connection.is_closed():
            connection = None
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        if connection is None:
            self._open -= 1
        else:
            self._idle.append(connection)

    async def _another(self) -> Any:
        if self._open < self._size:
            self._open += 1
            return await self._instead()
        return await self._handed() or await self._instead()

    async def _instead(self) -> Any:
        """Open a connection that is counted as open already."""
        try:
            connection: Any = await asyncpg.connect(self._url, timeout=_OPENING)
            await _speak_json(connection)
        except TimeoutError as error:
            self._give_back(None)
            raise Unavailable("pool-exhausted") from error
        except BaseException:
            self._give_back(None)
            raise
        return connection

    async def _handed(self) -> Any:
        """Wait for what somebody gives back, and count it."""
        WAITS.add(_NAME)
        began, waiting = perf_counter(), asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(PATIENCE):
                return await waiting
        except BaseException as error:
            if waiting.done() and not waiting.cancelled():
                self._give_back(waiting.result())
            if not isinstance(error, TimeoutError):
                raise
            TIMEOUTS.add(_NAME)
            raise Unavailable("pool-exhausted") from error
        finally:
            WAITED.add(_NAME, by=perf_counter() - began)


async def _speak_json(connection: Any) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=_dumps, decoder=orjson.loads)
    await connection.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=str)


def _sent(value: Any) -> Any:
    """Turn ids into texts, as they go out: a statement that is kept turns its own only once."""
    if isinstance(value, list):
        return [_sent(each) for each in value]
    return str(value) if isinstance(value, UUID) else value


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
