"""The migrate step: schema, topics, and where every group begins; done before anything starts.

Run as `python -m libs.common.migrate services.<name>`; safe to run again and side by side.
"""

import asyncio
import importlib
import logging
import sys
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.bus import Bus, TopicPartition
from libs.common.db import Database
from libs.common.handlers import Since
from libs.common.kafka import KafkaBus
from libs.common.plan import Plan, topics_of
from libs.common.projection import Version, active

_LOCK = 7_305_002


def config_of(package: str) -> Config:
    """Return Alembic's configuration of a service; everything stands in its `migrations` folder."""
    config = Config()
    folder = Path(*package.split(".")) / "migrations"
    config.set_main_option("script_location", str(Path(__file__).parents[2] / folder))
    return config


def run_migrations() -> None:
    """Run pending revisions on the connection of the caller; each service's `env.py` calls this."""
    connection: Connection = context.config.attributes["connection"]
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text("SET statement_timeout = '10min'"))
    connection.execute(text("SET transaction_timeout = 0"))
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def migrate(plan: Plan, database: Database, bus: Bus) -> None:
    """Bring the schema to this release, create topics, and note where new groups and handlers begin."""
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade, plan.package)
    await bus.ensure(topics_of(plan))
    async with database.engine.begin() as connection:
        # It asks the broker on its way, and writes nothing to the outbox that a relay would wait for.
        for limit in ("transaction_timeout", "idle_in_transaction_session_timeout"):
            await connection.execute(text(f"SET LOCAL {limit} = 0"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await _begin_groups(connection, plan, bus)


def _upgrade(connection: Connection, package: str) -> None:
    config = config_of(package)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _begin_groups(connection: AsyncConnection, plan: Plan, bus: Bus) -> None:
    """Write offset rows for every (group, topic) pair and every handler that is new."""
    cluster = await bus.cluster_id()
    if plan.handlers:
        ends = await bus.ends(plan.command_topics)
        await begin(connection, plan.commands_group, await _begin_handlers(connection, plan, ends), cluster)
    for group in plan.replicas:
        await begin(connection, group.name, dict.fromkeys(await bus.ends(group.topics), 0), cluster)
    for projection in plan.projections:
        if await active(connection, projection.name) is None:
            first = Version(plan.settings.service, projection, 1)
            await first.create(connection)
            await first.note(connection)
            await first.show(connection)
        version = Version(plan.settings.service, projection, await active(connection, projection.name) or 1)
        await begin(
            connection, version.group.name, dict.fromkeys(await bus.ends(projection.topics), 0), cluster
        )


async def _begin_handlers(
    connection: AsyncConnection, plan: Plan, ends: dict[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """Note where each new handler begins; return where the group does: with its earliest handler."""
    earliest, rows = dict(ends), list[dict[str, Any]]()
    for event, reactions in plan.handlers.items():
        for each in reactions:
            for place, end in ends.items():
                if place.topic == event.topic:
                    offset = end if each.since is Since.NOW else 0
                    row = {"handler": each.name, "topic": place.topic, "partition": place.partition}
                    rows.append(row | {"offset": offset})
                    earliest[place] = min(earliest[place], offset)
    await _insert(connection, "handler_start", rows)
    return earliest


async def begin(
    connection: AsyncConnection, group: str, starts: dict[TopicPartition, int], cluster: str
) -> None:
    """Write a group's first offset rows; those that exist are left alone."""
    rows = []
    for place, start in starts.items():
        row: dict[str, Any] = {"group": group, "topic": place.topic, "partition": place.partition}
        rows.append(row | {"start": start, "position": start, "cluster_id": cluster})
    await _insert(connection, "consumer_offset", rows)


async def _insert(connection: AsyncConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Write all rows at once: one by one they would not end in time on a busy machine."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in rows[0])
    values = ", ".join(f":{name}" for name in rows[0])
    sql = f"INSERT INTO public.{table} ({names}) VALUES ({values}) ON CONFLICT DO NOTHING"
    await connection.execute(text(sql), rows)


async def main(package: str) -> None:
    """Migrate the service that stands in `package`."""
    plan: Plan = importlib.import_module(f"{package}.worker").PLAN
    database, bus = Database.connect(plan.settings), KafkaBus(plan.settings)
    try:
        await migrate(plan, database, bus)
    finally:
        await bus.close()
        await database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(sys.argv[1]))
