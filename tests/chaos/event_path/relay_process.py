"""Relays as processes of their own, to be killed: a parent that has imported everything forks one per order.

It reads orders as JSON lines and answers each with a process id. Each relay counts into a small shared file
what it handed to the broker and what it deleted, so that a killer can see that a send is in flight.
"""

import asyncio
import ctypes
import json
import logging
import mmap
import os
import signal
import struct
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from libs.common.bus import Message, Producer
from libs.common.clock import SystemClock
from libs.common.kafka import KafkaBus
from libs.common.testing import make_settings
from tests.chaos.event_path.shims import RELAYS

SLOTS = struct.Struct("qq")
_PR_SET_PDEATHSIG = 1


class Counter:
    """Two numbers in a shared file: rows handed over, rows deleted."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), SLOTS.size)

    def add(self, *, handed: int = 0, deleted: int = 0) -> None:
        before = SLOTS.unpack(self._memory[:])
        self._memory[:] = SLOTS.pack(before[0] + handed, before[1] + deleted)


class CountingBus(KafkaBus):
    """Counts each message that is handed to the broker."""

    counter: Counter

    async def producer(self) -> Any:
        return _CountingProducer(await super().producer(), self.counter)


class _CountingProducer:
    def __init__(self, producer: Producer, counter: Counter) -> None:
        self._producer, self._counter = producer, counter

    async def send(self, message: Message) -> Awaitable[None]:
        sent = await self._producer.send(message)
        self._counter.add(handed=1)
        return sent

    async def close(self) -> None:
        await self._producer.close()


def relay(order: dict[str, str]) -> None:
    """Be one relay until killed."""
    kind, store_kind = RELAYS[order["shim"]]
    counter = Counter(Path(order["counter"]))

    class Store(store_kind):  # type: ignore[misc, valid-type]
        async def delete(self, ids: list[int]) -> None:
            await super().delete(ids)
            counter.add(deleted=len(ids))

    bus = CountingBus(make_settings("toy", order["database"], kafka_bootstrap=order["kafka"]))
    bus.counter = counter
    asyncio.run(kind(Store(order["database"]), bus, SystemClock(), 15.0).run(asyncio.Event()))


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    logging.basicConfig(level=logging.CRITICAL)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            relay(json.loads(line))
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
