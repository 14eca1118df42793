"""Logs that do not grow without bound."""

import shutil
from pathlib import Path

LARGEST = 10 * 1024 * 1024
KEPT = 3


def trim(log: Path, largest: int = LARGEST) -> None:
    """Copy a log that is too large to `.1` (older ones move up to `.3`) and empty it in place.

    The writers append, so they go on at the start; what they write during the copy may be lost.
    """
    if not log.exists() or log.stat().st_size <= largest:
        return
    for number in range(KEPT - 1, 0, -1):
        older = numbered(log, number)
        if older.exists():
            older.replace(numbered(log, number + 1))
    shutil.copyfile(log, numbered(log, 1))
    with log.open("r+") as file:
        file.truncate(0)


def numbered(log: Path, number: int) -> Path:
    """Return the name of the log's nth older copy."""
    return log.with_name(f"{log.name}.{number}")
