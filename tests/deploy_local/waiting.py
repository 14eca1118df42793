"""Looking at other processes, and waiting for what they do, up to a limit that only a failure reaches."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil

LIMIT = 120.0
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


def programs_of(pids: Iterable[int]) -> set[str]:
    """The names of programs; a process that has ended since it was found has none."""
    found = set[str]()
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            found.add(psutil.Process(pid).name())
    return found
