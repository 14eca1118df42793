"""Whether refused requests leave everything as it was."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

type Fingerprint = Callable[[], Coroutine[Any, Any, dict[str, str]]]

# Refusals are looked at in runs of this length: whoever wrote something is one of so many.
RUN = 25


class Changes:
    """Watches the tables while requests are refused."""

    def __init__(self, fingerprint: Fingerprint, loop: asyncio.AbstractEventLoop) -> None:
        self.fingerprint, self.loop = fingerprint, loop
        self.before = self._look()
        self.refused: list[str] = []
        self.watched = 0
        self.found: list[str] = []

    def after(self, name: str, *, refused: bool) -> None:
        """Take note of a request; what happens around a change that was accepted cannot be told.

        A read that was accepted changes as little as a refusal.
        """
        if not refused and name.startswith("GET "):
            return
        if not refused:
            self.before, self.refused = self._look(), []
            return
        self.refused.append(name)
        if len(self.refused) >= RUN:
            self.compare()

    def compare(self) -> None:
        """Report the tables that changed although all requests since the last look were refused."""
        now = self._look()
        changed = [table for table in now if now[table] != self.before[table]]
        if changed and self.refused:
            self.found.append(f"{changed} changed during {self.refused}")
        self.watched += len(self.refused)
        self.before, self.refused = now, []

    def _look(self) -> dict[str, str]:
        return asyncio.run_coroutine_threadsafe(self.fingerprint(), self.loop).result()
