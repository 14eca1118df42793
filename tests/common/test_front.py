"""One pass answers as the layers do: the same status, body and fields, the same counts."""

from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common.app import build_app
from libs.common.edge import Door, Public, Router
from libs.common.front import Front
from libs.common.problems import Conflict
from libs.common.quota import HEADER
from libs.common.telemetry import IN_PROGRESS, REQUESTS
from libs.common.testing import make_settings

LIMIT, ID = 1000, "0193f2a0-0000-7000-8000-000000000001"
router = Router("/things", dependencies=[Depends(Public("a test"))])


class Thing(BaseModel):
    name: str


@router.get("")
async def list_things(request: Request) -> Response:
    return Response(ascii(request.query_params.multi_items()), headers={"X-Thing": "1"})


@router.get("/broken")
async def break_down() -> Response:
    raise ZeroDivisionError


@router.get("/refused")
async def refuse() -> Response:
    raise Conflict("taken")


@router.get("/stream")
async def stream() -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    return StreamingResponse(parts())


@router.get("/long")
async def read_long(least: int) -> dict[str, int]:
    return {"least": least}


@router.get("/{identity}")
async def read_thing(identity: UUID) -> Response:
    return Response(str(identity))


@router.post("")
async def create_thing(body: Thing) -> Response:
    return Response(body.name, 201)


@router.post("/raw")
async def take(request: Request) -> Response:
    return Response(str(len(await request.body())))


async def many() -> AsyncIterator[bytes]:
    for _ in range(3):
        yield b"x" * (LIMIT // 2)


JSON = {"content-type": "application/json"}
ASKED: dict[str, dict[str, Any]] = {
    "ordinary": {"url": "", "params": {"a": "1", "b": "zwei"}},
    "with a quota": {"url": "", "headers": {HEADER: '"user";q=9;w=60;r=8;t=7'}},
    "with a quota that is none": {"url": "", "headers": {HEADER: "all"}},
    "one": {"url": f"/{ID}"},
    "no id": {"url": "/none"},
    "the long way": {"url": "/long", "params": {"least": "3"}},
    "no such route": {"url": "/a/b/c"},
    "no such method": {"url": "", "method": "PATCH"},
    "a defect": {"url": "/broken"},
    "a refusal": {"url": "/refused", "headers": {"accept-language": "zh"}},
    "a stream": {"url": "/stream"},
    "a body": {"method": "POST", "url": "", "json": {"name": "ash"}},
    "a body that is malformed": {"method": "POST", "url": "", "json": {"name": 1}},
    "a body that is none": {"method": "POST", "url": "", "content": b"{", "headers": JSON},
    "a body of another type": {"method": "POST", "url": "", "content": b"x" * 10},
    "the longest body": {"method": "POST", "url": "/raw", "content": b"x" * LIMIT},
    "a longer body": {"method": "POST", "url": "/raw", "content": b"x" * (LIMIT + 1)},
    "a longer body that does not say so": {"method": "POST", "url": "/raw", "content": many},
    "a longer body where one is read": {"method": "POST", "url": "", "content": many, "headers": JSON},
}


@pytest.fixture
def app() -> FastAPI:
    settings = make_settings("customer", "postgresql://nobody", body_limit_bytes=LIMIT)
    made = build_app(settings, "services.customer", [router], cast("Any", None))
    nobody = cast("Any", None)
    made.state.door = Door(nobody, nobody, nobody, nobody, 5.0)
    return made


async def answered(app: ASGIApp, asked: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
    asked = {"method": "GET"} | asked | {"url": f"http://test/api/v1/things{asked['url']}"}
    if callable(asked.get("content")):
        asked["content"] = asked["content"]()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        answer = await client.request(**asked)
    return answer.status_code, answer.content, dict(answer.headers)


def without_trace(content: bytes) -> bytes:
    """A defect's answer names its trace, which is another one each time."""
    return content.split(b'"trace_id"')[0]


@pytest.mark.parametrize("name", ASKED)
class TestFront:
    async def test_answers_as_the_layers_do(self, app: FastAPI, name: str) -> None:
        front = app.build_middleware_stack()
        assert isinstance(front, Front)

        async def layers(scope: Scope, receive: Receive, send: Send) -> None:
            scope["app"] = app
            await front.layers(scope, receive, send)

        passed, layered = await answered(app, ASKED[name]), await answered(layers, ASKED[name])

        assert (passed[0], without_trace(passed[1])) == (layered[0], without_trace(layered[1]))
        assert passed[2] == layered[2]

    async def test_counts_as_the_layers_do(self, app: FastAPI, name: str) -> None:
        before, open_before = sum(REQUESTS.values.values()), IN_PROGRESS.values[()]

        status, *_ = await answered(app, ASKED[name])

        assert sum(REQUESTS.values.values()) - before == 1
        assert IN_PROGRESS.values[()] == open_before
        assert any(key[2] == f"{status // 100}xx" for key in REQUESTS.values)


class TestOrdinary:
    @pytest.mark.parametrize("name", ["ordinary", "one", "a refusal", "a body", "a longer body"])
    async def test_is_answered_past_the_layers(self, app: FastAPI, name: str) -> None:
        async def nothing(*_: object) -> None:
            raise AssertionError(name)

        app.middleware_stack = Front(nothing, *list_of(app.build_middleware_stack()))

        assert (await answered(app, ASKED[name]))[0] in {200, 201, 409, 413}


def list_of(front: ASGIApp) -> tuple[Any, Any, Any]:
    assert isinstance(front, Front)
    return front.index, front.limit, front.telemetry
