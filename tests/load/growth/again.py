"""Puts back what writing left behind, so that every crowd is measured over the rows that its size names.

New contacts stand before all others by their date of creation: a list would have to pass them by. What the
reference won or converted is open again: it is several times as fast, and would run out of its lists.
"""

import asyncpg

from tests.load.bench.people import SYSTEM, People
from tests.load.bench.platform import DATABASE, Platform

_CREATED = "DELETE FROM contact WHERE external_system IS DISTINCT FROM $1"
_OPENED = "DELETE FROM opportunity WHERE external_system IS DISTINCT FROM $1"
_WON = """UPDATE opportunity SET stage_kind = 'open', stage_id = $1, closed_at = NULL
WHERE stage_kind = 'won'"""
_CONVERTED = """UPDATE lead
SET converted_at = NULL, account_id = NULL, contact_id = NULL, opportunity_id = NULL
WHERE converted_at IS NOT NULL"""


async def put_back(platform: Platform, people: People) -> None:
    """Remove new contacts on both sides, and open again what the reference won and converted."""
    customer = await asyncpg.connect(platform.database("customer"))
    bare = await asyncpg.connect(platform.superuser(DATABASE))
    try:
        for connection in (customer, bare):
            await connection.execute(_CREATED, SYSTEM)
            await connection.execute("VACUUM ANALYZE contact")
        await bare.execute(_OPENED, SYSTEM)
        await bare.execute(_WON, people.stages["Qualification"])
        await bare.execute(_CONVERTED)
        await bare.execute("VACUUM ANALYZE opportunity, lead")
    finally:
        await customer.close()
        await bare.close()
