"""The documentation page in a real browser, through a real Traefik."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from gateway.routes import Routes
from tests.gateway.conftest import CHROMIUM_FLAGS, Start, serving, serving_docs


class LeadCreate(BaseModel):
    family_name: str
    # A union with null is what OpenAPI 3.0 could not say.
    phone: str | None = None


class SignIn(BaseModel):
    email: str
    password: str


def sales() -> FastAPI:
    app = FastAPI()

    @app.post("/api/v1/leads", tags=["leads"], summary="Create a lead")
    async def create(payload: LeadCreate) -> LeadCreate:
        return payload

    return app


def auth() -> FastAPI:
    app = FastAPI()

    @app.post("/api/v1/auth/sign-in", tags=["sessions"], summary="Sign in")
    async def sign_in(payload: SignIn) -> dict[str, str]:
        return {"access_token": payload.email}

    return app


@pytest.fixture(scope="module")
async def url(start_traefik: Start, routes: Routes) -> AsyncIterator[str]:
    """Where Traefik serves the documentation of two small services."""
    only = routes.without(*(routes.services.keys() - {"sales", "auth", "docs"}))
    async with (
        serving(sales()) as one,
        serving(auth()) as two,
        serving_docs(only, {"sales": one, "auth": two}) as docs,
        start_traefik(only, {"sales": one, "auth": two, "docs": docs}) as client,
    ):
        yield str(client.base_url)


async def browse(chromium: str, url: str, folder: Path, *arguments: str) -> tuple[str, str]:
    """The page's final DOM and what the browser logged."""
    process = await asyncio.create_subprocess_exec(
        chromium,
        *CHROMIUM_FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        "--enable-logging=stderr",
        "--virtual-time-budget=20000",
        "--window-size=1280,1000",
        *arguments,
        url,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, log = await asyncio.wait_for(process.communicate(), 60)
    return out.decode(), log.decode()


def requested(net_log: Path, page: str) -> set[str]:
    """Every host:port that the page asked for anything; the browser's own calls are not its."""
    log = json.loads(net_log.read_text("utf-8"))
    asked = [event.get("params", {}) for event in log["events"]]
    return {urlsplit(one["url"]).netloc for one in asked if one.get("initiator") == page}


# The first test may have to install the browser.
class TestPage:
    async def test_shows_every_service_and_asks_nobody_else(
        self, chromium: str, url: str, tmp_path: Path
    ) -> None:
        net_log = tmp_path / "net.json"

        dom, log = await browse(chromium, f"{url}/docs", tmp_path, "--dump-dom", f"--log-net-log={net_log}")

        assert "Failed to load API definition" not in dom
        assert "sales: leads" in dom
        assert "auth: sessions" in dom
        assert "OAS 3.1" in dom
        assert "Content Security Policy" not in log
        assert requested(net_log, url) == {urlsplit(url).netloc}

    async def test_opens_an_operation_to_try_it_out(self, chromium: str, url: str, tmp_path: Path) -> None:
        link = f"{url}/docs#/sales%3A%20leads/create_api_v1_leads_post"

        dom, log = await browse(chromium, link, tmp_path, "--dump-dom")

        assert "family_name" in dom
        assert "phone" in dom
        assert "Execute" in dom
        assert "Content Security Policy" not in log

    async def test_is_painted(self, chromium: str, url: str, tmp_path: Path) -> None:
        picture = tmp_path / "docs.png"

        await browse(chromium, f"{url}/docs", tmp_path, f"--screenshot={picture}")

        assert picture.read_bytes().startswith(b"\x89PNG")
        # A blank page of this size is a tenth of that.
        assert picture.stat().st_size > 20_000

    async def test_would_be_caught_asking_somebody_else(self, chromium: str, tmp_path: Path) -> None:
        net_log = tmp_path / "net.json"

        async with serving(talkative) as address:
            await browse(chromium, f"http://{address}/", tmp_path, "--dump-dom", f"--log-net-log={net_log}")

        assert "127.0.0.1:1" in requested(net_log, f"http://{address}")


async def talkative(scope: Scope, _receive: Receive, send: Send) -> None:
    """A page that loads a script from elsewhere."""
    body = b'<script src="http://127.0.0.1:1/badge.js"></script>'
    head = [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
