"""The feed: pages of the log behind a cursor that no concurrent writer can slip past."""

import base64
import binascii
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.problems import BadRequest

type Cursor = dict[str, int]

# Two hundred partitions fit, and an address that the server still reads.
LONGEST_CURSOR = 16_384
_COMMITTED = text("""
SELECT o.topic || '/' || o.partition AS place, o.position
FROM consumer_offset AS o JOIN projection_version AS v ON o."group" = 'analytics.event_log.v' || v.version
WHERE v.model = 'event_log' AND v.is_active
""")
# Ranked within its partition, a page takes a gapless run of each partition, whatever the limit cuts off.
_PAGE = text("""
SELECT * FROM (
  SELECT e.*, row_number() OVER (PARTITION BY e.topic, e.partition ORDER BY e."offset") AS rank
  FROM unnest(CAST(:places AS text[]), CAST(:after AS bigint[]), CAST(:before AS bigint[]))
       AS c(place, after, before)
  CROSS JOIN LATERAL (
    SELECT * FROM event_log AS l
    WHERE l.topic = split_part(c.place, '/', 1) AND l.partition = CAST(split_part(c.place, '/', 2) AS int)
      AND l."offset" >= c.after AND l."offset" < c.before
      AND (CAST(:types AS text[]) IS NULL OR l.type = ANY(CAST(:types AS text[])))
    ORDER BY l."offset" LIMIT :limit
  ) AS e
) AS ranked
ORDER BY rank, topic, partition LIMIT :limit
""")


def encode(cursor: Cursor) -> str:
    """Return the cursor as opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(cursor, option=orjson.OPT_SORT_KEYS)).decode().rstrip("=")


def decode(given: str | None) -> Cursor:
    """Return the offsets of a cursor, nothing for none; raises BadRequest `bad-cursor` for anything else."""
    if given is None:
        return {}
    try:
        cursor = orjson.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadRequest("bad-cursor") from error
    if not isinstance(cursor, dict) or not all(type(at) is int and 0 <= at < 2**63 for at in cursor.values()):
        raise BadRequest("bad-cursor")
    return cursor


async def page(
    connection: AsyncConnection, after: str | None, types: list[str] | None, limit: int
) -> tuple[list[dict[str, Any]], str]:
    """Return events behind the cursor as CloudEvents in structured mode, and the next cursor.

    A page ends at each partition's committed offset: what is behind it may still be in flight.
    """
    cursor = decode(after)
    committed = {row.place: row.position for row in await connection.execute(_COMMITTED)}
    places = sorted(committed)
    given = {
        "places": places,
        "after": [cursor.get(place, 0) for place in places],
        "before": [committed[place] for place in places],
    }
    rows = (await connection.execute(_PAGE, given | {"types": types, "limit": limit})).mappings().all()
    full = len(rows) == limit
    # A page that is not full has seen everything committed, whatever the types left out.
    reached = {place: cursor.get(place, 0) for place in places} if full else committed
    for row in rows if full else ():
        reached[f"{row['topic']}/{row['partition']}"] = row["offset"] + 1
    return [_cloud_event(row) for row in rows], encode(reached)


def _cloud_event(row: Any) -> dict[str, Any]:
    """Return one event with its attributes and its body."""
    attributes = {
        name.removeprefix("ce_"): value
        for name, value in row["headers"].items()
        if name.startswith("ce_") or name == "traceparent"
    }
    return attributes | {"datacontenttype": "application/json", "data": orjson.loads(row["value"])}
