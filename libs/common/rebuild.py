"""Build a read model anew from the log, beside the one in use, and swap them when they agree.

Run as `python -m libs.common.rebuild services.<name> <model>…`; readers notice nothing.
"""

import importlib
import logging
import sys
from dataclasses import dataclass

import uvloop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.bulk import Bulk, InBulk
from libs.common.bus import Bus, TopicPartition
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer
from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.garbage import settle
from libs.common.inbox_postgres import PostgresInbox
from libs.common.kafka import KafkaBus
from libs.common.migrate import begin
from libs.common.plan import Plan
from libs.common.projection import Projection, Version, active, versions
from libs.common.transaction import Transactions

_PATIENCE = 30.0


class RebuildError(Exception):
    """The new version does not say what the old one says; the old one stays in use."""


@dataclass(slots=True)
class Rebuild:
    """One rebuild of one model."""

    plan: Plan
    projection: Projection
    database: Database
    bus: Bus

    async def run(self) -> dict[str, tuple[int, str]]:
        """Fill a new version, compare, swap; return its fingerprint per table."""
        old, new = await self._begin()
        consumer = self._consumer(new)
        try:
            if isinstance(self.projection, InBulk):
                slot = self.plan.settings.slot
                await Bulk(new, self.projection, self.bus, self._transactions(), slot).fill()
            async with self.database.engine.begin() as connection:
                await new.note(connection)
            await self._catch_up(consumer, new)
            compared = await self._agree(consumer, old, new)
        except BaseException:
            await consumer.close()
            async with self.database.engine.begin() as connection:
                await new.drop(connection)
            raise
        async with self.database.engine.begin() as connection:
            await new.show(connection)
        await consumer.close()
        return compared

    async def _begin(self) -> tuple[Version, Version]:
        """Drop what an earlier rebuild left behind, and create the next version."""
        service = self.plan.settings.service
        ends = await self.bus.ends(self.projection.topics)
        cluster = await self.bus.cluster_id()
        async with self.database.engine.begin() as connection:
            number = await active(connection, self.projection.name)
            if number is None:
                raise RebuildError("run migrate first")
            kept = await versions(connection, service, [self.projection])
            for each in kept:
                if each.number != number:
                    await each.drop(connection)
            new = Version(service, self.projection, max(each.number for each in kept) + 1)
            # One that ended before its version was noted may have left tables.
            await new.drop(connection)
            await new.create(connection)
            await begin(connection, new.group.name, dict.fromkeys(ends, 0), cluster)
        return Version(service, self.projection, number), new

    def _transactions(self) -> Transactions:
        # A fold may open what is personal, as it does in the worker.
        ring = KekRing.load(self.plan.settings.kek_file)
        return Transactions(self.database, self.plan.settings.service, carries={"ring": ring})

    def _consumer(self, version: Version) -> Consumer:
        inbox = PostgresInbox(self._transactions())
        return Consumer(version.group, self.bus, inbox, SystemClock(), self.plan.settings.slot)

    async def _catch_up(self, consumer: Consumer, version: Version) -> None:
        """Consume until the ends that stood when this began."""
        ends = await self.bus.ends(self.projection.topics)
        while any(at < ends[place] for place, at in (await self._positions(version)).items()):
            await consumer.step()

    async def _agree(self, consumer: Consumer, old: Version, new: Version) -> dict[str, tuple[int, str]]:
        """Return the fingerprint that both versions have at one position; raises RebuildError."""
        clock = SystemClock()
        deadline = clock.monotonic() + _PATIENCE
        while clock.monotonic() < deadline:
            async with self.database.engine.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ")
                if await _at(connection, old) == await _at(connection, new):
                    was, found = await old.fingerprint(connection), await new.fingerprint(connection)
                    if was != found:
                        raise RebuildError(f"{self.projection.name}: {was} is now {found}")
                    return found
            await consumer.step()
        raise RebuildError("the versions never stood at the same position; try at a quieter time")

    async def _positions(self, version: Version) -> dict[TopicPartition, int]:
        async with self.database.reading.connect() as connection:
            return await _at(connection, version)


async def _at(connection: AsyncConnection, version: Version) -> dict[TopicPartition, int]:
    """Return where a version's group stands."""
    sql = text('SELECT topic, partition, position FROM consumer_offset WHERE "group" = :group')
    rows = await connection.execute(sql, {"group": version.group.name})
    return {TopicPartition(row.topic, row.partition): row.position for row in rows}


async def main(package: str, *models: str) -> None:
    """Rebuild these models of the service that stands in `package`, one after the other."""
    plan: Plan = importlib.import_module(f"{package}.worker").PLAN
    named = {each.name: each for each in plan.projections}
    for model in models:
        if model not in named:
            sys.exit(f"{model} is no model of {package}: {', '.join(named) or 'it has none'}")
    database, bus = Database.connect(plan.settings), KafkaBus(plan.settings)
    settle()
    try:
        for model in models:
            tables = await Rebuild(plan, named[model], database, bus).run()
            for table, (count, _) in tables.items():
                sys.stdout.write(f"{table}: {count} rows, equal\n")
    finally:
        await bus.close()
        await database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.run(main(*sys.argv[1:]))
