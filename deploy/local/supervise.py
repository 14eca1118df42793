"""The supervisor's own process: `python -m deploy.local supervise`, started by `up`."""

import asyncio
import os
import signal
import sys
import time

from deploy.local.places import postgres_home
from deploy.local.ports import Ports
from deploy.local.process import CommandFailedError
from deploy.local.stack import Stack
from deploy.local.state import StackReport, State
from deploy.local.supervisor import Supervisor
from deploy.local.tls import authority_file

FAILED, ALREADY_SUPERVISED = 1, 3
LOCK_ATTEMPTS, LOCK_PAUSE = 20, 0.05
DOORS = {"gateway": "PLEXUS_PORT", "gateway-https": "PLEXUS_HTTPS_PORT"}


def supervise(state: State) -> int:
    """Run the stack until a signal comes; return the exit code."""
    if not _lock(state):
        return ALREADY_SUPERVISED
    report = _fresh_report(state)
    try:
        asyncio.run(_run(state, report, Ports(dict(report.ports))))
    except (CommandFailedError, OSError) as error:
        report.phase, report.message = "failed", str(error)
        return FAILED
    else:
        report.phase = "stopped"
        return 0
    finally:
        state.write(report)


def _lock(state: State) -> bool:
    # `status` holds the lock for an instant while it looks whether anybody else does.
    for _attempt in range(LOCK_ATTEMPTS):
        if state.lock():
            return True
        time.sleep(LOCK_PAUSE)
    return False


def _fresh_report(state: State) -> StackReport:
    kept = dict(state.read().ports)
    for name, variable in DOORS.items():
        if os.environ.get(variable):
            kept.pop(name, None)
    home = str(postgres_home(state.path))
    report = StackReport(phase="starting", supervisor=os.getpid(), ports=kept, postgres_home=home)
    state.write(report)
    return report


async def _run(state: State, report: StackReport, ports: Ports) -> None:
    stack = Stack(state.path, ports)
    supervisor = Supervisor(state, stack.parts(), report)
    report.ports = {**report.ports, **ports.chosen}
    report.url, report.ca_file = stack.url, str(authority_file(state.path))
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    starting = asyncio.create_task(supervisor.start())
    waiting = asyncio.create_task(ended.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            await waiting
    finally:
        waiting.cancel()
        starting.cancel()
        await asyncio.gather(starting, waiting, return_exceptions=True)
        await supervisor.stop()


def main(state: State) -> None:
    """End this process with the supervisor's exit code."""
    sys.exit(supervise(state))
