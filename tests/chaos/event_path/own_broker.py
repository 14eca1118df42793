"""A broker of one's own, to be killed without harm to other tests."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WAIT = (
    "import json, os, time; print(json.dumps({k: v for k, v in os.environ.items() if 'PLEXUS_TEST' in k}),"
    " flush=True); time.sleep(600)"
)


@dataclass(slots=True)
class OwnBroker:
    """Kafka of a sandbox inside the sandbox."""

    bootstrap: str
    state: Path

    def _part(self) -> dict[str, Any]:
        parts: list[dict[str, Any]] = json.loads(self.state.read_text("utf-8"))["parts"]
        return next(part for part in parts if part["name"] == "kafka")

    def kill(self) -> None:
        """Kill -9, and keep it from coming back."""
        part = self._part()
        Path(part["hold"]).touch()
        os.kill(part["pid"], signal.SIGKILL)

    async def come_back(self) -> None:
        """Let the supervisor start it again, and wait until it answers."""
        before = self._part()["restarts"]
        Path(self._part()["hold"]).unlink()
        async with asyncio.timeout(240):
            while self._part()["phase"] != "ready" or self._part()["restarts"] == before:
                await asyncio.sleep(0.1)


@asynccontextmanager
async def own_broker() -> AsyncIterator[OwnBroker]:
    """Start a sandbox of real parts and lend its broker."""
    sandbox = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local", "test", "--", sys.executable, "-c", _WAIT),
        stdout=asyncio.subprocess.PIPE,
    )
    assert sandbox.stdout is not None
    try:
        told = json.loads(await sandbox.stdout.readline())
        yield OwnBroker(told["PLEXUS_TEST_KAFKA_BOOTSTRAP"], Path(told["PLEXUS_TEST_PARTS"]))
    finally:
        sandbox.terminate()
        await sandbox.wait()
