"""`rotate-kek`: a new key-encryption key while everything runs, and the end of an old one."""

import asyncio
import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local.credentials import write_secret
from deploy.local.process import CommandFailedError
from deploy.local.services import NAMES
from deploy.local.state import State
from libs.common.kek_file import EVERY, with_current, with_new_key, without
from libs.common.kek_usage import usage_at

HEARD = 3 * EVERY
LONGEST_PAUSE = 30.0
# Kept for a day and then deleted; they are under keys of their own, which are not worth wrapping anew.
EXPIRES = "idempotency"


def rotate(state: State) -> int:
    """Add a key, make it current, and follow the workers until nothing but kept answers is under another."""
    urls = _running(state)
    file = state.path / "kek.json"
    told, name = with_new_key(_read(file), datetime.now(UTC))
    write_secret(file, told)
    # A process must know the key before another one wraps under it.
    time.sleep(HEARD)
    told = with_current(told, name)
    write_secret(file, told)
    print(f"plexus: {name} is the current key; the workers wrap what is under older ones")
    old = [each for each in told["keys"] if each != name]
    pause = EVERY
    while left := {each: count for each, count in under(urls, old).items() if not each.endswith(EXPIRES)}:
        print("  still under an older key: " + ", ".join(f"{each} {count}" for each, count in left.items()))
        time.sleep(pause)
        pause = min(1.2 * pause, LONGEST_PAUSE)
    print("plexus: nothing but kept answers is under an older key; those expire within a day")
    return 0


def drop(state: State, name: str) -> int:
    """Destroy a key that nothing is under any more; return 1 and say what is, otherwise."""
    urls, file = _running(state), state.path / "kek.json"
    try:
        told = without(_read(file), name)
    except ValueError as error:
        raise CommandFailedError(str(error)) from error
    if left := under(urls, [name]):
        for table, count in left.items():
            print(f"  {table}: {count} under {name}")
        raise CommandFailedError(f"{name} is needed and stays")
    write_secret(file, told)
    print(f"plexus: {name} is destroyed; backups that were made under it can no longer be read")
    return 0


def under(urls: dict[str, str], keys: Iterable[str]) -> dict[str, int]:
    """Return `service.table` and the number of rows that are under one of these keys."""
    return asyncio.run(_under(urls, list(keys)))


async def _under(urls: dict[str, str], keys: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for service, url in urls.items():
        for key in keys:
            for table, count in (await usage_at(url, key)).items():
                name = f"{service}.{table}"
                found[name] = found.get(name, 0) + count
    return found


def _running(state: State) -> dict[str, str]:
    """Return the database of every service here; a key must not be dropped past one that is not asked."""
    parts = {part.name: part for part in state.read().parts} if state.is_supervised() else {}
    workers = {name: parts.get(f"{name}-worker") for name in NAMES}
    if not any(workers.values()):
        raise CommandFailedError("not running: `make up` first")
    return {name: part.environment["PLEXUS_DATABASE_URL"] for name, part in workers.items() if part}


def _read(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return told
