"""Tells what a service's database still holds under a key-encryption key, wherever it stands.

Run as `python -m libs.common.kek_usage services.<name> <key>`: a line for each table, and exit code 1 when
there is any. It reads every text of every table, not only where keys are wrapped today: a key that is
destroyed is gone, and with it all that is under it.
"""

import asyncio
import importlib
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    # What a worker is made of takes a third of a second to load, and every verb of deploy.local loads this.
    from libs.common.plan import Plan

_COLUMNS = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, format('%I', a.attname) AS attribute,
  a.atttypid = 'bytea'::regtype AS is_raw
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND a.attnum > 0 AND NOT a.attisdropped
  AND a.atttypid = ANY('{bytea,text,varchar,json,jsonb,_text,_varchar}'::regtype[])
ORDER BY 1, a.attnum"""
_RAW = "position(convert_to($1, 'UTF8') IN {}) > 0"
_TEXT = "position($1 IN {}::text) > 0"


async def usage(connection: "asyncpg.Connection[Any]", kek: str) -> dict[str, int]:
    """Return how many rows of which tables hold something under a KEK; those with none are left out."""
    conditions = defaultdict[str, list[str]](list)
    for row in await connection.fetch(_COLUMNS):
        conditions[row["name"]].append((_RAW if row["is_raw"] else _TEXT).format(row["attribute"]))
    found = {}
    for table, any_of in conditions.items():
        sql = f"SELECT count(*) FROM {table} WHERE {' OR '.join(any_of)}"
        # The names are PostgreSQL's own, quoted by it.
        found[table.removeprefix("public.")] = await connection.fetchval(sql, f"kek.v1.{kek}.", timeout=None)
    return {table: count for table, count in found.items() if count}


async def usage_at(database_url: str, kek: str) -> dict[str, int]:
    """Return the same of the database at an address."""
    limits = {"statement_timeout": "0", "transaction_timeout": "0"}
    connection = await asyncpg.connect(database_url, server_settings=limits)
    try:
        return await usage(connection, kek)
    finally:
        await connection.close()


async def main(package: str, kek: str) -> int:
    """Tell it of the service that stands in `package`; return the exit code."""
    plan: Plan = importlib.import_module(f"{package}.worker").PLAN
    found = await usage_at(plan.settings.database_url, kek)
    for table, count in found.items():
        sys.stdout.write(f"{plan.settings.service}.{table}: {count} under {kek}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
