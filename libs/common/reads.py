"""Reads that are asked all day: a statement's text made once a shape, its rows straight from the driver.

SQLAlchemy's own way costs six times as much of this process per read, most of it for making the statement and
its result anew; it stays the one for everything that is not hot. Ids come as texts: they go out as JSON.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

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
        return Asked(self.text, [own if at is None else values[at] for at, own in self.places])


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


def fixed(statement: Select[Any], bind: BindParameter[Any]) -> Callable[[Any], Asked]:
    """Return how to ask a statement of which one value changes."""
    shape = _shape(statement, [bind])
    return lambda value: shape.asked([value])


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
    """The connections of hot reads, each statement its own transaction; opened when first used."""

    def __init__(self, url: str, size: int) -> None:
        """Take the database's URL and how many connections to hold at most."""
        self._url, self._size, self._taken = url, size, 0
        self._opening = asyncio.Lock()
        self._pool: asyncpg.Pool[Any] | None = None

    async def rows(self, asked: Asked) -> list[Row]:
        """Return the rows of a statement; raises Unavailable when no connection is free for 2 s."""
        async with self._connection() as connection:
            found: list[Row] = await connection.fetch(asked.text, *asked.values)
            return found

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.close()

    async def read_metrics(self) -> dict[Gauge, Samples]:
        """Return how the pool stands."""
        idle = self._pool.get_idle_size() if self._pool else 0
        return standing(_NAME, min(self._taken, self._size), idle, self._size)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        pool = self._pool or await self._open()
        self._taken += 1
        try:
            connection = await self._acquire(pool)
            try:
                yield connection
            finally:
                await pool.release(connection)
        finally:
            self._taken -= 1

    async def _acquire(self, pool: "asyncpg.Pool[Any]") -> Any:
        try:
            if self._taken > self._size:
                return await _waited(pool)
            # A free one is there at once, and one more is opened within its own limit.
            return await pool.acquire()
        except TimeoutError as error:
            raise Unavailable("pool-exhausted") from error

    async def _open(self) -> "asyncpg.Pool[Any]":
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=0,
                    max_size=self._size,
                    init=_speak_json,
                    reset=_leave,
                    timeout=_OPENING,
                )
            return self._pool


async def _waited(pool: "asyncpg.Pool[Any]") -> Any:
    """Wait for a connection that somebody gives back, and count it."""
    WAITS.add(_NAME)
    began = perf_counter()
    try:
        return await pool.acquire(timeout=PATIENCE)
    except TimeoutError:
        TIMEOUTS.add(_NAME)
        raise
    finally:
        WAITED.add(_NAME, by=perf_counter() - began)


async def _speak_json(connection: Any) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=_dumps, decoder=orjson.loads)
    await connection.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=str)


async def _leave(_: Any) -> None:
    """Reset nothing: a read changes nothing of its connection, and asking costs a way to the server."""


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
