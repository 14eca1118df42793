"""Tells a database from a restored copy of it, which must hear of erasures before it serves.

A dump that is loaded anew has other object ids, a copy another database id, a recovery to a point in time
another timeline. What this does not see is a disk that was set back as a whole: there the operator runs the
replay himself (docs/security.md).
"""

import asyncio
import logging

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.db import Database

log = logging.getLogger(__name__)
_LOOK = 0.25
ACTUAL = """
SELECT concat_ws('/', s.system_identifier, c.timeline_id, d.oid, 'public.outbox'::regclass::oid)
FROM pg_control_system() AS s, pg_control_checkpoint() AS c, pg_database AS d
WHERE d.datname = current_database()"""
_KNOWN = text(f"SELECT EXISTS (SELECT FROM lineage WHERE told = ({ACTUAL}))")
_FORGET, _KEEP = text("DELETE FROM lineage"), text(f"INSERT INTO lineage {ACTUAL} ON CONFLICT DO NOTHING")


async def is_known(connection: AsyncConnection | AsyncSession) -> bool:
    """Return whether this is the database that was last marked."""
    return bool((await connection.execute(_KNOWN)).scalar_one())


async def mark(connection: AsyncConnection | AsyncSession) -> None:
    """Note which database this is."""
    await connection.execute(_FORGET)
    await connection.execute(_KEEP)


async def until_known(database: Database) -> None:
    """Wait until somebody has marked this database; one that does not answer is asked again."""
    is_told = False
    while True:
        try:
            async with database.reading.connect() as connection:
                if await is_known(connection):
                    return
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.info("database: %s", type(error).__name__)
        if not is_told:
            log.warning("waiting for the worker: this database may have been restored")
            is_told = True
        await asyncio.sleep(_LOOK)
