"""The file of key-encryption keys, followed while a process runs, and the three steps of a rotation.

`{"current": name, "keys": {name: base64}, "blind_index": base64}`. A key is added first, made current when
every process has read it, and dropped when nothing is under it any more. The secret of the blind indexes
stays: it is no key-encryption key, and an index made under another one would find nothing.
"""

import asyncio
import base64
import contextlib
import logging
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from libs.common.crypto import KekRing

log = logging.getLogger(__name__)
# After twice as long every process has read what the file says.
EVERY = 1.0
_BYTES = 32


class KekFile:
    """A process's ring, kept as the file has it."""

    def __init__(self, path: Path) -> None:
        """Read it; raises ValueError for a malformed one, or when others may read it."""
        self._path = path
        self._seen = self._stamp()
        self.ring = KekRing.load(path)
        self.ring.reread = self.look

    def look(self) -> None:
        """Take over what the file says, if it was written since; one that is no ring changes nothing."""
        try:
            stamp = self._stamp()
            if stamp == self._seen:
                return
            found = KekRing.load(self._path)
        except (OSError, ValueError) as error:
            log.warning("key ring not read: %s", type(error).__name__)
            return
        self._seen = stamp
        if found.blind_index_secret != self.ring.blind_index_secret:
            log.warning("key ring not read: the secret of the blind indexes cannot be changed")
            return
        # In this order the current key is always among the keys.
        self.ring.keys = {**self.ring.keys, **found.keys}
        self.ring.current = found.current
        self.ring.keys = found.keys

    async def follow(self, stop: asyncio.Event) -> None:
        """Look every second until `stop`."""
        while not stop.is_set():
            self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)

    def _stamp(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_ino, found.st_size


def with_new_key(told: Mapping[str, Any], now: datetime) -> tuple[dict[str, Any], str]:
    """Return the file's content with one more key, which is not current yet, and its name: its month."""
    month, keys = now.strftime("%Y-%m"), told["keys"]
    name = next(name for n in range(1, len(keys) + 2) if (name := month + f"-{n}" * (n > 1)) not in keys)
    fresh = base64.b64encode(os.urandom(_BYTES)).decode()
    return {**told, "keys": {**keys, name: fresh}}, name


def with_current(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the content in which a key that is there wraps whatever is wrapped from now on."""
    if name not in told["keys"]:
        message = f"there is no key {name}"
        raise ValueError(message)
    return {**told, "current": name}


def without(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the content without a key, which must not be the current one."""
    if name not in told["keys"] or name == told["current"]:
        message = f"{name} is {'the current key' if name in told['keys'] else 'no key'}"
        raise ValueError(message)
    return {**told, "keys": {each: key for each, key in told["keys"].items() if each != name}}
