"""An application behind a real port, for answers that never end, and a reader of event streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import FastAPI


@asynccontextmanager
async def listening(app: FastAPI, prefix: str = "/api/v1") -> AsyncIterator[httpx.AsyncClient]:
    """Serve on a free port and lend a client of it; streams that are left open end with the server."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())  # noqa: SLF001 - `serve` would take pytest's signal handlers
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}{prefix}", timeout=10) as client:
        yield client
    server.should_exit = True
    await running


@dataclass(slots=True)
class Received:
    """One block of a stream: an event, or a line that only moves the cursor or keeps the line open."""

    id: str | None = None
    event: str | None = None
    data: str | None = None
    lines: list[str] = field(default_factory=list)


class Reader:
    """Reads the blocks of one stream as a browser would."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = aiter(response.aiter_lines())

    async def next(self) -> Received:
        """Return the next block; StopAsyncIteration when the stream is over."""
        block = Received()
        while line := await anext(self._lines):
            block.lines.append(line)
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data"):
                setattr(block, name, value)
        return block

    async def take(self, events: int) -> list[Received]:
        """Return the next events; lines that only move the cursor or keep the line open are left out."""
        found: list[Received] = []
        while len(found) < events:
            block = await self.next()
            if block.data is not None:
                found.append(block)
        return found

    async def end(self) -> None:
        """Return when the stream is over."""
        with suppress(StopAsyncIteration):
            while True:
                await self.next()
