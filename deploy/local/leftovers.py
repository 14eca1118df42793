"""Processes that a killed supervisor may have left, found by name and time, never by guess."""

from contextlib import suppress

import psutil

from deploy.local.process import kill_group
from deploy.local.state import State


def find(state: State) -> dict[int, str]:
    """Return pid to part name of every process that belongs to this state folder."""
    found: dict[int, str] = {}
    for part in state.read().parts:
        if process := part.process():
            found[process.pid] = part.name
    for process in psutil.process_iter():
        if process.pid not in found and (name := _marked(process, state)):
            found[process.pid] = name
    return found


def _marked(process: psutil.Process, state: State) -> str | None:
    try:
        environment = process.environ()
    except (psutil.Error, OSError):
        return None
    return environment.get("PLEXUS_PART") if environment.get("PLEXUS_STATE") == str(state.path) else None


def sweep(state: State) -> list[str]:
    """Kill what is left, wait until it is gone, and return the parts' names."""
    found = find(state)
    left: list[psutil.Process] = []
    for pid in found:
        with suppress(psutil.NoSuchProcess):
            left.append(psutil.Process(pid))
        kill_group(pid)
    psutil.wait_procs(left, timeout=10)
    return sorted(found.values())
