"""marketing's and integration's workers as processes of their own, killed and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from libs.common.settings import Settings
from tests.figures import ROOT


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """What a process of a service reads from its environment."""
    given = {
        "PLEXUS_DATABASE_URL": settings.database_url,
        "PLEXUS_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "PLEXUS_KEK_FILE": str(settings.kek_file),
        "PLEXUS_SLOT": settings.slot,
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PLEXUS_")}
    return clean | given | more


def migrate(service: str, given: Mapping[str, str]) -> None:
    """Make the service's topics, and note where its groups begin."""
    command = (sys.executable, "-m", "libs.common.migrate", f"services.{service}")
    subprocess.run(command, cwd=ROOT, env=dict(given), check=True, timeout=300)


@dataclass(slots=True)
class Worker:
    """One worker; `kills` holds when it was killed (monotonic seconds)."""

    service: str
    given: Mapping[str, str]
    log: Path
    kills: list[float] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = (sys.executable, "-m", f"services.{self.service}.worker")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=dict(self.given), stdout=log, stderr=log)

    def kill(self) -> None:
        """Kill -9, and start it again at once, as its supervisor would."""
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text("utf-8")[-3000:]
        self._process.send_signal(signal.SIGKILL)
        self.kills.append(time.monotonic())
        self._process.wait()
        self.start()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def running(*workers: Worker) -> Iterator[None]:
    """Keep the workers up."""
    try:
        for each in workers:
            each.start()
        yield
    finally:
        for each in workers:
            each.stop()
