"""What a caller meets: a real Traefik on the generated configuration, before tiny upstreams."""

import asyncio
import json
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from ssl import TLSVersion

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from gateway.routes import Routes
from tests.gateway.conftest import Client, Start, free_port, serving, serving_docs

SLOW = 3.0
# A service works before it answers. Go's proxy cuts an answer over HTTP/1.1 that overtakes its look for
# the end of a large request (golang/go 40747), which only an upstream that does nothing is quick enough for.
ONE_PACKET, WORK = 4096, 0.2


class Upstream:
    """Says what reached it; /slow answers late, /stream sends one event and waits to be let go."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.release = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path.endswith("/slow"):
            await asyncio.sleep(SLOW)
        if path.endswith("/stream"):
            await self._stream(send)
            return
        size = await _size(receive)
        if size > ONE_PACKET:
            await asyncio.sleep(WORK)
        headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
        seen = {"service": self.name, "path": path, "headers": headers, "size": size}
        status = 429 if path.endswith("/locked") else 404 if path.endswith("/absent") else 200
        await _answer(send, status, json.dumps(seen | {"client": scope["client"][0]}).encode())

    async def _stream(self, send: Send) -> None:
        head = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"data: one\n\n", "more_body": True})
        await self.release.wait()
        await send({"type": "http.response.body", "body": b"data: two\n\n"})


async def _size(receive: Receive) -> int:
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    return size


async def _answer(send: Send, status: int, body: bytes) -> None:
    head = [(b"content-type", b"application/json"), (b"server", b"secret/1.0")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


class Stack(AsyncExitStack):
    """Upstreams for every service, the documentation process, and Traefik before them."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.start = start
        self.upstreams: dict[str, Upstream] = {}

    async def open(self, routes: Routes, *, dead: str = "") -> Client:
        backends = {}
        for name in routes.enabled:
            if name == dead:
                backends[name] = f"127.0.0.1:{free_port()}"
            elif name == "docs":
                backends[name] = await self.enter_async_context(serving_docs(routes, {}))
            else:
                self.upstreams[name] = Upstream(name)
                backends[name] = await self.enter_async_context(serving(self.upstreams[name]))
        return await self.enter_async_context(self.start(routes, backends))


@pytest.fixture(scope="module")
async def client(start_traefik: Start, routes: Routes) -> AsyncIterator[Client]:
    """One gateway on the route table as it is, for every test that changes nothing in it."""
    async with Stack(start_traefik) as stack:
        yield await stack.open(routes)


@pytest.fixture
async def stack(start_traefik: Start) -> AsyncIterator[Stack]:
    async with Stack(start_traefik) as stack:
        yield stack


def quick(routes: Routes, **limits: int) -> Routes:
    changed = routes.limits.model_copy(update=limits)
    return routes.model_copy(update={"limits": changed, "strict": ()})


def problem(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    return str(document["type"]).rpartition("/")[2]


class TestRouting:
    async def test_sends_each_path_to_its_service(self, client: httpx.AsyncClient, routes: Routes) -> None:
        for name in routes.services.keys() - {"docs", "web"}:
            for prefix in routes.services[name].prefixes:
                for path in (prefix, f"{prefix}/0193/verb"):
                    seen = (await client.get(path)).json()
                    assert (seen["service"], seen["path"]) == (name, path)

    async def test_answers_an_unknown_path_with_a_problem(self, client: httpx.AsyncClient) -> None:
        for path in ("/api", "/api/v1", "/api/v1/users-of-others", "/l/x", "/api/problems/429"):
            answer = await client.post(path, headers={"Accept-Language": "zh-CN"})
            assert answer.status_code == 404
            assert problem(answer) == "not-found"
            assert answer.json()["title"] == "未找到"

    async def test_gives_everything_else_to_the_web_application(self, client: httpx.AsyncClient) -> None:
        for path in ("/", "/leads", "/leads/0193", "/assets/app.js", "/apiary", "/livez", "/problems/429"):
            seen = (await client.get(path)).json()
            assert (seen["service"], seen["path"]) == ("web", path)

    async def test_knows_nothing_else_without_a_web_application(self, stack: Stack, routes: Routes) -> None:
        client = await stack.open(routes.without("web"))

        for path in ("/nothing", "/livez", "/problems/429"):
            answer = await client.post(path)
            assert (answer.status_code, problem(answer)) == (404, "not-found")
        assert (await client.get("/")).headers["location"] == "/docs"

    async def test_does_not_route_a_service_that_is_off(self, stack: Stack, routes: Routes) -> None:
        client = await stack.open(routes.without("analytics"))

        answer = await client.get("/api/v1/metrics/funnel")

        assert answer.status_code == 404
        assert problem(answer) == "not-found"

    async def test_passes_a_services_own_answer_on_unchanged(self, client: httpx.AsyncClient) -> None:
        absent = await client.get("/api/v1/users/absent")
        locked = await client.get("/api/v1/users/locked")

        assert absent.json()["service"] == "auth"
        assert (locked.status_code, locked.json()["service"]) == (429, "auth")
        assert "server" not in absent.headers
        assert absent.headers["x-content-type-options"] == "nosniff"


class TestHttp:
    async def test_is_told_to_use_https(self, client: Client) -> None:
        secure = f"{client.base_url}/api/v1/leads?limit=5"

        async with httpx.AsyncClient(base_url=client.plain) as asking:
            read = await asking.get("/api/v1/leads?limit=5")
            written = await asking.post("/api/v1/leads?limit=5", json={})

        assert (read.status_code, read.headers["location"]) == (301, secure)
        assert (written.status_code, written.headers["location"]) == (308, secure)

    @pytest.mark.parametrize("newest", [TLSVersion.TLSv1, TLSVersion.TLSv1_1])
    async def test_is_spoken_by_nothing_older_than_tls_1_2(self, client: Client, newest: TLSVersion) -> None:
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        # Today's OpenSSL has to be talked into speaking what the gateway must refuse.
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            old.minimum_version, old.maximum_version = TLSVersion.TLSv1, newest

        with pytest.raises(ssl.SSLError, match="TLSV1_ALERT_PROTOCOL_VERSION"):
            await asyncio.open_connection(client.base_url.host, client.base_url.port, ssl=old)


class TestHeaders:
    async def test_strips_every_identity_header(self, client: httpx.AsyncClient, routes: Routes) -> None:
        forged = dict.fromkeys(routes.headers.strip, "root")

        seen = (await client.get("/api/v1/leads", headers=forged)).json()["headers"]

        assert len(forged) > 30
        assert not seen.keys() & {name.lower() for name in forged}
        assert "root" not in seen.values()

    async def test_strips_what_a_backend_could_read_as_one(self, client: httpx.AsyncClient) -> None:
        forged = {"X_User": "root", "X.Plexus.User": "root", "X_Forwarded_For": "203.0.113.9"}

        seen = (await client.get("/api/v1/leads", headers=forged)).json()["headers"]

        assert not {"root", "203.0.113.9"} & set(seen.values())

    async def test_passes_a_token_straight_through(self, client: httpx.AsyncClient) -> None:
        token = {"Authorization": "Bearer a.b.c", "traceparent": "00-1-2-01", "If-Match": '"3"'}

        seen = (await client.get("/api/v1/leads", headers=token)).json()["headers"]

        assert {key: seen[key.lower()] for key in token} == token

    async def test_believes_no_forwarded_address(self, client: httpx.AsyncClient) -> None:
        forged = {
            "X-Forwarded-For": "203.0.113.9",
            "X-Real-Ip": "203.0.113.9",
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": "evil.example",
        }

        seen = (await client.get("/api/v1/leads", headers=forged)).json()

        assert seen["client"] == "127.0.0.1"
        assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"
        assert seen["headers"]["x-forwarded-proto"] == "https"
        assert "evil.example" not in seen["headers"]["x-forwarded-host"]

    async def test_keeps_a_listed_header_from_being_hidden_by_connection(
        self, client: httpx.AsyncClient
    ) -> None:
        forged = {"Connection": "close, X-Forwarded-For, Authorization", "Authorization": "Bearer a.b.c"}

        seen = (await client.get("/api/v1/leads", headers=forged)).json()["headers"]

        assert seen["x-forwarded-for"] == "127.0.0.1"


class TestAnswers:
    async def test_are_kept_and_framed_by_nobody(self, client: httpx.AsyncClient) -> None:
        paths = ("/api/v1/leads", "/api/v1/users/absent", "/api/v1/auth/sign-in", "/api/v1/auth/jwks", "/api")

        for path in paths:
            told = (await client.get(path)).headers
            assert told["cache-control"] == "no-store"
            rules = dict(rule.split(" ", 1) for rule in told["content-security-policy"].split("; "))
            assert set(rules.values()) == {"'none'"}
            assert rules.keys() == {"default-src", "base-uri", "form-action", "frame-ancestors"}
            assert told["x-content-type-options"] == "nosniff"
            assert told["referrer-policy"] == "same-origin"

    @pytest.mark.parametrize("path", ["/", "/assets/app.js", "/l/s/a-link", "/l/u/a-link"])
    async def test_that_are_pages_speak_for_themselves(self, client: httpx.AsyncClient, path: str) -> None:
        told = (await client.get(path)).headers

        assert not {"cache-control", "content-security-policy"} & told.keys()


class TestLimits:
    async def test_slows_one_address_down(self, stack: Stack, routes: Routes) -> None:
        client = await stack.open(quick(routes, requests_per_second=1, burst=5))

        answers = [await client.get("/api/v1/leads") for _ in range(12)]

        refused = [answer for answer in answers if answer.status_code == 429]
        assert answers[0].status_code == 200
        assert len(refused) >= 6
        assert problem(refused[0]) == "too-many-requests"
        assert refused[0].headers["retry-after"] == "1"

    async def test_makes_guessing_slower_than_all_else(self, stack: Stack, routes: Routes) -> None:
        slow = routes.strict[0].model_copy(update={"requests_per_second": 1, "burst": 2})
        client = await stack.open(routes.model_copy(update={"strict": (slow,)}))

        signs = [(await client.post("/api/v1/auth/sign-in")).status_code for _ in range(6)]
        reads = [(await client.get("/api/v1/users")).status_code for _ in range(6)]

        assert signs.count(429) >= 3
        assert reads == [200] * 6

    async def test_gives_up_on_a_late_service(self, stack: Stack, routes: Routes) -> None:
        client = await stack.open(quick(routes, timeout_seconds=1))

        late = await client.get("/api/v1/leads/slow", headers={"Accept-Language": "zh"})

        assert late.status_code == 504
        assert problem(late) == "gateway-timeout"
        assert late.json()["title"] == "后端服务响应超时"

    async def test_explains_a_dead_service(self, stack: Stack, routes: Routes) -> None:
        client = await stack.open(routes, dead="sales")

        answer = await client.get("/api/v1/leads")

        assert answer.status_code == 502
        assert problem(answer) == "bad-gateway"
        assert (await client.get("/api/v1/users")).status_code == 200

    async def test_holds_no_stream_back(self, stack: Stack, routes: Routes) -> None:
        client = await stack.open(routes)

        async with client.stream("GET", "/api/v1/events/stream") as answer:
            lines = answer.aiter_lines()
            # The second event is sent only after the first has been read here.
            assert await anext(lines) == "data: one"
            stack.upstreams["analytics"].release.set()
            assert [line async for line in lines] == ["", "data: two", ""]

    async def test_passes_a_large_body_on_for_the_service_to_count(self, client: httpx.AsyncClient) -> None:
        seen = (await client.post("/api/v1/leads/batch", content=b"x" * 3_000_000)).json()

        assert seen["size"] == 3_000_000
