"""The platform that is measured: a stack of its own, its parts held down or let run, and the bare process."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import yaml

from deploy.local.credentials import load_credentials
from deploy.local.places import ROOT
from deploy.local.ports import Ports, is_free
from deploy.local.postgres import superuser_url
from deploy.local.probes import is_ready
from deploy.local.services import NAMES
from deploy.local.state import PartReport, State
from tests.e2e.stack import Stack

SERVICES = ("auth", "customer", "sales", "analytics")
PORTS = {"PLEXUS_PORT": "29090", "PLEXUS_HTTPS_PORT": "29490"}
START_LIMIT, POLL, BARE_PORT = 300.0, 0.05, 29500
DATABASE = "bare"
# The gateway counts requests of an address; here a single one stands for all clients.
UNLIMITED = 1_000_000


@dataclass(frozen=True, slots=True)
class Platform:
    """A running stack, and what may be done with it; `folder` keeps its state and files of values."""

    folder: Path

    @property
    def stack(self) -> Stack:
        return Stack(State(self.folder / "state"))

    @property
    def gateway(self) -> str:
        return self.stack.state.read().url

    def local(self, *words: str) -> str:
        """Run `python -m deploy.local …` on this stack."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PLEXUS_")}
        own = {"PLEXUS_STATE": str(self.folder / "state"), "PLEXUS_SERVICES": ",".join(SERVICES), **PORTS}
        cache = {key: os.environ[key] for key in ("PLEXUS_CACHE",) if key in os.environ}
        done = subprocess.run(
            (sys.executable, "-m", "deploy.local", *words),
            cwd=ROOT,
            env={**clean, **cache, **own},
            capture_output=True,
            text=True,
            timeout=START_LIMIT,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def part(self, name: str) -> PartReport:
        return next(each for each in self.stack.state.read().parts if each.name == name)

    def base(self, service: str) -> str:
        """Where a service's process listens, past the gateway."""
        return f"http://127.0.0.1:{self.part(service).port}"

    def superuser(self, database: str = "postgres") -> str:
        known = load_credentials(self.stack.state.path, NAMES)
        url = superuser_url(self.stack.state.read().ports["postgres"], known.postgres)
        return urlsplit(url)._replace(path=f"/{database}").geturl()

    def database(self, service: str) -> str:
        return self.part(f"{service}-worker").environment["PLEXUS_DATABASE_URL"]

    def restart(self, *names: str) -> None:
        """Start these parts anew, from the code as it is now."""
        self.hold(*names)
        self.release(*names)

    def hold(self, *names: str) -> None:
        """Stop these parts and keep them down."""
        for name in names:
            part = self.part(name)
            Path(part.hold).touch()
            if process := part.process():
                process.kill()
                process.wait()

    def release(self, *names: str) -> None:
        """Let these parts run again; return when each of them is ready."""
        for name in names:
            Path(self.part(name).hold).unlink(missing_ok=True)
        deadline = time.monotonic() + START_LIMIT
        while late := [name for name in names if not self._is_up(name)]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not ready: {late}")
            time.sleep(POLL)

    def _is_up(self, name: str) -> bool:
        part = self.part(name)
        return part.process() is not None and asyncio.run(is_ready(part.health or ""))

    @contextlib.contextmanager
    def held(self, *names: str) -> Iterator[None]:
        """Keep parts down for a while."""
        self.hold(*names)
        try:
            yield
        finally:
            self.release(*names)

    def widen_gateway(self) -> None:
        """Let one address ask as much as it can; everything else of the gateway stays as it is."""
        file = self.folder / "state" / "traefik" / "dynamic.yml"
        config = yaml.safe_load(file.read_text("utf-8"))
        config["http"]["middlewares"]["rate"]["rateLimit"] |= {"average": UNLIMITED, "burst": UNLIMITED}
        # Whoever reads it meanwhile finds the old one whole, or the new one.
        fresh = self.folder / "dynamic.yml"
        fresh.write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
        fresh.replace(file)


@contextlib.contextmanager
def running(folder: Path, *, keep: bool = False) -> Iterator[Platform]:
    """Start the stack, or take the one that was kept with fresh processes of its services."""
    # PostgreSQL runs as a user of its own, who passes through.
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    platform = Platform(folder)
    was_there = platform.stack.state.is_supervised()
    try:
        if was_there:
            platform.restart(*(name for name in SERVICES), *(f"{name}-worker" for name in SERVICES))
        else:
            platform.local("up")
            asyncio.run(prepare(platform))
        platform.widen_gateway()
        yield platform
    finally:
        if not keep:
            platform.local("down")
            shutil.rmtree(folder)


async def prepare(platform: Platform) -> None:
    """Make the reference's database, and let the server keep when each transaction was committed."""
    connection = await asyncpg.connect(platform.superuser())
    try:
        await connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    platform.local("kill", "postgres")
    # The services find the new server by themselves.
    await asyncio.to_thread(platform.release, "postgres", *SERVICES, *(f"{name}-worker" for name in SERVICES))


@contextlib.contextmanager
def bare(platform: Platform, pool: int) -> Iterator[str]:
    """Run the reference as the product's services are run, and lend its address."""
    port = Ports().take("bare", BARE_PORT)
    environment = {**os.environ, "BARE_URL": platform.superuser(DATABASE), "BARE_POOL": str(pool)}
    with server("tests.load.bare:app", port, environment) as url:
        yield url


@contextlib.contextmanager
def server(app: str, port: int, environment: dict[str, str]) -> Iterator[str]:
    """Run a uvicorn process for a while."""
    options: Sequence[str] = ("--host", "127.0.0.1", "--port", str(port), "--no-access-log")
    command = (sys.executable, "-m", "uvicorn", app, *options, "--log-level", "warning")
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + START_LIMIT
        while is_free(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{app} did not start")
            time.sleep(POLL)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
