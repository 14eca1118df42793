"""The middleware: one count, one time and, where it matters, one line for each request."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from libs.common.problem_handlers import install
from libs.common.problems import Unavailable
from libs.common.telemetry import REQUESTS, SECONDS, Telemetry
from libs.common.telemetry_context import CURRENT

TRACE = "0af7651916cd43dd8448eb211c80319c"
GIVEN = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install(app)
    app.add_middleware(Telemetry, slow=30.0)

    @app.get("/telemetry/{name}")
    async def read(request: Request, name: str) -> dict[str, Any]:
        return {"header": request.headers["traceparent"], "current": CURRENT.get()}

    @app.get("/telemetry/{name}/breaks")
    async def fail(name: str) -> Response:
        raise ArithmeticError(name)

    @app.get("/telemetry/{name}/waits")
    async def refuse(name: str) -> Response:
        raise Unavailable("too-slow")

    @app.get("/livez")
    async def live() -> str:
        return "ok"

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://toy") as opened:
        yield opened


def counted() -> dict[tuple[str, ...], float]:
    return dict(REQUESTS.values)


def since(before: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    grown = {key: value - before.get(key, 0) for key, value in counted().items()}
    return {key: by for key, by in grown.items() if by}


class TestCount:
    async def test_goes_by_the_routes_template(self, client: httpx.AsyncClient) -> None:
        before = counted()

        await client.get("/telemetry/ada", params={"q": "secret"})
        await client.get("/telemetry/grace")

        assert since(before) == {("GET", "/telemetry/{name}", "2xx"): 2}
        assert sum(SECONDS.series["GET", "/telemetry/{name}"].counts) >= 2

    async def test_has_one_place_for_what_nobody_declared(self, client: httpx.AsyncClient) -> None:
        before = counted()

        await client.get("/telemetry/ada/nothing/here")
        await client.get("/elsewhere")
        await client.request("BREW", "/telemetry/ada")

        assert since(before) == {
            ("GET", "unmatched", "4xx"): 2,
            ("other", "/telemetry/{name}", "4xx"): 1,
        }

    async def test_tells_a_defect_from_a_refusal(self, client: httpx.AsyncClient) -> None:
        before = counted()

        await client.get("/telemetry/ada/breaks")
        await client.post("/telemetry/ada")

        assert since(before) == {
            ("GET", "/telemetry/{name}/breaks", "5xx"): 1,
            ("POST", "/telemetry/{name}", "4xx"): 1,
        }

    async def test_leaves_out_what_orchestrators_ask(self, client: httpx.AsyncClient) -> None:
        before = counted()

        await client.get("/livez")

        assert since(before) == {}


class TestTrace:
    async def test_is_the_callers(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/telemetry/ada", headers={"traceparent": GIVEN})

        assert answer.json() == {"header": GIVEN, "current": GIVEN}

    @pytest.mark.parametrize(
        "given", [None, "nonsense", f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE}-b7ad6b7169203331-0x"]
    )
    async def test_is_a_new_one_without_a_flag_where_there_is_none(
        self, client: httpx.AsyncClient, given: str | None
    ) -> None:
        answer = await client.get("/telemetry/ada", headers={"traceparent": given} if given else {})

        made = answer.json()["header"]
        assert made == answer.json()["current"]
        assert made.endswith("-00")
        assert TRACE not in made

    async def test_is_the_one_in_a_problem(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/telemetry/ada/breaks", headers={"traceparent": GIVEN})

        assert answer.json()["trace_id"] == TRACE


class TestLine:
    async def test_tells_of_a_failure_by_its_template(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        await client.get("/telemetry/ada/waits", params={"q": "secret"})

        (line,) = [each for each in caplog.records if each.name == "plexus.request"]
        facts: dict[str, Any] = line.__dict__["facts"]
        assert {name: facts[name] for name in ("method", "route", "status")} == {
            "method": "GET",
            "route": "/telemetry/{name}/waits",
            "status": 503,
        }
        assert line.levelno == logging.ERROR
        assert "ada" not in line.getMessage() + str(facts)

    async def test_comes_once_a_second_however_much_fails(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(20):
            await client.get("/telemetry/ada/waits")

        assert 1 <= len([each for each in caplog.records if each.name == "plexus.request"]) <= 2

    async def test_tells_of_what_was_slow(self, caplog: pytest.LogCaptureFixture) -> None:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        transport = httpx.ASGITransport(Telemetry(answer, slow=0.0))
        async with httpx.AsyncClient(transport=transport, base_url="http://toy") as client:
            await client.get("/anything")

        (line,) = [each for each in caplog.records if each.name == "plexus.request"]
        assert (line.levelno, line.__dict__["facts"]["route"]) == (logging.WARNING, "unmatched")
