"""How long the real server takes to refuse, asked in pairs: somebody it knows, and somebody it does not.

A busy machine slows both of a pair alike, and whoever is asked first is drawn by lot; so the differences
within pairs tell what the totals would hide. Their median has an interval that supposes nothing of how they
are spread (the sign test's order statistics), and pairs are asked until it is narrow, never until it is kind.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import sqrt
from statistics import median
from time import perf_counter_ns
from typing import NamedTuple

import httpx
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Both ends of the interval together are wrong once in a hundred times.
_Z = 2.58
_NARROW = 0.015
_AT_MOST = 4
# A copy of a user under another id and address, and his credential.
_COPY = text("""
WITH copied AS (
  SELECT u.id AS original, (jsonb_populate_record(u, jsonb_build_object(
    'id', gen_random_uuid(), 'email', 'known' || n || '@example.org',
    'email_key', 'known' || n || '@example.org'))).*
  FROM "user" u, generate_series(1, :count) n WHERE u.email_key = :email_key
), kept AS (INSERT INTO "user" SELECT (jsonb_populate_record(NULL::"user", to_jsonb(copied))).* FROM copied
  RETURNING id)
INSERT INTO credential SELECT kept.id, c.password_hash, c.changed_at
FROM kept, "user" u JOIN credential c ON c.user_id = u.id WHERE u.email_key = :email_key
""")

KINDS = ("known", "unknown")

type Ask = Callable[["Post", str, str], Awaitable[tuple[int, bytes]]]


class Interval(NamedTuple):
    """A median and between what it lies, each as a share of the time that a request takes."""

    middle: float
    low: float
    high: float

    @property
    def furthest(self) -> float:
        """The largest difference that the interval does not rule out."""
        return max(abs(self.low), abs(self.high))

    @property
    def blur(self) -> float:
        """How far its ends are from the median."""
        return max(self.middle - self.low, self.high - self.middle)


class Pair(NamedTuple):
    """How long each of two took to be answered, in nanoseconds."""

    known: int
    unknown: int


def interval_of(pairs: list[Pair]) -> Interval:
    """Return by how much the known take longer, in shares of the median time of an unknown."""
    usual = median(each.unknown for each in pairs)
    differences = sorted((each.known - each.unknown) / usual for each in pairs)
    count = len(differences)
    reach = max(0, int(count / 2 - _Z * sqrt(count) / 2))
    return Interval(median(differences), differences[reach], differences[count - 1 - reach])


@dataclass
class Post:
    """One connection to the server; a client library's own work would blur what is measured."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def __call__(self, path: str, address: str, body: object) -> tuple[int, bytes]:
        """Send one request as the gateway passes it on; return its status and its answer without the date."""
        content = orjson.dumps(body)
        head = (
            f"POST /api/v1{path} HTTP/1.1\r\nHost: service\r\nX-Forwarded-For: {address}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self.writer.write(head.encode() + content)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        told = dict(each.lower().split(b": ", 1) for each in lines[1:] if each)
        told.pop(b"date", None)
        answer = await self.reader.readexactly(int(told.get(b"content-length", b"0")))
        return int(lines[0].split()[1]), b"\n".join(sorted(told)) + answer


@asynccontextmanager
async def connected(url: httpx.URL) -> AsyncIterator[Post]:
    """Lend one connection to a server."""
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        yield Post(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def know(connection: AsyncConnection, email_key: str, count: int) -> None:
    """Let there be as many users like one, whose addresses are known1@example.org and so on."""
    await connection.execute(_COPY, {"email_key": email_key, "count": count})


async def sign_in(post: Post, email: str, address: str) -> tuple[int, bytes]:
    return await post("/auth/sign-in", address, {"email": email, "password": "this is not the one"})


async def sign_in_browser(post: Post, email: str, address: str) -> tuple[int, bytes]:
    return await post("/auth/web/sign-in", address, {"email": email, "password": "this is not the one"})


async def ask_reset(post: Post, email: str, address: str) -> tuple[int, bytes]:
    return await post("/auth/password-reset", address, {"email": email})


async def measured(
    post: Post, ask: Ask, pairs: int, *, first: int = 1, until_narrow: bool = False
) -> tuple[list[Pair], Interval]:
    """Ask so many pairs, or up to four times as many until the interval is narrow; answers must be the same.

    Each pair asks for other addresses and comes from another one, so that nobody is locked out.
    """
    lots = random.Random(first)
    found: list[Pair] = []
    answers: set[tuple[int, bytes]] = set()
    for number in range(first, first + _AT_MOST * pairs):
        if len(found) >= pairs and (not until_narrow or interval_of(found).blur <= _NARROW):
            break
        taken: dict[str, int] = {}
        for kind in lots.sample(KINDS, 2):
            began = perf_counter_ns()
            answers.add(await ask(post, f"{kind}{number}@example.org", _address(number)))
            taken[kind] = perf_counter_ns() - began
        found.append(Pair(**taken))
    assert len(answers) == 1, answers
    return found, interval_of(found)


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
