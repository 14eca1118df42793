"""A service that breaks its word in every way, and a fuzzer that finds each of them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI, Query
from pydantic import BaseModel, Field
from schemathesis import GenerationMode
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from libs.common.problem_handlers import install
from tests.fuzz.changes import RUN, Changes
from tests.fuzz.fuzzing import Fuzz
from tests.fuzz.known import Known
from tests.fuzz.sampling import SEED, Sampler, fair_shares


class Box(BaseModel):
    name: Annotated[str, Field(max_length=5)]
    size: Annotated[int, Field(strict=True, ge=1, le=9)]


_BOX: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": Box.model_json_schema()}}}
}


def broken() -> FastAPI:
    app = FastAPI()
    install(app)

    @app.get("/api/v1/crashes")
    async def crash() -> dict[str, int]:
        raise ZeroDivisionError

    @app.get("/api/v1/ghosts")
    async def haunt() -> Response:
        return JSONResponse({}, 207)

    @app.get("/api/v1/lies", response_model=Box)
    async def lie() -> Response:
        return JSONResponse({"name": 7})

    @app.get("/api/v1/murmurs")
    async def murmur(size: Annotated[int, Query(ge=1)]) -> Response:
        return JSONResponse({"detail": "no"}, 400) if size else JSONResponse({})

    @app.post("/api/v1/sponges", openapi_extra=_BOX)
    async def swallow(request: Request) -> dict[str, int]:
        return {"taken": len(await request.body())}

    @app.post("/api/v1/boxes")
    async def pack(box: Box) -> dict[str, str]:
        return {"packed": box.name}

    return app


@pytest.fixture(scope="module")
async def failures() -> AsyncIterator[dict[str, str]]:
    """What is found in the broken service, by operation and kind."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(broken(), log_level="critical", access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    fuzz = Fuzz(url, {}, Known(SEED))
    await asyncio.to_thread(_send_all, fuzz)
    yield fuzz.failures
    server.should_exit = True
    await serving


def _send_all(fuzz: Fuzz) -> None:
    sampler = Sampler(schemathesis.openapi.from_url(f"{fuzz.url}/openapi.json"))
    for mode in GenerationMode:
        for case in sampler.sample(mode, 60):
            fuzz.send(case)


@pytest.mark.parametrize(
    "found",
    [
        "GET /api/v1/crashes: Server error",
        "GET /api/v1/ghosts: Undocumented status code",
        "GET /api/v1/lies: Response violates schema",
        "GET /api/v1/murmurs: Custom check failed: `error_is_a_problem`",
        "POST /api/v1/sponges: Schema-violating request accepted",
    ],
)
def test_broken_word_is_found(failures: dict[str, str], found: str) -> None:
    assert found in failures, sorted(failures)


def test_who_keeps_his_word_is_let_alone(failures: dict[str, str]) -> None:
    assert [name for name in failures if "/boxes" in name] == []


class Tables:
    """Tables that change when told."""

    def __init__(self) -> None:
        self.rows = 0

    async def fingerprint(self) -> dict[str, str]:
        return {"box": str(self.rows), "lid": "same"}


class TestChanges:
    async def test_by_a_refused_request_are_found(self) -> None:
        tables = Tables()

        def refuse() -> Changes:
            changes = Changes(tables.fingerprint, loop)
            for number in range(RUN):
                tables.rows += number == 3
                changes.after(f"POST {number}", refused=True)
            return changes

        loop = asyncio.get_running_loop()
        changes = await asyncio.to_thread(refuse)

        assert len(changes.found) == 1
        assert "['box'] changed" in changes.found[0]

    async def test_by_an_accepted_request_are_no_fault(self) -> None:
        tables = Tables()

        def accept() -> Changes:
            changes = Changes(tables.fingerprint, loop)
            changes.after("GET", refused=True)
            tables.rows += 1
            changes.after("POST", refused=False)
            changes.after("GET", refused=True)
            changes.compare()
            return changes

        loop = asyncio.get_running_loop()
        changes = await asyncio.to_thread(accept)

        assert (changes.found, changes.watched) == ([], 1)


@pytest.mark.parametrize(
    ("sizes", "wanted", "shares"),
    [([10, 2, 10], 12, [5, 2, 5]), ([3, 3], 100, [3, 3]), ([0, 5], 2, [0, 2])],
)
def test_shares_are_fair(sizes: list[int], wanted: int, shares: list[int]) -> None:
    assert fair_shares(sizes, wanted) == shares
