"""Free ports on 127.0.0.1, kept apart between stacks that start at the same time."""

import fcntl
import itertools
import os
import socket
import tempfile
from pathlib import Path

HIGHEST = 65535


class Ports:
    """The ports of one stack. Each is locked until this process ends, whoever binds it."""

    def __init__(self, kept: dict[str, int] | None = None) -> None:
        """Prefer the ports that were kept from the last start, by the part's name."""
        self.chosen: dict[str, int] = {}
        self._kept = kept or {}
        self._locks: list[int] = []
        self._registry = Path(tempfile.gettempdir()) / f"plexus-ports-{os.geteuid()}"
        self._registry.mkdir(mode=0o700, exist_ok=True)

    def take(self, name: str, first: int) -> int:
        """Return the kept port of this name, or the first free one from `first` upwards."""
        kept = self._kept.get(name, first)
        for port in itertools.chain([kept], range(first, HIGHEST + 1)):
            if self._lock(port):
                self.chosen[name] = port
                return port
        raise OSError(f"no free port from {first} for {name}")

    def _lock(self, port: int) -> bool:
        handle = os.open(self._registry / str(port), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        if not is_free(port):
            os.close(handle)
            return False
        self._locks.append(handle)
        return True


def is_free(port: int) -> bool:
    """Tell whether nothing listens on the port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
