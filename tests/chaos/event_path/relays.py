"""Start, watch, pause and kill relay processes."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.event_path.relay_process import SLOTS


@dataclass(slots=True)
class RelayProcess:
    """One relay and its counters."""

    pid: int
    counter: Path

    def in_flight(self) -> int:
        """Return how many rows are handed over and not yet deleted."""
        handed, deleted = SLOTS.unpack(self.counter.read_bytes())
        return int(handed - deleted)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)


@dataclass(slots=True)
class Relays:
    """Relays over one database and one broker."""

    database: str
    kafka: str
    parent: asyncio.subprocess.Process
    folder: Path
    running: list[RelayProcess] = field(default_factory=list)
    kills: int = 0
    in_flight: list[int] = field(default_factory=list)

    async def start(self, shim: str = "shipped") -> RelayProcess:
        """Fork one more relay."""
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        counter = self.folder / f"relay-{self.kills}-{len(self.running)}-{os.urandom(3).hex()}"
        counter.write_bytes(SLOTS.pack(0, 0))
        order = {"database": self.database, "kafka": self.kafka, "shim": shim, "counter": str(counter)}
        self.parent.stdin.write(json.dumps(order).encode() + b"\n")
        started = RelayProcess(int(await self.parent.stdout.readline()), counter)
        self.running.append(started)
        return started

    def kill(self, relay: RelayProcess) -> None:
        """Kill -9."""
        relay.signal(signal.SIGKILL)
        self.running.remove(relay)

    async def kill_in_flight(self, relay: RelayProcess) -> None:
        """Stop it in the middle of a send, see that one is in flight, and kill -9."""
        while True:
            if relay.in_flight():
                relay.signal(signal.SIGSTOP)
                if waiting := relay.in_flight():
                    self.in_flight.append(waiting)
                    self.kills += 1
                    self.kill(relay)
                    return
                relay.signal(signal.SIGCONT)
            await asyncio.sleep(0.001)


@asynccontextmanager
async def relays(database: str, kafka: str) -> AsyncIterator[Relays]:
    """Lend relays; all of them end with this block."""
    module = "tests.chaos.event_path.relay_process"
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    with tempfile.TemporaryDirectory() as folder:
        lent = Relays(database, kafka, parent, Path(folder))
        try:
            yield lent
        finally:
            for each in list(lent.running):
                lent.kill(each)
            assert parent.stdin is not None
            parent.stdin.close()
            await parent.wait()
