"""How an API process ends, seen from outside: a real process, a real port, real signals."""

import asyncio
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from libs.common.health import Health

SLOW, DRAIN = 1.0, 0.6


async def _quick(_: Request) -> Response:
    return PlainTextResponse("quick")


async def _slow(_: Request) -> Response:
    await asyncio.sleep(SLOW)
    return PlainTextResponse("slow")


app = Starlette(routes=[Route("/quick", _quick), Route("/slow", _slow)])
app.state.health = Health()
app.router.routes += app.state.health.routes()


class TestServing:
    async def test_goes_on_serving_unready_behind_a_sigterm(self) -> None:
        async with _served() as (process, client):
            assert (await client.get("/readyz")).status_code == 200
            process.send_signal(signal.SIGTERM)
            told = time.monotonic()
            while (await client.get("/readyz")).status_code == 200:
                assert time.monotonic() - told < DRAIN
            answers = []
            while time.monotonic() < told + DRAIN * 0.8:
                answers.append(await client.get("/quick"))
            assert {each.text for each in answers} == {"quick"}
            assert {each.headers["connection"] for each in answers} == {"close"}
            await process.wait()
            assert time.monotonic() - told >= DRAIN

    async def test_answers_what_is_under_way_when_it_ends(self) -> None:
        async with _served() as (process, client):
            await client.get("/quick")
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(DRAIN * 0.8)
            began = time.monotonic()
            assert (await client.get("/slow")).text == "slow"
            await process.wait()
            assert time.monotonic() - began < SLOW + DRAIN + 2

    @pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
    async def test_ends_at_once_when_told_again(self, second: signal.Signals) -> None:
        async with _served(drain=30) as (process, client):
            process.send_signal(signal.SIGTERM)
            while (await client.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.01)
            process.send_signal(second)
            async with asyncio.timeout(5):
                await process.wait()


@asynccontextmanager
async def _served(drain: float = DRAIN) -> AsyncIterator[tuple[Process, httpx.AsyncClient]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    options = (f"{__name__}:app", "--port", str(port), "--drain", str(drain))
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "libs.common.serving", *options)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(20):
            while True:
                try:
                    await client.get("/readyz")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.02)
            yield process, client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
