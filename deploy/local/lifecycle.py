"""`up`, `down` and `reset`: the supervisor in the background, seen from the terminal."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.local.credentials import load_credentials
from deploy.local.leftovers import sweep
from deploy.local.places import ROOT
from deploy.local.probes import is_ready
from deploy.local.process import CommandFailedError
from deploy.local.services import present
from deploy.local.state import StackReport, State
from deploy.local.supervise import ALREADY_SUPERVISED

POLL = 0.1
STOP_LIMIT = 60.0
HEAL_LIMIT = 45.0


def up(state: State) -> None:
    """Return when the whole stack is ready; start what is not running."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Shells start background jobs with SIGINT ignored; both must undo a start that is under way.
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    if state.is_supervised():
        print("plexus: already started; looking at each part")
        _follow(state, None)
        _wait_until_healthy(state)
    else:
        sweep(state)
        _start(state)
    _welcome(state, time.monotonic() - began)


def _start(state: State) -> None:
    command = (sys.executable, "-m", "deploy.local", "supervise")
    environment = {**os.environ, "PLEXUS_STATE": str(state.path)}
    with (state.logs / "supervisor.log").open("ab") as log:
        supervisor = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _follow(state, supervisor)
    except KeyboardInterrupt:
        print("\nplexus: interrupted; stopping what was started")
        supervisor.terminate()
        _wait_until_unlocked(state)
        raise


def _follow(state: State, supervisor: subprocess.Popen[bytes] | None) -> None:
    """Print each part as it becomes ready, until all are or one has failed."""
    shown: set[str] = set()
    while True:
        ended = supervisor.poll() is not None if supervisor else not state.is_supervised()
        report = state.read()
        if supervisor is None or report.supervisor == supervisor.pid:
            _print_ready(report, shown)
            if report.phase == "ready" and not ended:
                return
        if ended and supervisor and supervisor.returncode == ALREADY_SUPERVISED:
            # Another `up` was faster; its supervisor is as good as ours.
            supervisor = None
        elif ended:
            reason = report.message or f"the supervisor ended; see {state.logs / 'supervisor.log'}"
            raise CommandFailedError(reason)
        time.sleep(POLL)


def _print_ready(report: StackReport, shown: set[str]) -> None:
    for part in report.parts:
        if part.phase in {"ready", "done"} and part.name not in shown:
            shown.add(part.name)
            where = f"127.0.0.1:{part.port}" if part.port else ""
            print(f"  {part.name:<18} {part.phase:<6} {part.seconds or 0:6.1f} s  {where}", flush=True)


def _wait_until_healthy(state: State) -> None:
    deadline = time.monotonic() + HEAL_LIMIT
    while sick := asyncio.run(unhealthy(state.read())):
        if time.monotonic() > deadline:
            raise CommandFailedError(f"not healthy: {', '.join(sick)}; see `make logs`")
        time.sleep(POLL)


async def unhealthy(report: StackReport) -> list[str]:
    """Name the parts that do not answer their health probe now."""
    asked = [part for part in report.parts if part.health]
    answers = await asyncio.gather(*(is_ready(part.health or "") for part in asked))
    return [part.name for part, answer in zip(asked, answers, strict=True) if not answer]


def _welcome(state: State, seconds: float) -> None:
    report = state.read()
    credentials = load_credentials(state.path, present())
    print(f"plexus: ready in {seconds:.1f} s; state in {state.path}")
    if any(part.name == "gateway" for part in report.parts):
        if any(part.name == "web" for part in report.parts):
            print(f"  web            {report.url}")
        print(f"  API            {report.url}/api/v1")
        print(f"  documentation  {report.url}/docs")
        print(f"  certificate    {report.ca_file} vouches for it (curl --cacert)")
        print(f"  administrator  {credentials.admin_email}  {credentials.admin_password}")


def down(state: State) -> None:
    """Return when no process of the stack is left; the data stays."""
    if state.is_supervised():
        supervisor = state.read().supervisor
        if supervisor is None:
            raise CommandFailedError("the supervisor is only just starting; try again")
        os.kill(supervisor, signal.SIGTERM)
        _wait_until_unlocked(state)
        print("plexus: stopped")
    else:
        print("plexus: not running")
    for name in sweep(state):
        print(f"  killed what was left: {name}")


def _wait_until_unlocked(state: State) -> None:
    deadline = time.monotonic() + STOP_LIMIT
    while state.is_supervised():
        if time.monotonic() > deadline:
            raise CommandFailedError(f"the supervisor did not stop within {STOP_LIMIT:g} s")
        time.sleep(POLL)


def reset(state: State) -> None:
    """Delete the stack's data, after a yes at the terminal or YES=1."""
    if os.environ.get("YES") != "1":
        answer = input(f"Delete all data in {state.path}? Type yes: ")
        if answer.strip().lower() != "yes":
            raise CommandFailedError("nothing was deleted")
    report = state.read()
    down(state)
    for folder in filter(None, (report.postgres_home, str(state.path))):
        if Path(folder).exists():
            shutil.rmtree(folder)
    print("plexus: deleted")
