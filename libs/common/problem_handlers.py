"""Where exceptions become problem documents, and the OpenAPI document that declares them."""

import logging
import re
import traceback
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from asyncpg.exceptions import QueryCanceledError
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.crypto import Unreadable
from libs.common.group import NotYetError
from libs.common.problem_answers import to_response
from libs.common.problems import (
    PROBLEM_SCHEMA,
    FieldError,
    Malformed,
    Problem,
    Unavailable,
    problem_response,
)
from libs.common.validation import from_validation

_TRACE_ID = re.compile("[0-9a-f]{32}")
_UNREADABLE, _NO_SUCH_METHOD, _SERVER_ERRORS = 400, 405, 500
# statement_timeout and lock_timeout.
_BROKEN_OFF = {"57014", "55P03"}
log = logging.getLogger("plexus.problems")

_SLUGS = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    503: "unavailable",
}


def install(app: FastAPI) -> None:
    """Answer every refusal and defect of `app` with a problem document, and declare that."""
    for kind, answer in _ANSWERS.items():
        app.add_exception_handler(kind, answer)
    app.add_middleware(Unhandled)
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = declare_problems(original())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents this as the way to extend it.


async def answered(request: Request, error: Exception) -> Response:
    """Return the answer to a request that failed: the refusal's own, or a 500 for a defect."""
    for kind, answer in _ANSWERS.items():
        if isinstance(error, kind):
            return await answer(request, error)
    return _answer_defect(request, error)


def declare_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Replace FastAPI's own 422, and let every other error of each operation be a problem too."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    components["Problem"] = PROBLEM_SCHEMA
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    for item in document.get("paths", {}).values():
        for operation in item.values():
            _declare_in(operation)
    return document


def _declare_in(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        # The edge reads it as optional, to answer 428 instead of 400 where it is missing.
        parameter["required"] = parameter.get("required", False) or parameter["name"] == "If-Match"
    declared = operation["responses"]
    declared.pop("422", None)
    if "requestBody" in operation:
        declared["422"] = problem_response("The payload is malformed")


class Unhandled:
    """Turn a defect into a 500 without detail; the log gets a trace id and frames, no values."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer for it when it fails before anything was sent."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as defect:
            if scope["type"] != "http" or started:
                raise
            await _answer_defect(Request(scope), defect)(scope, receive, send)


def _answer_defect(request: Request, defect: Exception) -> Response:
    trace_id = _trace_id(request.headers.get("traceparent", ""))
    frames = "".join(traceback.format_tb(defect.__traceback__))
    # The exception's own text may hold a row's values, so the log gets its class and frames.
    log.error("unhandled %s trace_id=%s\n%s", _class_names(defect), trace_id, frames)
    return to_response(Problem(trace_id=trace_id), request.headers.get("accept-language"))


def _class_names(defect: BaseException | None) -> str:
    names = []
    while defect is not None:
        names.append(f"{type(defect).__module__}.{type(defect).__qualname__}")
        defect = defect.__cause__
    return " from ".join(names)


def _trace_id(traceparent: str) -> str:
    parts = traceparent.split("-")
    return parts[1] if len(parts) > 1 and _TRACE_ID.fullmatch(parts[1]) else uuid.uuid4().hex


async def _answer_problem(request: Request, problem: Exception) -> Response:
    if not isinstance(problem, Problem):
        raise problem
    return to_response(problem, request.headers.get("accept-language"))


async def _answer_invalid(request: Request, invalid: Exception) -> Response:
    if not isinstance(invalid, RequestValidationError):
        raise invalid
    return await _answer_problem(request, from_validation(invalid.errors()))


async def _answer_http(request: Request, refused: Exception) -> Response:
    if not isinstance(refused, HTTPException):
        raise refused
    status = refused.status_code
    if status == _UNREADABLE:
        # FastAPI's word for a body that is no text, or nested too deeply to read.
        return await _answer_problem(request, Malformed(errors=[FieldError("bad-json", pointer="")]))
    slug = _SLUGS.get(status, "bad-request" if status < _SERVER_ERRORS else "unavailable")
    # The router names the methods of the first route alone, though others may share its path.
    headers = {"Allow": ", ".join(_allowed(request))} if status == _NO_SUCH_METHOD else refused.headers
    return await _answer_problem(request, Problem(slug, status=status, headers=headers))


def _allowed(request: Request) -> list[str]:
    """Return the methods of all routes at the path of a request; a route of just this path comes first."""
    found = (context.original_route for context in iter_route_contexts(request.app.routes))
    path = request.url.path
    at_path = [each for each in found if isinstance(each, Route) and each.path_regex.match(path)]
    exact = [each for each in at_path if each.path == path]
    return sorted({method for each in exact or at_path for method in each.methods or ()})


async def _answer_busy(request: Request, _exhausted: Exception) -> Response:
    return await _answer_problem(request, Unavailable("pool-exhausted"))


async def _answer_slow(request: Request, failed: Exception) -> Response:
    """What PostgreSQL broke off at its limit, such as a wait for a lock, may be tried again."""
    if getattr(getattr(failed, "orig", failed), "sqlstate", None) not in _BROKEN_OFF:
        raise failed
    return await _answer_problem(request, Unavailable("too-slow"))


async def _answer_unreadable(request: Request, refused: Exception) -> Response:
    """A stored value was tampered with, or its key is not here: nothing of it is shown."""
    frames = "".join(traceback.format_tb(refused.__traceback__))
    log.error("unreadable trace_id=%s\n%s", _trace_id(request.headers.get("traceparent", "")), frames)
    return await _answer_problem(request, Unavailable("value-unreadable"))


_ANSWERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: _answer_problem,
    RequestValidationError: _answer_invalid,
    HTTPException: _answer_http,
    PoolTimeout: _answer_busy,
    DBAPIError: _answer_slow,
    QueryCanceledError: _answer_slow,
    Unreadable: _answer_unreadable,
    NotYetError: _answer_unreadable,
}
