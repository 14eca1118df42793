"""The HTTP edge: who asks, one transaction around the endpoint, one answer per Idempotency-Key."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import orjson
from fastapi import APIRouter, Depends, Header
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from libs.common.answers import PostgresAnswers
from libs.common.crypto import KekRing
from libs.common.db import Aggregate, Database
from libs.common.idempotency import Answer, claim, once
from libs.common.ids import new_id
from libs.common.journal import AuditEntry, Cause, audit
from libs.common.problems import BadRequest, Forbidden, PreconditionRequired, Unavailable
from libs.common.transaction import Transactions

type Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT_HEADERS = frozenset({"content-type", "etag", "location"})


class Marker(Protocol):
    """What every route carries as a dependency: its kind of door, and the permission behind it."""

    kind: str
    permission: str | None


@dataclass(frozen=True)
class Public:
    """A door for everyone; the reason is for the reader."""

    reason: str
    kind: str = "public"
    permission: str | None = None

    async def __call__(self) -> None:
        """Let everyone in."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the edge needs of a running service; kept at `app.state.door`."""

    database: Database
    transactions: Transactions
    keks: KekRing
    authenticate: Callable[[Request], Awaitable[str]]
    timeout: float


def markers(dependant: Dependant) -> list[Marker]:
    """Return the markers of a route, wherever in its dependencies they stand."""
    own = [dependant.call] if hasattr(dependant.call, "permission") else []
    return [*own, *(each for inner in dependant.dependencies for each in markers(inner))]  # type: ignore[list-item]


def _uses(dependant: Dependant, call: object) -> bool:
    return dependant.call is call or any(_uses(inner, call) for inner in dependant.dependencies)


class EdgeRoute(APIRoute):
    """A route whose endpoint runs inside one transaction when it asks for a Session."""

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler in the time limit, and in the transaction."""
        handler = super().get_route_handler()
        open_door = any(each.kind == "public" for each in markers(self.dependant))
        if _uses(self.dependant, session_of):
            handler = _transactional(handler, idempotent=not open_door and "POST" in (self.methods or ()))

        async def edge(request: Request) -> Response:
            door: Door = request.app.state.door
            try:
                async with asyncio.timeout(door.timeout):
                    request.state.principal = "public" if open_door else await door.authenticate(request)
                    return await handler(request)
            except TimeoutError as error:
                raise Unavailable("too-slow") from error
            except Forbidden as error:
                await _audit_refusal(door, request, error)
                raise

        return edge


class Router(APIRouter):
    """The router of an aggregate: every route goes through the edge."""

    def __init__(self, prefix: str, **keywords: Any) -> None:
        """Mount under /api/v1 + `prefix`, documented under the prefix's name."""
        super().__init__(
            prefix=f"/api/v1{prefix}", tags=[prefix.strip("/")], route_class=EdgeRoute, **keywords
        )


def cause_of(request: Request) -> Cause:
    """Return why the request's transaction runs; the trace id is the correlation id."""
    traceparent = request.headers.get("traceparent")
    parts = traceparent.split("-") if traceparent else []
    known = len(parts) == 4 and len(parts[1]) == 32 and parts[1].isalnum()  # noqa: PLR2004 - W3C trace context
    correlation = parts[1] if known else new_id().hex
    address = request.client.host if request.client else None
    return Cause(request.state.principal, correlation, None, traceparent if known else None, address)


def _transactional(handler: Handler, *, idempotent: bool) -> Handler:
    """Run the endpoint in a transaction that commits before its answer leaves."""

    async def edge(request: Request) -> Response:
        door: Door = request.app.state.door
        key = idempotency_key(request) if idempotent else None
        content = await request.body() if key else b""

        async def body(session: AsyncSession) -> Response:
            request.state.session = session
            if key is None:
                return await handler(request)

            async def effect() -> Answer:
                return _answer(await handler(request))

            asked = claim(request.state.principal, f"{request.method} {request.url.path}", key, content)
            answers = PostgresAnswers(session, door.keks)
            kept = await once(answers, door.transactions.clock, asked, effect)
            return Response(kept.body, kept.status, kept.headers)

        return await door.transactions.run(cause_of(request), body)

    return edge


def idempotency_key(request: Request) -> str | None:
    """Return the Idempotency-Key header; raises BadRequest when it is given twice."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) > 1:
        raise BadRequest("bad-idempotency-key")
    return keys[0] if keys else None


def _answer(response: Response) -> Answer:
    headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    return Answer(response.status_code, headers, bytes(response.body))


async def _audit_refusal(door: Door, request: Request, error: Forbidden) -> None:
    """Leave an audit row for a refusal, in a transaction of its own."""

    async def body(session: AsyncSession) -> None:
        facts = {"method": request.method, "problem": error.slug}
        audit(session, AuditEntry("access.refused", "route", request.url.path[:200], None, facts))

    await door.transactions.run(cause_of(request), body)


async def session_of(
    request: Request,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)] = None,  # noqa: ARG001 - documents it
) -> AsyncSession:
    """Return the session of the request's transaction."""
    session: AsyncSession = request.state.session
    return session


async def _reading(request: Request) -> AsyncIterator[AsyncConnection]:
    door: Door = request.app.state.door
    async with door.database.reading.connect() as connection:
        yield connection


def if_match(header: Annotated[str | None, Header(alias="If-Match")] = None) -> int:
    """Return the version that If-Match names; raises PreconditionRequired without the header."""
    if header is None:
        raise PreconditionRequired
    number = header.strip().removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - an int8
        raise BadRequest("bad-if-match")
    return int(number)


Session = Annotated[AsyncSession, Depends(session_of)]
Reading = Annotated[AsyncConnection, Depends(_reading)]
IfMatch = Annotated[int, Depends(if_match)]


def respond(model: BaseModel, aggregate: Aggregate, status: int = 200) -> Response:
    """Return the record as JSON with its version as ETag."""
    return Response(
        model.model_dump_json(),
        status,
        {"ETag": f'"{aggregate.version}"', "Content-Type": "application/json"},
    )


def page(content: bytes) -> Response:
    """Return a list that came as JSON from the database."""
    return Response(content, media_type="application/json")


def etagged(row: Mapping[str, Any]) -> Response:
    """Return one record as it was read, with its version as ETag."""
    content = orjson.dumps(row, default=str, option=orjson.OPT_UTC_Z)
    return Response(content, headers={"ETag": f'"{row["version"]}"'}, media_type="application/json")
