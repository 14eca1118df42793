"""The HTTP edge: who asks, one transaction around the endpoint, one answer per Idempotency-Key."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import orjson
from fastapi import APIRouter, Depends, Header
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from libs.common.answers import PostgresAnswers
from libs.common.crypto import KekRing
from libs.common.db import Aggregate, Database
from libs.common.dispatch import Handler, Index, Known, directly
from libs.common.guard import Guard
from libs.common.idempotency import LONGEST_KEY, Answer, checked, claim, once
from libs.common.ids import new_id
from libs.common.journal import AuditEntry, Cause, audit
from libs.common.problems import (
    BadRequest,
    Forbidden,
    PreconditionRequired,
    Problem,
    Unauthenticated,
    Unavailable,
    responses,
)
from libs.common.reads import ReadPool
from libs.common.restrictions import UNRESTRICTED, Restrictions
from libs.common.transaction import Transactions

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Doors that ask for no token; what is for services alone stands on a listener that nobody else reaches.
_OPEN = frozenset({"public", "link", "service"})
_KEY_SCHEMA: JsonSchemaValue = {
    "type": "string",
    "pattern": "^[ -~]+$",
    "minLength": 1,
    "maxLength": LONGEST_KEY,
}
_VERSION_SCHEMA: JsonSchemaValue = {"type": "string", "pattern": '^"[0-9]{1,18}"$', "examples": ['"1"']}
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


@dataclass(frozen=True)
class Link:
    """A door for whoever holds a link that we signed; `kind` of link says what it opens."""

    opens: str
    kind: str = "link"
    permission: str | None = None

    async def __call__(self) -> None:
        """Let everyone in: the endpoint verifies the link."""


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
    return [each.call for each in _flat(dependant) if hasattr(each.call, "permission")]  # type: ignore[misc]


def _flat(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _flat(inner)


def _uses(dependant: Dependant, call: object) -> bool:
    return any(each.call is call for each in _flat(dependant))


class EdgeRoute(APIRoute):
    """A route whose endpoint runs inside one transaction when it asks for a Session.

    What every route of its kind may refuse is declared here, so that an author adds only what is special.
    """

    # What the index of an application calls; None where FastAPI has to be asked.
    short: Handler | None = None

    def __init__(self, path: str, endpoint: Callable[..., Any], **keywords: Any) -> None:
        """Declare the refusals, and on a POST the Idempotency-Key."""
        super().__init__(path, endpoint, **keywords)
        if self._takes_key():
            self.dependencies.append(Depends(_key_documented))
        self.responses = responses(*sorted(self._refusals())) | self.responses

    def _is_public(self) -> bool:
        return any(each.kind in _OPEN for each in markers(self.dependant))

    def _resource(self) -> str:
        """Return what the route's permission is about; nothing where it takes none."""
        named = (each.permission or "" for each in markers(self.dependant))
        return next((each.partition(":")[0] for each in named if each), "")

    def _takes_key(self) -> bool:
        return not self._is_public() and "POST" in (self.methods or ())

    def _refusals(self) -> set[int]:
        """Return the statuses that follow from what the route takes and whom it lets in."""
        guests, parts = self._is_public(), list(_flat(self.dependant))
        changes = not (self.methods or set()) <= _SAFE
        asked = any(each.query_params or each.header_params for each in parts) or self.openapi_extra
        reasons = {
            400: asked or self._takes_key(),
            401: not guests,
            403: any(each.permission for each in markers(self.dependant)),
            404: any(each.path_params for each in parts),
            409: changes and not guests,
            412: _uses(self.dependant, if_match),
            413: changes or self.body_field,
            422: self.body_field,
            428: _uses(self.dependant, if_match),
            503: True,
        }
        return {status for status, reason in reasons.items() if reason}

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler in the time limit, and in the transaction."""
        through: Handler = super().get_route_handler()
        straight = directly(self, through, _KNOWN)
        handler = straight or through
        open_door = self._is_public()
        longer: float | None = getattr(self.endpoint, "time_limit", None)
        if _uses(self.dependant, session_of):
            handler = _transactional(handler, idempotent=self._takes_key())
        guard = Guard(self, self._resource())

        async def edge(request: Request) -> Response:
            door: Door = request.app.state.door
            try:
                async with asyncio.timeout(longer or door.timeout):
                    request.state.principal = "public" if open_door else await door.authenticate(request)
                    restricted = _restricted(request)
                    if not restricted:
                        return await handler(request)
                    await guard.demand(request, restricted)
                    return guard.cut(await handler(request), restricted)
            except TimeoutError as error:
                raise Unavailable("too-slow") from error
            except (Forbidden, Unauthenticated) as error:
                if getattr(request.state, "principal", "public") != "public":
                    await _audit_refusal(door, request, error)
                raise

        self.short = edge if straight else None
        return edge


def indexed(routes: Iterable[BaseRoute]) -> Index:
    """Return the index of an application's routes; it goes before them."""
    found = [context.original_route for context in iter_route_contexts(list(routes))]
    return Index((each, each.short) for each in found if isinstance(each, EdgeRoute))


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
                return answer_of(await handler(request))

            asked = claim(request.state.principal, f"{request.method} {request.url.path}", key, content)
            answers = PostgresAnswers(session, door.keks)
            kept = await once(answers, door.transactions.clock, asked, effect)
            return Response(kept.body, kept.status, kept.headers)

        return await door.transactions.run(cause_of(request), body)

    return edge


def _restricted(request: Request) -> Restrictions:
    """Return what the caller may not see or change; whoever lets him in says so."""
    found: Restrictions = getattr(request.state, "restricted", UNRESTRICTED)
    return found


def idempotency_key(request: Request) -> str | None:
    """Return the Idempotency-Key header; raises BadRequest for a bad one, or more than one."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) > 1:
        raise BadRequest("bad-idempotency-key")
    return checked(keys[0]) if keys else None


def answer_of(response: Response) -> Answer:
    """Return what is kept of a response for its Idempotency-Key."""
    headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    return Answer(response.status_code, headers, bytes(response.body))


async def _audit_refusal(door: Door, request: Request, error: Problem) -> None:
    """Leave an audit row for a refusal of somebody who is known."""
    facts = {"method": request.method, "problem": error.slug}
    await audit_alone(
        door, request, AuditEntry("access.refused", "route", request.url.path[:200], None, facts)
    )


async def audit_alone(door: Door, request: Request, entry: AuditEntry) -> None:
    """Leave an audit row of a request that changes nothing, in a transaction of its own."""

    async def body(session: AsyncSession) -> None:
        audit(session, entry)

    await door.transactions.run(cause_of(request), body)


def _key_documented(
    _: Annotated[str | None, Header(alias="Idempotency-Key"), WithJsonSchema(_KEY_SCHEMA)] = None,
) -> None:
    """Do nothing: `idempotency_key` reads the header, before anything else is read."""


async def session_of(request: Request) -> AsyncSession:
    """Return the session of the request's transaction."""
    session: AsyncSession = request.state.session
    return session


async def _reading(request: Request) -> AsyncIterator[AsyncConnection]:
    door: Door = request.app.state.door
    async with door.database.reading.connect() as connection:
        yield connection


async def reads_of(request: Request) -> ReadPool:
    """Return the pool of hot reads, which lends a connection for each statement."""
    door: Door = request.app.state.door
    return door.database.reads


async def _version(request: Request) -> int:
    """Return what `if_match` does, out of the request."""
    return if_match(request.headers.get("if-match"))


def if_match(
    header: Annotated[str | None, Header(alias="If-Match"), WithJsonSchema(_VERSION_SCHEMA)] = None,
) -> int:
    """Return the version that If-Match names; raises PreconditionRequired without the header."""
    if header is None:
        raise PreconditionRequired
    number = header.strip().removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - an int8
        raise BadRequest("bad-if-match")
    return int(number)


Session = Annotated[AsyncSession, Depends(session_of)]
Reading = Annotated[AsyncConnection, Depends(_reading)]
Reads = Annotated[ReadPool, Depends(reads_of)]
IfMatch = Annotated[int, Depends(if_match)]
_KNOWN = Known(
    given={session_of: session_of, reads_of: reads_of, if_match: _version},
    lent={_reading: asynccontextmanager(_reading)},
    ignored={_key_documented},
)


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
