"""The directory in a process's memory, never more than a moment behind the service's database."""

import asyncio
import logging
from uuid import UUID

from sqlalchemy import RowMapping

from libs.common.clock import Clock, SystemClock
from libs.common.db import Database
from libs.common.metrics import Gauge, Samples
from libs.common.problems import Unavailable
from libs.common.reads import Asked
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from libs.platform.directory.stream import COLLABORATORS, IS_NEWER, newer_than

log = logging.getLogger(__name__)
_EVERY = 0.25
_PATIENCE = 2.0
_VERSION = Gauge("plexus_directory_version", "The version of the directory in this process' memory")
_LOOKED = Gauge("plexus_directory_look_age_seconds", "Since the directory's table was last read")


class DirectoryReplica:
    """Looks for newer entries every 250 ms; `directory` is read synchronously and is whole at any time."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        """Take the service's own database; nothing is read yet."""
        self.directory = Directory()
        self._database = database
        self._clock = clock or SystemClock()
        self._looking = asyncio.Lock()
        self._looked_at = self._clock.monotonic()

    async def look(self) -> None:
        """Read what is newer than what is known."""
        async with self._looking:
            is_behind, collaborators = await self._news()
            if is_behind:
                async with self._database.reading.connect() as connection:
                    rows = (await connection.execute(newer_than(self.directory.dv))).mappings().all()
                self.directory.apply(map(_entry, rows))
            known = self.directory.collaborators
            if known is None or len(known) != collaborators:
                found = await self._database.reads.rows(Asked(COLLABORATORS, ()))
                self.directory.collaborators = frozenset((kind, UUID(str(id))) for kind, id in found)
            self._looked_at = self._clock.monotonic()

    async def _news(self) -> tuple[bool, int]:
        """Tell, at a small part of the cost of reading it, whether there may be anything newer.

        The number is how many collaborators there are.
        """
        ((is_behind, collaborators),) = await self._database.reads.rows(Asked(IS_NEWER, (self.directory.dv,)))
        return is_behind, collaborators

    def read_metrics(self) -> dict[Gauge, Samples]:
        """Return the version that is known here, and how long ago anybody looked for a newer one."""
        age = self._clock.monotonic() - self._looked_at
        return {_VERSION: {(): float(self.directory.dv)}, _LOOKED: {(): age}}

    async def has_begun(self) -> bool:
        """Tell whether anything of the directory has come: without a signing key nobody can be known."""
        return bool(self.directory.signing_keys)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep looking until `stop`, through every outage of the database."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - an outage must not end the looking
                log.warning("the directory cannot be read: %s", type(error).__name__)
            await self._clock.sleep(_EVERY)

    async def wait_for(self, dv: int) -> None:
        """Return once version `dv` is known; raises Unavailable `directory-behind` after two seconds."""
        deadline = self._clock.monotonic() + _PATIENCE
        while self.directory.dv < dv:
            if self._clock.monotonic() >= deadline:
                raise Unavailable("directory-behind")
            # One look serves all who wait.
            if not self._looking.locked():
                await self.look()
            if self.directory.dv < dv:
                await self._clock.sleep(0.05)


def _entry(row: RowMapping) -> Entry:
    return Entry(row["kind"], row["id"], row["dv"], row["data"], row["deleted"], row["type"])
