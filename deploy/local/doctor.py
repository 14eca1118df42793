"""`doctor`: what could stand in the way on this machine, and what to do about it."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from deploy.local import jars, leftovers
from deploy.local.places import ROOT, cache_directory, open_to_all
from deploy.local.ports import is_free
from deploy.local.probes import is_ready
from deploy.local.process import CommandFailedError, unprivileged_user
from deploy.local.stack import HTTPS_PORT
from deploy.local.state import State

OLDEST_PYTHON = (3, 12)
LEAST_DISK = 3 * 1024**3
LEAST_FILES = 1024
FOLDER_LEEWAY = 120.0


class Finding(Exception):
    """Something is wrong; the text says what to do."""


def python(_state: State) -> str:
    if sys.version_info < OLDEST_PYTHON:
        raise Finding("Python 3.12 or newer is needed: delete .venv and run make with a newer one")
    return sys.version.split()[0]


def disk(state: State) -> str:
    free = shutil.disk_usage(state.path).free
    if free < LEAST_DISK:
        raise Finding(f"only {free / 1024**3:.1f} GiB are free: make room or set PLEXUS_STATE")
    return f"{free / 1024**3:.0f} GiB free"


def user(state: State) -> str:
    name = unprivileged_user()
    if name is None:
        return "not root"
    aside = "" if open_to_all(state.path / "postgres") else "; its data lies in /var/tmp"
    if not open_to_all(cache_directory() / "postgres"):
        raise Finding(f"{name} cannot enter {cache_directory()}: set PLEXUS_CACHE to a folder it can")
    return f"root; PostgreSQL runs as {name}{aside}"


def kafka_jars(_state: State) -> str:
    if given := os.environ.get("PLEXUS_KAFKA_BOOTSTRAP"):
        return f"not needed: {given} is used"
    if not jars.folder().exists():
        return "not fetched yet; the first start does that"
    try:
        jars.verify(jars.folder())
    except CommandFailedError as error:
        raise Finding(f"{error} (the folder is {jars.folder()})") from error
    return f"{len(jars.locked())} jars, checksums as locked"


def port(state: State) -> str:
    wanted = int(os.environ.get("PLEXUS_HTTPS_PORT") or HTTPS_PORT)
    used = state.read().ports.get("gateway-https")
    if state.is_supervised():
        return f"{used} is ours"
    return f"{wanted} is free" if is_free(wanted) else f"{wanted} is taken; the next free one is used"


def processes(state: State) -> str:
    found = leftovers.find(state)
    if found and not state.is_supervised():
        raise Finding(f"left by a killed supervisor: {', '.join(found.values())}: run `make down`")
    return f"{len(found)} of ours"


def clock(state: State) -> str:
    mark = state.path / "clock"
    mark.touch()
    drift = abs(mark.stat().st_mtime - datetime.now(UTC).timestamp())
    newest = (ROOT / "Makefile").stat().st_mtime
    if drift > FOLDER_LEEWAY or newest > datetime.now(UTC).timestamp() + FOLDER_LEEWAY:
        raise Finding("the clock is behind the files' times: set the machine's clock")
    return datetime.now(UTC).isoformat(timespec="seconds")


def open_files(_state: State) -> str:
    found = _file_limit()
    if found is not None and found < LEAST_FILES:
        raise Finding(f"only {found} open files are allowed: run `ulimit -n 4096` first")
    return "no limit known" if found is None else f"{found} allowed"


def _file_limit() -> int | None:
    limits = Path("/proc/self/limits")
    lines = limits.read_text().splitlines() if limits.exists() else []
    soft = next((line.split()[3] for line in lines if line.startswith("Max open files")), "")
    return int(soft) if soft.isdigit() else None


def health(state: State) -> str:
    if not state.is_supervised():
        return "not running"
    sick = asyncio.run(_sick(state))
    if sick:
        raise Finding(f"not healthy: {', '.join(sick)}: look at `make logs`")
    return "all parts answer"


async def _sick(state: State) -> list[str]:
    parts = [part for part in state.read().parts if part.health]
    return [part.name for part in parts if not await is_ready(part.health or "")]


CHECKS: tuple[Callable[[State], str], ...] = (
    python,
    disk,
    user,
    open_files,
    kafka_jars,
    port,
    processes,
    clock,
    health,
)


def examine(state: State) -> Iterator[tuple[str, bool, str]]:
    """Yield each check's name, whether it passed, and its words."""
    for check in CHECKS:
        try:
            yield check.__name__, True, check(state)
        except Finding as finding:
            yield check.__name__, False, str(finding)


def doctor(state: State) -> int:
    """Print every check; return 1 when one found something."""
    findings = 0
    for name, passed, text in examine(state):
        print(f"  {'ok ' if passed else 'NO '} {name.replace('_', ' '):<12} {text}")
        findings += not passed
    return 1 if findings else 0
