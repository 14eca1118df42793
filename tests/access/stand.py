"""All seven services in this process, over databases of their own, and what is asked of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Message

from libs.common.testing import Scratch, scratch
from libs.platform.directory.entries import Entry
from tests.access.documents import Documented, built, documented
from tests.api import seed
from tests.gateway.apps import SERVICES

type Headers = Sequence[tuple[str, str]]

# A refusal of somebody who is known leaves this row, and nothing else anywhere.
REFUSAL = "access.refused"
# A stream that says nothing for so long has said what there was.
PAUSE = 0.15
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
_HASH = "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{0}\" t{1}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; the body is whole, unless nobody waited for its end."""

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return orjson.loads(self.content)

    @property
    def slug(self) -> str:
        """The last part of a problem's type; empty where it is no problem."""
        is_problem = self.headers.get("content-type") == "application/problem+json"
        return str(self.json()["type"]).rpartition("/")[2] if is_problem else ""


@dataclass
class Stand:
    """The applications, their databases, and every route of their documents."""

    apps: dict[str, FastAPI] = field(default_factory=dict)
    scratches: dict[str, Scratch] = field(default_factory=dict)
    routes: list[Documented] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, service: str, method: str, path: str, headers: Headers = (), body: object = None
    ) -> Answer:
        """Send a request, as a server would hand it over; a body that is no bytes goes as JSON."""
        content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        given = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        if body is not None and not any(name == b"content-type" for name, _ in given):
            is_file = isinstance(body, bytes)
            given.append((b"content-type", b"application/octet-stream" if is_file else b"application/json"))
        given += [(b"host", b"service"), (b"content-length", str(len(content)).encode())]
        return await call(self.apps[service], method, path, given, content)

    async def begin(self, service: str, path: str, headers: Headers) -> list[str]:
        """Open a stream and return the data of what comes without a pause; [] where it is refused."""
        given = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        heard: list[Message] = []
        listening = asyncio.create_task(_run(self.apps[service], "GET", path, given, b"", heard))
        known = -1
        while len(heard) > known and not listening.done():
            known = len(heard)
            await asyncio.wait([listening], timeout=PAUSE)
        listening.cancel()
        await asyncio.wait([listening])
        lines = b"".join(each.get("body", b"") for each in heard).decode().splitlines()
        return [each.removeprefix("data: ") for each in lines if each.startswith("data: {")]

    async def fingerprint(self) -> dict[str, dict[str, str]]:
        """One hash over all rows of each table, by service; refusals in the audit trail are left out."""
        return {service: await self._fingerprint(service) for service in self.apps}

    async def _fingerprint(self, service: str) -> dict[str, str]:
        async with self.scratches[service].database.reading.connect() as connection:
            if service not in self.tables:
                names = (await connection.execute(_TABLES)).scalars()
                self.tables[service] = " UNION ALL ".join(map(_hash_of, names))
            rows = await connection.execute(text(self.tables[service]))
            return {row[0]: row[1] for row in rows}


def _hash_of(table: str) -> str:
    return _HASH.format(table, f" WHERE action <> '{REFUSAL}'" if table == "audit" else "")


def changes(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Name the tables that are not as they were."""
    return [
        f"{service}.{table}"
        for service, tables in after.items()
        for table, hashed in tables.items()
        if before[service][table] != hashed
    ]


async def call(
    app: FastAPI, method: str, path: str, headers: list[tuple[bytes, bytes]], content: bytes
) -> Answer:
    """Run one request through an application; without the cost of a client of its own for each."""
    sent: list[Message] = []
    await _run(app, method, path, headers, content, sent)
    start, *parts = sent
    told = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(part.get("body", b"") for part in parts))


async def _run(
    app: FastAPI,
    method: str,
    path: str,
    headers: list[tuple[bytes, bytes]],
    content: bytes,
    sent: list[Message],
) -> None:
    route, _, query = path.partition("?")
    received = iter([{"type": "http.request", "body": content, "more_body": False}])

    async def receive() -> Message:
        message = next(received, None)
        return message if message is not None else await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": route,
        "raw_path": route.encode(),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": ("192.0.2.1", 50000),
        "server": ("service", 80),
        "state": {},
    }
    await app(scope, receive, send)


@asynccontextmanager
async def standing(directory: Sequence[Entry]) -> AsyncIterator[Stand]:
    """Lend all services, started as in production, with this directory in each."""
    stand = Stand()
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            lent = await stack.enter_async_context(scratch(service, reference_patience=0.0))
            await seed(lent.database, directory)
            app = built(service, lent.settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            stand.apps[service], stand.scratches[service] = app, lent
        stand.routes = documented(stand.apps)
        yield stand
