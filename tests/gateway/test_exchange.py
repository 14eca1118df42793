"""Cookies and API keys through a real Traefik: auth's exchange by HTTP/2, before an upstream that tells."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.local.tls import ensure_certificate
from gateway.routes import Routes
from libs.common.quota import QuotaFields
from libs.common.testing import Scratch
from libs.platform.app import create_app
from services.auth.exchanges.api import router as exchanges
from services.auth.origins import NAME
from services.auth.settings import Settings
from tests.auth.exchanges.conftest import ADMIN, Holder, holder
from tests.gateway.conftest import Client, free_port, serving, serving_docs, traefik

__all__ = ["ADMIN", "holder"]

PROMPT = 0.1
SMUGGLED = {"X-Plexus-Quota": '"api-key";q=9;w=60;r=9;t=9', "X-Plexus-User": "root", "X-User": "root"}


@dataclass
class Exchange:
    """auth's listener, and by which protocol it was asked what."""

    app: ASGIApp
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            self.asked.append((scope["http_version"], headers))
        await self.app(scope, receive, send)


@dataclass
class Upstream:
    """A service that tells what reached it; its stream sends an event each time it is told to."""

    told: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    calls: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.calls += 1
        if scope["path"].endswith("/stream"):
            await self._stream(send)
            return
        headers = [(name.decode(), value.decode()) for name, value in scope["headers"]]
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(headers).encode()})

    async def _stream(self, send: Send) -> None:
        head = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
        while (at := await self.told.get()) > 0:
            await send({"type": "http.response.body", "body": f"data: {at}\n\n".encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@dataclass
class Door:
    """What a test meets."""

    client: Client
    exchange: Exchange
    upstream: Upstream


@asynccontextmanager
async def exchanging(scratched: Scratch, folder: Path) -> AsyncIterator[tuple[Exchange, str]]:
    """auth's exchange as its process runs it, and its address."""
    held = ensure_certificate(folder, "auth")
    settings = Settings(**scratched.settings.model_dump())
    exchange, port = Exchange(create_app(settings, "services.auth", [exchanges])), free_port()
    server = Server(
        exchange,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        websockets=False,
        log_enabled=False,
        ssl_cert=held.certificate,
        ssl_key=held.key,
    )
    task = asyncio.create_task(server.serve())
    try:
        yield exchange, f"127.0.0.1:{port}"
    finally:
        server.stop()  # type: ignore[no-untyped-call]  # granian annotates only in part.
        await task


@pytest.fixture(scope="module")
def service() -> str:
    return "auth"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exchange")


@pytest.fixture(scope="module")
async def door(routes: Routes, scratched: Scratch, holder: Holder, folder: Path) -> AsyncIterator[Door]:
    upstream = Upstream()
    async with (
        exchanging(scratched, folder) as (exchange, address),
        serving(QuotaFields(upstream)) as behind,
        serving_docs(routes, {}) as docs,
        traefik(folder, routes, dict.fromkeys(routes.enabled, behind) | {"docs": docs}, address) as client,
    ):
        yield Door(client, exchange, upstream)


def cookie(value: str) -> dict[str, str]:
    return {"Cookie": f"theme=dark; {NAME}={value}"}


def key(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def reached(answer: httpx.Response) -> dict[str, str]:
    """The headers that reached the service; none of them twice."""
    assert answer.status_code == 200, answer.text
    pairs = [tuple(pair) for pair in answer.json()]
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return str(answer.json()["type"]).rpartition("/")[2]


class TestCookie:
    async def test_reaches_a_service_as_a_token_and_not_as_a_cookie(self, door: Door, holder: Holder) -> None:
        _, value = await holder.cookie()

        seen = reached(await door.client.get("/api/v1/leads", headers=cookie(value)))

        assert seen["authorization"].startswith("Bearer ey")
        assert "cookie" not in seen
        assert "x-plexus-quota" not in seen

    async def test_is_exchanged_by_http_2(self, door: Door, holder: Holder) -> None:
        _, value = await holder.cookie()
        door.exchange.asked.clear()

        await door.client.get("/api/v1/leads", headers=cookie(value) | {"X-Secret": "stays here"})

        ((version, headers),) = door.exchange.asked
        assert version == "2"
        assert headers["x-forwarded-method"] == "GET"
        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert "x-secret" not in headers

    async def test_that_is_worth_nothing_is_refused_in_auths_words(self, door: Door) -> None:
        before = door.upstream.calls

        refused = await door.client.get("/api/v1/leads", headers=cookie("x" * 43) | {"Accept-Language": "zh"})

        assert (refused.status_code, slug(refused)) == (401, "session-ended")
        assert refused.json()["title"] == "会话已结束,请重新登录"
        assert refused.headers["set-cookie"].startswith(f'{NAME}=""')
        assert door.upstream.calls == before

    async def test_changes_nothing_for_another_sites_page(self, door: Door, holder: Holder) -> None:
        _, value = await holder.cookie()
        before = door.upstream.calls

        refused = await door.client.post(
            "/api/v1/leads", headers=cookie(value) | {"Origin": "https://evil.example"}
        )

        assert (refused.status_code, slug(refused)) == (403, "foreign-origin")
        assert door.upstream.calls == before

    async def test_changes_what_our_own_page_asks_for(self, door: Door, holder: Holder) -> None:
        _, value = await holder.cookie()
        origin = str(door.client.base_url).rstrip("/")

        answer = await door.client.post("/api/v1/leads", headers=cookie(value) | {"Origin": origin})

        assert reached(answer)["authorization"].startswith("Bearer ey")

    async def test_does_not_keep_anybody_from_signing_in(self, door: Door) -> None:
        for path in ("/api/v1/auth/sign-in", "/api/v1/auth/web/sign-in", "/api/v1/auth/refresh"):
            seen = reached(await door.client.post(path, headers=cookie("long ago")))
            assert "cookie" not in seen
            assert "authorization" not in seen


class TestKey:
    async def test_reaches_a_service_as_a_token(self, door: Door, holder: Holder) -> None:
        _, secret = await holder.key()

        answer = await door.client.get("/api/v1/leads", headers=key(secret) | SMUGGLED)

        seen = reached(answer)
        assert seen["authorization"].startswith("Bearer ey")
        assert secret not in str(seen)
        assert "root" not in seen.values()
        assert seen["x-plexus-quota"].startswith('"api-key";q=600;w=60;r=59')
        assert answer.headers["ratelimit-policy"] == '"api-key";q=600;w=60'
        assert answer.headers["ratelimit"].startswith('"api-key";r=59')

    async def test_that_has_used_up_its_quota_is_refused_in_auths_words(
        self, door: Door, holder: Holder
    ) -> None:
        _, secret = await holder.key(per_minute=1)
        await door.client.get("/api/v1/leads", headers=key(secret))

        refused = await door.client.get("/api/v1/leads", headers=key(secret))

        assert (refused.status_code, slug(refused)) == (429, "quota-exceeded")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit"].startswith('"api-key";r=0;t=')

    async def test_that_is_wrong_is_refused(self, door: Door, holder: Holder) -> None:
        _, secret = await holder.key()

        refused = await door.client.get("/api/v1/leads", headers=key(secret[:-3] + "000"))

        assert (refused.status_code, slug(refused)) == (401, "bad-api-key")

    async def test_wins_over_a_cookie(self, door: Door, holder: Holder) -> None:
        _, secret = await holder.key()

        answer = await door.client.get("/api/v1/leads", headers=key(secret) | cookie("long ago"))

        assert "cookie" not in reached(answer)


class TestToken:
    async def test_skips_the_exchange(self, door: Door) -> None:
        door.exchange.asked.clear()
        headers = {"Authorization": "Bearer eyJ.b.c"} | cookie("x") | SMUGGLED

        answer = await door.client.get("/api/v1/leads", headers=headers)

        seen = reached(answer)
        assert door.exchange.asked == []
        assert seen["authorization"] == "Bearer eyJ.b.c"
        assert not {"cookie", "x-plexus-quota"} & seen.keys()
        assert "ratelimit" not in answer.headers

    @pytest.mark.parametrize(
        "pairs",
        [
            [("Authorization", "Bearer eyJ.b.c"), ("Authorization", "Bearer plx_x")],
            [("Authorization", "Bearer plx_x"), ("Authorization", "Bearer eyJ.b.c")],
        ],
        ids=["token first", "key first"],
    )
    async def test_is_no_way_past_the_exchange_beside_a_key(
        self, door: Door, pairs: list[tuple[str, str]]
    ) -> None:
        before = door.upstream.calls

        refused = await door.client.get("/api/v1/leads", headers=pairs)

        assert (refused.status_code, slug(refused)) == (401, "unauthenticated")
        assert door.upstream.calls == before

    async def test_cannot_be_asked_for_from_outside(self, door: Door) -> None:
        for path in ("/exchange", "/api/v1/exchange", "/api/exchange"):
            answer = await door.client.get(path, headers={"Authorization": "Bearer eyJ.b.c"})
            assert not answer.headers.get("authorization")


class TestStream:
    @pytest.mark.parametrize("way", ["token", "cookie", "key"])
    async def test_brings_each_event_at_once(self, door: Door, holder: Holder, way: str) -> None:
        headers = {"Authorization": "Bearer eyJ.b.c"}
        if way == "cookie":
            headers = cookie((await holder.cookie())[1])
        if way == "key":
            headers = key((await holder.key())[1])

        async with door.client.stream("GET", "/api/v1/events/stream", headers=headers) as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == ": here"
            late = [await self._lateness(door, lines) for _ in range(10)]
            door.upstream.told.put_nowait(-1.0)

        # One of ten may meet a busy machine; held back until a buffer is full, all would.
        assert sorted(late)[-2] <= PROMPT, late

    async def _lateness(self, door: Door, lines: AsyncIterator[str]) -> float:
        await asyncio.sleep(0.02)
        door.upstream.told.put_nowait(time.monotonic())
        while not (line := await anext(lines)).startswith("data: "):
            pass
        return time.monotonic() - float(line.removeprefix("data: "))

    async def test_outlives_every_limit_of_a_request(self, routes: Routes, tmp_path: Path) -> None:
        quick = {"timeout_seconds": 1, "request_read_seconds": 1}
        hasty = routes.model_copy(update={"limits": routes.limits.model_copy(update=quick)})
        upstream = Upstream()
        async with (
            serving(upstream) as behind,
            traefik(tmp_path, hasty, dict.fromkeys(routes.enabled, behind)) as client,
            client.stream("GET", "/api/v1/events/stream") as answer,
        ):
            lines = answer.aiter_lines()
            assert await anext(lines) == ": here"
            await asyncio.sleep(2.5)
            upstream.told.put_nowait(7.0)
            assert [await anext(lines), await anext(lines)] == ["", "data: 7.0"]
            upstream.told.put_nowait(-1.0)


class TestDeadExchange:
    async def test_refuses_opaque_credentials_and_nobody_else(
        self, routes: Routes, tmp_path: Path, holder: Holder
    ) -> None:
        _, value = await holder.cookie()
        upstream, nobody = Upstream(), f"127.0.0.1:{free_port()}"
        async with (
            serving(upstream) as behind,
            traefik(tmp_path, routes, dict.fromkeys(routes.enabled, behind), nobody) as client,
        ):
            refused = await client.get("/api/v1/leads", headers=cookie(value))
            passed = await client.get("/api/v1/leads", headers={"Authorization": "Bearer eyJ.b.c"})

        # Traefik has no word of its own for it, and a service's 500 must keep its trace id.
        assert (refused.status_code, refused.content) == (500, b"")
        assert passed.status_code == 200
