"""What the consumers of one process know of its urgent topics, such as the keys that others need."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

# How long somebody waits for an urgent poll to begin and to be applied, in seconds.
_BEGIN, _APPLY = 0.01, 0.25


@dataclass(slots=True)
class Urgency:
    """Shared by the consumers of a process; `behind` are the groups with many urgent records to read yet."""

    behind: set[str] = field(default_factory=set)
    _followed: set[str] = field(default_factory=set)
    _applying: set[str] = field(default_factory=set)
    _applied: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.contextmanager
    def applying(self, name: str, *, is_full: bool) -> Iterator[None]:
        """Note that a group with urgent topics applies what it polled."""
        self._followed.add(name)
        (self.behind.add if is_full else self.behind.discard)(name)
        self._applying.add(name)
        try:
            yield
        finally:
            self._applying.discard(name)
            self._applied.set()
            self._applied = asyncio.Event()

    async def give_way(self) -> None:
        """Return when something urgent was applied, or soon when nothing urgent has come.

        What came together with its keys would otherwise find them missing, and be tried once more.
        """
        if self._followed and not await self._is_applied(_BEGIN) and self._applying:
            await self._is_applied(_APPLY)

    async def _is_applied(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._applied.wait(), seconds)
        return False
