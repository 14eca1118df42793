"""`status` and `logs`: what runs, how it is, what it needs, and what it said."""

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.probes import NotReadyError, probe
from deploy.local.process import CommandFailedError
from deploy.local.state import PartReport, State

MEBIBYTE = 1024 * 1024
MEMORY_BAR = 1536  # MiB, for the four services and all parts at rest.
NOT_RUNNING = 3


@dataclass(frozen=True)
class Row:
    """One line of the table; memory in bytes, None where somebody else runs the part."""

    name: str
    pid: int | None
    port: int | None
    health: str
    memory: int | None
    restarts: int


def rows(state: State) -> list[Row]:
    """Probe and measure every server of the stack, now."""
    parts = [part for part in state.read().parts if part.health]
    return asyncio.run(_rows(parts))


async def _rows(parts: list[PartReport]) -> list[Row]:
    health = await asyncio.gather(*(_health(part) for part in parts))
    return [
        Row(part.name, part.pid, part.port, answer, memory_of(part), part.restarts)
        for part, answer in zip(parts, health, strict=True)
    ]


async def _health(part: PartReport) -> str:
    try:
        await probe(part.health or "")
    except (OSError, NotReadyError) as error:
        return f"{part.phase}: {error}"
    return "ok"


def memory_of(part: PartReport) -> int | None:
    """Add up the part's processes in bytes; memory they share is counted once (PSS)."""
    process = part.process()
    if process is None:
        return None
    return sum(_share(one) for one in (process, *process.children(recursive=True)))


def _share(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except psutil.Error:
        return 0


def status(state: State, *, as_json: bool = False) -> int:
    """Print the table; return 0 when all is well, 1 when a part is not, 3 when nothing runs."""
    supervised = state.is_supervised()
    seconds = state.read().start_seconds
    found = rows(state) if supervised else []
    total = sum(row.memory or 0 for row in found)
    if as_json:
        parts = [vars(row) for row in found]
        whole = {"running": supervised, "start_seconds": seconds, "memory": total, "parts": parts}
        print(json.dumps(whole, indent=1))
    elif supervised:
        _print_table(found, total)
        print(f"started in {seconds or 0:.1f} s")
    else:
        print("plexus: not running (`make up` starts it)")
    if not supervised:
        return NOT_RUNNING
    return 0 if all(row.health == "ok" for row in found) else 1


def _print_table(found: list[Row], total: int) -> None:
    print(f"{'part':<18} {'pid':>8} {'port':>6} {'MiB':>7} {'restarts':>9}  health")
    for row in found:
        memory = f"{row.memory / MEBIBYTE:7.1f}" if row.memory is not None else "      -"
        line = f"{row.name:<18} {row.pid or '-':>8} {row.port or '-':>6} {memory} {row.restarts:>9}"
        print(f"{line}  {row.health}")
    verdict = "within" if total <= MEMORY_BAR * MEBIBYTE else "above"
    print(f"memory {total / MEBIBYTE:.0f} MiB, {verdict} the bar of {MEMORY_BAR} MiB")


def logs(state: State, name: str | None, *, lines: int, follow: bool) -> None:
    """Print the last lines of one part's log, or of each."""
    files = sorted(state.logs.glob(f"{name or '*'}.log"))
    if not files:
        raise CommandFailedError(f"there is no log of {name or 'any part'} in {state.logs}")
    for file in files:
        if len(files) > 1:
            print(f"==> {file.stem} <==")
        with file.open(errors="replace") as content:
            print("".join(deque(content, maxlen=lines)), end="")
    if follow:
        _follow(files)


def _follow(files: list[Path]) -> None:
    places = {file: file.stat().st_size for file in files}
    while True:
        for file, place in places.items():
            size = file.stat().st_size
            with file.open("rb") as content:
                # A file that shrank was emptied by the rotation.
                content.seek(place if size >= place else 0)
                text = content.read().decode(errors="replace")
                places[file] = content.tell()
            for line in text.splitlines():
                print(f"{file.stem}: {line}" if len(files) > 1 else line, flush=True)
        time.sleep(0.2)
