"""What the processes cost: memory of each, and the seconds from a start to the first answer."""

import asyncio
import os
import subprocess
import sys
import time

from deploy.local.places import ROOT
from deploy.local.ports import Ports
from deploy.local.probes import is_ready
from deploy.local.report import MEBIBYTE, rows
from tests.load.bench.platform import DATABASE, Platform
from tests.load.bench.report import Report

FIRST_PORT, POLL, PATIENCE = 29600, 0.01, 60.0


def memory(platform: Platform, report: Report) -> None:
    """Megabytes of every part that runs; pages that processes share are counted once."""
    for row in rows(platform.stack.state):
        if row.memory is not None:
            report.add(f"memory: {row.name}", "MiB", [row.memory / MEBIBYTE])


def cold_start(platform: Platform, service: str, times: int, report: Report) -> None:
    """Seconds from the start of a service's process until it says that it has started."""
    environment = {**os.environ, **platform.part(service).environment}
    found = [seconds(f"services.{service}.main:app", environment, "/startupz") for _ in range(times)]
    bare = {**os.environ, "BARE_URL": platform.superuser(DATABASE), "BARE_POOL": "8"}
    beside = [seconds("tests.load.bare:app", bare, None) for _ in range(times)]
    report.add(f"cold start: {service}", "s", found, reference=beside, what="the bare process")


def seconds(app: str, environment: dict[str, str], path: str | None) -> float:
    """Start a process, ask it until it answers, and stop it."""
    port = Ports().take("cold", FIRST_PORT)
    url = f"http://127.0.0.1:{port}{path}" if path else f"tcp://127.0.0.1:{port}"
    command = (sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log")
    began = time.monotonic()
    process = subprocess.Popen((*command, "--log-level", "warning"), cwd=ROOT, env=environment)
    try:
        while not asyncio.run(is_ready(url)):
            if process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"{app} did not start")
            time.sleep(POLL)
        return time.monotonic() - began
    finally:
        process.terminate()
        process.wait()
