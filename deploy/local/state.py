"""The state folder: the one lock, and the file that says what runs and where."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil


@dataclass
class PartReport:
    """What is known of one part of a running stack."""

    name: str
    phase: str = "waiting"
    pid: int | None = None
    created: float | None = None
    port: int | None = None
    health: str | None = None
    restarts: int = 0
    seconds: float | None = None
    log: str = ""
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    hold: str = ""

    def process(self) -> psutil.Process | None:
        """Return the living process, and never another one that got its pid later."""
        return living(self.pid, self.created)


@dataclass
class StackReport:
    """The stack as the supervisor last wrote it."""

    phase: str = "stopped"
    message: str = ""
    supervisor: int | None = None
    start_seconds: float | None = None
    ports: dict[str, int] = field(default_factory=dict)
    parts: list[PartReport] = field(default_factory=list)
    postgres_home: str = ""
    # Where people and programs reach the platform, and what they verify its certificate by.
    url: str = ""
    ca_file: str = ""


def living(pid: int | None, created: float | None) -> psutil.Process | None:
    """Return the process with this pid and time of creation, unless it has ended."""
    try:
        process = psutil.Process(pid) if pid else None
        if process and process.create_time() == created:
            return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.NoSuchProcess:
        pass
    return None


class State:
    """One stack's folder, readable by its owner; PostgreSQL's user may pass through it."""

    def __init__(self, path: Path) -> None:
        """Create the folder when it is not there."""
        self.path = path
        self.file = path / "state.json"
        self.logs = path / "logs"
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o711)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self._lock: int | None = None

    def read(self) -> StackReport:
        """Read the last report; an empty one before the first start."""
        try:
            content = json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            return StackReport()
        parts = [PartReport(**part) for part in content.pop("parts")]
        return StackReport(**content, parts=parts)

    def write(self, report: StackReport) -> None:
        """Replace the report in one step; it holds passwords, so only its owner may read it."""
        fresh = self.file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(report), file, indent=1)
        fresh.replace(self.file)

    def lock(self) -> bool:
        """Take the lock that a supervisor holds for its life; False when another has it."""
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._lock = handle
        return True

    def unlock(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def is_supervised(self) -> bool:
        """Tell whether a supervisor lives, by its lock: a pid alone may belong to anybody."""
        if self.lock():
            self.unlock()
            return False
        return True
