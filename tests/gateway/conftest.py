"""Real Traefik before tiny upstreams, and a real browser."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from deploy.local.tls import authority_file, ensure_certificate, trusting
from gateway.docs import create_docs
from gateway.entry import Entry
from gateway.routes import Routes, load_routes
from gateway.settings import Settings
from gateway.traefik import write_config

TRAEFIK = Path(sys.executable).with_name("traefik")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The authority is ours and in no store of the machine.
    "--ignore-certificate-errors",
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """The app on a port of its own, as host:port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


class Client(httpx.AsyncClient):
    """A client of the HTTPS door, who knows where the plain one is."""

    plain = ""


@asynccontextmanager
async def traefik(
    directory: Path, routes: Routes, backends: Mapping[str, str], exchange: str | None = None
) -> AsyncIterator["Client"]:
    """A client of a real Traefik that runs on the generated configuration."""
    listed = {name: [address] for name, address in backends.items()}
    entry = entry_of(directory, exchange)
    static = write_config(directory, routes, listed, entry)
    process = subprocess.Popen([TRAEFIK, f"--configFile={static}"])
    url = f"https://127.0.0.1:{entry.https_port}"
    try:
        async with Client(base_url=url, timeout=10, verify=trusting(entry.authority)) as client:
            client.plain = f"http://127.0.0.1:{entry.port}"
            await _until_it_routes(client)
            yield client
    finally:
        # It holds nothing worth a graceful stop.
        process.kill()
        process.wait(timeout=10)


def entry_of(directory: Path, exchange: str | None = None) -> Entry:
    held = ensure_certificate(directory, "gateway")
    return Entry(
        host="127.0.0.1",
        port=free_port(),
        https_port=free_port(),
        certificate=held.certificate,
        key=held.key,
        exchange=exchange,
        authority=authority_file(directory),
    )


async def _until_it_routes(client: httpx.AsyncClient) -> None:
    for _ in range(200):
        try:
            # Before it has read the routes Traefik answers 404 in plain text.
            answer = await client.get("/api/nothing-here")
            if answer.headers.get("content-type") != "text/plain; charset=utf-8":
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise TimeoutError("Traefik did not start to route.")


@pytest.fixture(scope="session")
def routes() -> Routes:
    return load_routes()


Start = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture(scope="session")
def start_traefik(tmp_path_factory: pytest.TempPathFactory) -> Start:
    return lambda routes, backends, exchange=None: traefik(
        tmp_path_factory.mktemp("traefik"), routes, backends, exchange
    )


@asynccontextmanager
async def serving_docs(routes: Routes, backends: Mapping[str, str]) -> AsyncIterator[str]:
    settings = Settings(backends=dict(backends))
    async with serving(create_docs(routes, settings)) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"], check=True, capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], check=True, capture_output=True)
        found = shutil.which("chromium")
    if found is None and os.environ.get("CI"):
        pytest.fail("CI must look at the page in Chromium, and there is none.")
    if found is None:
        # The product needs no browser to be installed; only a machine that has none skips this.
        pytest.skip("The page is tested in Chromium, which is not here and cannot be installed by this user.")
    return found
