"""Routes that take a file as their body: more bytes and more time than others, never all of it in memory."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from libs.common.answers import PostgresAnswers
from libs.common.edge import Door, answer_of, cause_of, idempotency_key
from libs.common.idempotency import Answer, Claim, once
from libs.common.problem_texts import Wording
from libs.common.problems import Problem
from libs.common.sheets import spool

_FORMS = ("multipart/", "application/x-www-form-urlencoded", "application/json")
_PLAIN = Wording("Send the file itself as the body.", "请将文件本身作为请求正文发送。")


@dataclass(frozen=True, slots=True)
class Body:
    """A body that was received: in a file without a name, with its size in bytes and its SHA-256."""

    file: BinaryIO
    size: int
    digest: bytes


def takes[E: Callable[..., object]](*, bytes: int, seconds: float) -> Callable[[E], E]:
    """Mark an endpoint whose body may be larger, and take longer, than that of others."""

    def mark(endpoint: E) -> E:
        endpoint.body_limit, endpoint.time_limit = bytes, seconds  # type: ignore[attr-defined]
        return endpoint

    return mark


def larger_bodies(routers: Iterable[APIRouter]) -> dict[str, int]:
    """Return the paths of marked endpoints with their limits in bytes."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    limits = {route.path: getattr(route.endpoint, "body_limit", None) for route in routes}
    return {path: limit for path, limit in limits.items() if limit is not None}


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Body]:
    """Lend the body of a request as a file; Problem `unsupported-media-type` for a form around it."""
    if request.headers.get("content-type", "").lower().startswith(_FORMS):
        raise Problem("unsupported-media-type", status=415, detail=_PLAIN)
    size, digest = 0, hashlib.sha256()
    with spool() as file:
        async for block in request.stream():
            file.write(block)
            digest.update(block)
            size += len(block)
        file.flush()
        yield Body(file, size, digest.digest())


async def run_once(
    request: Request, digest: bytes, effect: Callable[[AsyncSession], Awaitable[Response]]
) -> Response:
    """Run `effect` in the request's transaction, once per Idempotency-Key, as the edge does elsewhere."""
    door: Door = request.app.state.door
    key = idempotency_key(request)

    async def body(session: AsyncSession) -> Response:
        if key is None:
            return await effect(session)

        async def answer() -> Answer:
            return answer_of(await effect(session))

        asked = Claim(request.state.principal, f"{request.method} {request.url.path}", key, digest)
        kept = await once(PostgresAnswers(session, door.keks), door.transactions.clock, asked, answer)
        return Response(kept.body, kept.status, kept.headers)

    return await door.transactions.run(cause_of(request), body)
