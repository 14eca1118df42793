"""Real servers for the length of one command: `python -m deploy.local test -- pytest …`."""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.local.kafka import kafka
from deploy.local.places import ROOT
from deploy.local.ports import Ports
from deploy.local.postgres import postgres, superuser_url
from deploy.local.process import Launch, spawn, stop
from deploy.local.state import StackReport, State
from deploy.local.supervisor import Supervisor
from deploy.local.valkey import valkey

PREFIX = "plexus-test-"
FIRST_PORT = 20000


async def run_with_parts(command: Sequence[str]) -> int:
    """Start private servers, run the command with their addresses, return its exit code."""
    with _folder() as path:
        state, ports = State(path), Ports()
        password = secrets.token_urlsafe(12)
        first = FIRST_PORT + secrets.randbelow(10000)
        port = {name: ports.take(name, first) for name in ("postgres", "kafka", "controller", "valkey")}
        parts = [
            postgres(path, port["postgres"], password, unsafe=True),
            kafka(path, port["kafka"], port["controller"]),
            valkey(path, port["valkey"]),
        ]
        supervisor = Supervisor(state, parts, StackReport(supervisor=os.getpid(), ports=port))
        try:
            await supervisor.start()
            return await _run(command, _environment(supervisor, port, password))
        finally:
            await supervisor.stop()


def _environment(supervisor: Supervisor, port: dict[str, int], password: str) -> dict[str, str]:
    kafka_pid = next(part.pid for part in supervisor.report.parts if part.name == "kafka")
    return {
        "PLEXUS_TEST_POSTGRES_URL": superuser_url(port["postgres"], password),
        "PLEXUS_TEST_KAFKA_BOOTSTRAP": f"127.0.0.1:{port['kafka']}",
        "PLEXUS_TEST_KAFKA_PID": str(kafka_pid),
        "PLEXUS_TEST_REDIS_URL": f"redis://127.0.0.1:{port['valkey']}/0",
        "PLEXUS_TEST_PARTS": str(supervisor.state.file),
    }


async def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    launch = Launch(tuple(command), environment, directory=Path.cwd(), grace=5.0)
    process = await spawn(launch, None)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, process.send_signal, number)
    try:
        code = await process.wait()
    finally:
        await stop(process, launch)
    return code if code >= 0 else 128 - code


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    base = Path(tempfile.gettempdir())
    for left in base.glob(f"{PREFIX}*"):
        remove_abandoned(left)
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    path.chmod(0o711)
    handle = os.open(path / "alive", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield path
    finally:
        os.close(handle)
        shutil.rmtree(path, ignore_errors=True)


def remove_abandoned(path: Path) -> None:
    """Delete the folder of a run that was killed: nobody holds its lock any more."""
    try:
        handle = os.open(path / "alive", os.O_RDWR)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)


def main(command: Sequence[str]) -> int:
    """Run the command of `test -- …` and give back its exit code."""
    os.environ["PYTHONPATH"] = str(ROOT)
    if not command:
        sys.stderr.write("usage: python -m deploy.local test -- <command…>\n")
        return 2
    return asyncio.run(run_with_parts(command))
