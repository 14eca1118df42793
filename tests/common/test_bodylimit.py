import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.bodylimit import BodyLimit

LIMIT = 1000


class Payload(BaseModel):
    text: str


def application(effects: list[str]) -> ASGIApp:
    app = FastAPI()

    @app.post("/notes")
    async def write(payload: Payload) -> dict[str, int]:
        effects.append(payload.text)
        return {"size": len(payload.text)}

    @app.post("/files/{name}")
    async def upload(name: str, request: Request) -> dict[str, str | int]:
        return {"name": name, "size": sum([len(chunk) async for chunk in request.stream()])}

    app.add_middleware(BodyLimit, limit=LIMIT, larger={"/files": 5 * LIMIT, "/files/big": 9 * LIMIT})
    return app


async def pieces(size: int, step: int = 100) -> AsyncIterator[bytes]:
    for start in range(0, size, step):
        yield b"x" * min(step, size - start)


@pytest.fixture
def effects() -> list[str]:
    return []


@pytest.fixture
async def client(effects: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(effects))
    async with httpx.AsyncClient(transport=transport, base_url="http://plexus") as client:
        yield client


def text_of(size: int) -> bytes:
    return b'{"text":"' + b"x" * (size - 11) + b'"}'


class TestBodyLimit:
    @pytest.mark.parametrize("size", [11, LIMIT - 1, LIMIT])
    async def test_passes_what_fits(self, client: httpx.AsyncClient, size: int) -> None:
        answer = await client.post("/notes", content=text_of(size), headers=JSON)

        assert answer.status_code == 200

    async def test_refuses_a_declared_length_over_the_limit(
        self, client: httpx.AsyncClient, effects: list[str]
    ) -> None:
        answer = await client.post("/notes", content=text_of(LIMIT + 1), headers=JSON)

        assert_too_large(answer)
        assert effects == []

    async def test_counts_what_declares_no_length(
        self, client: httpx.AsyncClient, effects: list[str]
    ) -> None:
        async def body() -> AsyncIterator[bytes]:
            yield text_of(LIMIT)[:-2]
            yield b'xx"}'

        answer = await client.post("/notes", content=body(), headers=JSON)

        assert "content-length" not in answer.request.headers
        assert_too_large(answer)
        assert effects == []

    @pytest.mark.parametrize("length", ["5", "-1", "x", "9" * 5000, "٣"])
    async def test_believes_no_declared_length(self, effects: list[str], length: str) -> None:
        sent = await ask(application(effects), [text_of(LIMIT), b" " * LIMIT], length)

        assert sent[0]["status"] == 413
        assert effects == []

    async def test_says_so_in_the_callers_language(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/notes", content=text_of(5000), headers={"Accept-Language": "zh"})

        assert answer.json()["title"] == "请求内容过大"

    @pytest.mark.parametrize(("name", "limit"), [("small", 5 * LIMIT), ("big", 9 * LIMIT)])
    async def test_has_larger_limits_for_the_paths_that_need_them(
        self, client: httpx.AsyncClient, name: str, limit: int
    ) -> None:
        fits = await client.post(f"/files/{name}", content=pieces(limit))
        over = await client.post(f"/files/{name}", content=pieces(limit + 1))

        assert fits.json() == {"name": name, "size": limit}
        assert_too_large(over)

    @pytest.mark.parametrize(
        ("path", "limit"),
        [("/files", 5), ("/files/a", 5), ("/files2", 1), ("/a/files", 1), ("/files/big/b", 9)],
    )
    def test_covers_whole_steps_of_a_path(self, path: str, limit: int) -> None:
        guard = BodyLimit(nobody, 1, {"/files": 5, "/files/big": 9})

        assert guard.limit_for(path) == limit

    @pytest.mark.parametrize(
        ("path", "limit"), [("/files", 7), ("/files/a", 5), ("/tables", 9), ("/tables/a", 1)]
    )
    def test_may_be_larger_for_single_paths(self, path: str, limit: int) -> None:
        guard = BodyLimit(nobody, 1, {"/files": 5}, {"/files": 7, "/tables": 9})

        assert guard.limit_for(path) == limit

    async def test_lets_a_defect_of_the_application_through(self) -> None:
        async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
            raise RuntimeError("A defect.")

        with pytest.raises(RuntimeError, match="A defect"):
            await ask(BodyLimit(broken, LIMIT), [b"x"], "1")

    async def test_leaves_a_started_answer_alone(self) -> None:
        async def eager(_scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while (message := await receive())["type"] == "http.request" and message["more_body"]:
                await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": message["type"].encode()})

        sent = await ask(BodyLimit(eager, LIMIT), [b"x" * LIMIT, b"x"], "")

        assert [message.get("status", message.get("body")) for message in sent] == [
            200,
            b"http.disconnect",
        ]

    async def test_passes_other_protocols_untouched(self) -> None:
        seen: list[str] = []

        async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
            seen.append(scope["type"])

        await BodyLimit(app, LIMIT)({"type": "lifespan"}, nothing, discard)

        assert seen == ["lifespan"]


JSON = {"Content-Type": "application/json"}


def assert_too_large(answer: httpx.Response) -> None:
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "https://plexus-crm.org/problems/too-large"


async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
    return None


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def discard(_message: Message) -> None:
    return None


async def ask(app: ASGIApp, chunks: list[bytes], length: str) -> list[dict[str, Any]]:
    """Sends a POST to /notes with a Content-Length that is free to lie; what the app sent."""
    waiting = list(chunks)
    sent: list[dict[str, Any]] = []

    async def receive() -> Message:
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    headers = [(b"content-type", b"application/json"), (b"content-length", length.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/notes",
        "headers": headers,
        "query_string": b"",
    }
    await app(scope, receive, send)
    return sent
