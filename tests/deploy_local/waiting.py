"""Waiting for what another process does, up to a limit that only a failure reaches."""

import asyncio
import time
from collections.abc import Callable

LIMIT = 20.0
PAUSE = 0.05


def eventually(condition: Callable[[], bool], instead: Callable[[], object] = lambda: "") -> None:
    """Wait for a condition; `instead` tells a failure what was there in its place."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen: {instead()}"
        time.sleep(PAUSE)


async def eventually_async(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT):
        while not condition():
            await asyncio.sleep(PAUSE)
