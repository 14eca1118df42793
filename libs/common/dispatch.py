"""The short way from a request to its endpoint: the route by its path at once, the arguments by a fixed plan.

FastAPI tries one route after the other, twice, and solves dependencies anew for each request; together that
was more than half of a small read. Its own way stays open: it declares every route, and answers whatever is
out of the ordinary (a path that is no route, an id that is none, a body that does not fit), in its own words.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_type_hints
from uuid import UUID

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

type Handler = Callable[[Request], Coroutine[Any, Any, Response]]
type Source = Callable[[Request], Awaitable[Any]]
type Lender = Callable[[Request], AbstractAsyncContextManager[Any]]

_ID_LENGTH, _HYPHENS = 36, (8, 13, 18, 23)
# Where FastAPI looks for what closes what it opened.
_STACKS = ("fastapi_middleware_astack", "fastapi_inner_astack", "fastapi_function_astack")
# A query of so many bytes is kept; longer ones hold lists or places of somebody's own.
_SHORT = 500


class Inquiry(Request):
    """A request whose query is read once for all that ask the same."""

    @property
    def query_params(self) -> QueryParams:
        """Return the query's parameters."""
        text: bytes = self.scope["query_string"]
        return _query(text) if len(text) <= _SHORT else QueryParams(text)


@lru_cache(2_000)
def _query(text: bytes) -> QueryParams:
    return QueryParams(text)


class UnusualError(Exception):
    """The request is none of the ordinary ones: FastAPI answers it."""


class Index(BaseRoute):
    """The first route of an application: it stands for all the others whose path is of plain segments."""

    def __init__(self, routes: Iterable[tuple[APIRoute, Handler | None]]) -> None:
        """Take routes, each with the handler that is its short way, if it has one."""
        self._root: dict[Any, Any] = {}
        for route, handler in routes:
            for method in route.methods or () if ":" not in route.path else ():
                self._add(route, method, handler)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Find the route of a request by the segments of its path, a literal one before a parameter."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path = scope["path"]
        if path[:1] != "/" or scope.get("root_path"):
            return Match.NONE, {}
        given: list[str] = []
        found = _below(self._root, path.split("/"), 1, given)
        leaf = found and found.get((scope["method"],))
        if not leaf:
            return Match.NONE, {}
        route, names, handler = leaf
        return Match.FULL, {
            "route": route,
            "endpoint": route.endpoint,
            "path_params": dict(zip(names, given, strict=True)),
            "plexus.handler": handler,
        }

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request that was found; what it raises, the middlewares outside turn into an answer."""
        handler: Handler | None = scope["plexus.handler"]
        if handler is None:
            await scope["route"].app(scope, receive, send)
            return
        response = await handler(Inquiry(scope, receive, send))
        await response(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Name nothing: the routes behind this one name themselves."""
        raise LookupError(name, path_params)

    def _add(self, route: APIRoute, method: str, handler: Handler | None) -> None:
        node: dict[Any, Any] = self._root
        names = []
        for segment in route.path.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
            node = node.setdefault("{}" if segment.startswith("{") else segment, {})
        # A tuple, for no segment is one.
        node.setdefault((method,), (route, names, handler))


def _below(node: dict[Any, Any], segments: list[str], at: int, given: list[str]) -> dict[Any, Any] | None:
    if at == len(segments):
        return node
    segment = segments[at]
    if segment != "{}" and (exact := node.get(segment)) is not None:
        found = _below(exact, segments, at + 1, given)
        if found is not None:
            return found
    other = node.get("{}")
    if other is None or not segment:
        return None
    given.append(segment)
    found = _below(other, segments, at + 1, given)
    if found is None:
        given.pop()
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """Dependencies whose values come out of a request in another way than by asking them with it.

    A `lent` value is given back when the endpoint is done; what is `ignored` only documents.
    """

    given: Mapping[Any, Source]
    lent: Mapping[Any, Lender]
    ignored: AbstractSet[Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked in this order; a name of None is asked and has no value. At most one value is lent."""

    asked: list[tuple[str | None, Source]]
    lent: tuple[str, Lender] | None


def directly(route: APIRoute, otherwise: Handler, known: Known) -> Handler | None:
    """Return a handler that calls a route's endpoint by a plan, or None where it takes what no plan knows.

    Every dependency of the route is asked, in FastAPI's order. `otherwise` is FastAPI's own handler.
    """
    plan = _plan(route, known)
    endpoint: Callable[..., Awaitable[Response]] = route.endpoint
    if plan is None:
        return None

    async def handle(request: Request) -> Response:
        arguments: dict[Any, Any] = {}
        try:
            for name, source in plan.asked:
                arguments[name] = await source(request)
        except UnusualError:
            return await _through(otherwise, request)
        arguments.pop(None, None)
        if plan.lent is None:
            return await endpoint(**arguments)
        name, lend = plan.lent
        async with lend(request) as arguments[name]:
            return await endpoint(**arguments)

    return handle


async def _through(otherwise: Handler, request: Request) -> Response:
    async with AsyncExitStack() as stack:
        for name in _STACKS:
            request.scope[name] = stack
        return await otherwise(request)


def _plan(route: APIRoute, known: Known) -> _Plan | None:
    needs, types = route.dependant, get_type_hints(route.endpoint)
    # Whatever else an endpoint returns, FastAPI has to turn into an answer.
    if types.get("return") is not Response or not inspect.iscoroutinefunction(route.endpoint):
        return None
    lent = [(each.name, known.lent[each.call]) for each in needs.dependencies if each.call in known.lent]
    rest = [each for each in needs.dependencies if each.call not in known.ignored | known.lent.keys()]
    asked: list[tuple[str | None, Source | None]] = [(each.name, _dependency(each, known)) for each in rest]
    if needs.request_param_name:
        asked.append((needs.request_param_name, _itself))
    asked += [(each.name, _path_id(each.name, types[each.name])) for each in needs.path_params]
    asked += [(each.name, _body(types[each.name])) for each in needs.body_params]
    named = {name for name, _ in (*asked, *lent)}
    sources = [(name, source) for name, source in asked if source is not None]
    if len(sources) < len(asked) or len(lent) > 1 or not types.keys() - {"return"} <= named:
        return None
    return _Plan(sources, (str(lent[0][0]), lent[0][1]) if lent else None)


def _dependency(needs: Dependant, known: Known) -> Source | None:
    """Return how a dependency is asked: as it is known, or else with the request alone or with nothing."""
    call: Any = needs.call
    if call in known.given:
        return known.given[call]
    run = call if inspect.isfunction(call) else type(call).__call__
    more = (needs.path_params, needs.query_params, needs.header_params, needs.cookie_params)
    if any((*more, needs.body_params, needs.dependencies)) or not inspect.iscoroutinefunction(run):
        return None
    name, parameters = needs.request_param_name, inspect.signature(call).parameters
    if name is not None and parameters.keys() == {name}:
        return lambda request: call(**{name: request})
    return (lambda _: call()) if not parameters else None


async def _itself(request: Request) -> Request:
    return request


def _path_id(name: str, kind: Any) -> Source | None:
    """Read an id as it is written everywhere; the other ways to write one are FastAPI's."""

    async def source(request: Request) -> UUID:
        text = request.path_params[name]
        if isinstance(text, UUID):
            return text
        try:
            if len(text) == _ID_LENGTH and all(text[at] == "-" for at in _HYPHENS):
                return UUID(text)
        except ValueError:
            pass
        raise UnusualError

    return source if kind is UUID else None


def _body(kind: Any) -> Source | None:
    async def source(request: Request) -> Any:
        if request.headers.get("content-type") != "application/json":
            raise UnusualError
        try:
            return kind.model_validate_json(await request.body())
        except ValidationError:
            raise UnusualError from None

    return source if inspect.isclass(kind) and issubclass(kind, BaseModel) else None
