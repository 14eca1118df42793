"""Hints beside the transactions: something was committed, look soon. Nothing depends on one that is lost.

They are PostgreSQL's notifications, sent behind the COMMIT and never within it, where they would cost a
quarter of the writes. Who listens looks by himself all the same, only less often.
"""

import asyncio
import contextlib

import asyncpg

from libs.common.reads import Asked, ReadPool

OUTBOX, EFFECTS = "plexus_outbox", "plexus_effects"
# A burst of commits is told at its beginning and again this often, in seconds.
_APART = 0.05
_OPENING = 5.0


class Hints:
    """Tells others of commits, each channel at most twenty times a second."""

    def __init__(self, pool: ReadPool, url: str) -> None:
        """Take a pool to tell through, and the URL of the database for those who listen."""
        self._pool, self._url = pool, url
        self._again: set[str] = set()
        self._telling: dict[str, asyncio.Task[None]] = {}

    def tell(self, channel: str) -> None:
        """Wake the channel's listeners soon; returns at once, and never raises."""
        if channel in self._telling:
            self._again.add(channel)
        else:
            self._telling[channel] = asyncio.create_task(self._tell(channel))

    def ear(self, channel: str) -> "Ear":
        """Return what hears a channel; close it in the end."""
        return Ear(self._url, channel)

    async def close(self) -> None:
        """Leave what was not told yet untold."""
        for task in [*self._telling.values()]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _tell(self, channel: str) -> None:
        try:
            told = False
            while not told or channel in self._again:
                self._again.discard(channel)
                # Whatever it is, those who listen look by themselves.
                with contextlib.suppress(Exception):
                    await self._pool.rows(Asked("SELECT pg_notify($1, '')", (channel,)))
                told = True
                await asyncio.sleep(_APART)
        finally:
            del self._telling[channel]


class Ear:
    """Hears one channel, over a connection of its own that is opened anew when it broke."""

    def __init__(self, url: str, channel: str) -> None:
        """Open nothing yet."""
        self._url, self._channel = url, channel
        self._connection: asyncpg.Connection | None = None
        self._heard = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Return at a hint since the last call, or after `seconds` without one."""
        if self._connection is None or self._connection.is_closed():
            await self._open()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), seconds)
        self._heard.clear()

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.close(timeout=2)

    async def _open(self) -> None:
        """Connect and listen; without a database there is nothing to hear."""
        await self.close()
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._connection = await asyncpg.connect(self._url, timeout=_OPENING)
            await self._connection.add_listener(self._channel, lambda *_: self._heard.set())
