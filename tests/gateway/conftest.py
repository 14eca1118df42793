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

from gateway.docs import create_docs
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


@asynccontextmanager
async def traefik(
    directory: Path, routes: Routes, backends: Mapping[str, str]
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real Traefik that runs on the generated configuration."""
    port = free_port()
    listed = {name: [address] for name, address in backends.items()}
    static = write_config(directory, routes, listed, port=port)
    process = subprocess.Popen([TRAEFIK, f"--configFile={static}"])
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            await _until_it_routes(client)
            yield client
    finally:
        # It holds nothing worth a graceful stop.
        process.kill()
        process.wait(timeout=10)


async def _until_it_routes(client: httpx.AsyncClient) -> None:
    for _ in range(200):
        try:
            # Before it has read the routes Traefik answers 404 in plain text.
            answer = await client.get("/nothing-here")
            if answer.headers.get("content-type") != "text/plain; charset=utf-8":
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise TimeoutError("Traefik did not start to route.")


@pytest.fixture(scope="session")
def routes() -> Routes:
    return load_routes()


Start = Callable[[Routes, Mapping[str, str]], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def start_traefik(tmp_path_factory: pytest.TempPathFactory) -> Start:
    return lambda routes, backends: traefik(tmp_path_factory.mktemp("traefik"), routes, backends)


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
