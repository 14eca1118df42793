"""The whole platform, running: started once for all journeys of a run, and asked through its gateway."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.credentials import load_credentials
from deploy.local.places import ROOT
from deploy.local.services import NAMES
from deploy.local.state import State
from deploy.local.tls import trusting

PORTS = {"PLEXUS_PORT": "28090", "PLEXUS_HTTPS_PORT": "28490"}
START_LIMIT, PATIENCE, POLL = 300.0, 30.0, 0.02


@dataclass(frozen=True, slots=True)
class Stack:
    """One running stack: its folder tells ports, credentials and each part's environment."""

    state: State

    @property
    def url(self) -> str:
        return f"{self.state.read().url}/api/v1"

    @property
    def ca_file(self) -> str:
        return self.state.read().ca_file

    @property
    def trust(self) -> ssl.SSLContext:
        return trusting(self.ca_file)

    def environment(self, part: str) -> dict[str, str]:
        return next(each.environment for each in self.state.read().parts if each.name == part)

    def local(self, *words: str) -> str:
        """Run `python -m deploy.local …` on this stack, and return what it prints."""
        command = (sys.executable, "-m", "deploy.local", *words)
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PLEXUS_")}
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**clean, "PLEXUS_STATE": str(self.state.path), **PORTS},
            capture_output=True,
            text=True,
            timeout=START_LIMIT,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    @asynccontextmanager
    async def as_administrator(self) -> AsyncIterator[httpx.AsyncClient]:
        known = load_credentials(self.state.path, NAMES)
        async with self.signed_in(known.admin_email, known.admin_password) as client:
            yield client

    @asynccontextmanager
    async def signed_in(self, email: str, password: str) -> AsyncIterator[httpx.AsyncClient]:
        """Lend a client that carries a user's token."""
        async with httpx.AsyncClient(base_url=self.url, timeout=15, verify=self.trust) as client:
            answer = await client.post("/auth/sign-in", json={"email": email, "password": password})
            token = expect(answer, 200)["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield client


def expect(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body of an answer that has this status."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return dict(answer.json())


async def seconds_until(
    asked: Callable[[], Awaitable[object]], wanted: object, patience: float = PATIENCE
) -> float:
    """Ask over and over until the answer is the wanted one; return how long that took."""
    began = time.monotonic()
    while (answer := await asked()) != wanted:
        waited = time.monotonic() - began
        assert waited < patience, f"still {answer!r}, not {wanted!r}"
        # Rarer in a long wait, where asking would slow down what is waited for.
        await asyncio.sleep(max(POLL, waited / 50))
    return time.monotonic() - began


@contextlib.contextmanager
def shared_stack() -> Iterator[Stack]:
    """Lend the stack of this test run; the first of its processes starts it, the last one stops it.

    PLEXUS_E2E_STATE names the folder of a stack that runs already, and is left running.
    """
    if running := os.environ.get("PLEXUS_E2E_STATE"):
        yield Stack(State(Path(running)))
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"plexus-e2e-{run}"
    # PostgreSQL runs as a user of its own, who passes through.
    folder.mkdir(mode=0o711, exist_ok=True)
    stack, lease = Stack(State(folder / "state")), folder / f"lease-{os.getpid()}"
    with _alone(folder):
        lease.touch()
        if not stack.state.is_supervised():
            stack.local("up")
    try:
        yield stack
    finally:
        with _alone(folder):
            lease.unlink()
            if not list(folder.glob("lease-*")):
                stack.local("down")
                shutil.rmtree(folder)
                folder.with_suffix(".lock").unlink()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep the run's other processes out."""
    lock = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
