"""The feed: pages of the log behind a cursor that no concurrent writer can slip past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Text, Uuid, column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.bus import TopicPartition
from libs.common.crypto import KekRing
from libs.common.event_types import EventTypes
from libs.common.positions import decode
from libs.platform.access.actor import Actor
from libs.platform.records.showing import shown, subjects_in
from libs.platform.records.visibility import known_records, visible_records
from libs.platform.subjects.keyring import load_keys

# How many events one page looks at, shown or not: a reader of few is not a reason to read the whole log.
SCAN = 2000

# What the log holds and the record replica has taken in: an event that was logged before its record's newest
# owner is known would be judged by an older one.
_COMMITTED = text("""
SELECT o.topic, o.partition, least(o.position, r.position) AS position
FROM consumer_offset AS o
JOIN projection_version AS v ON o."group" = 'analytics.event_log.v' || v.version
LEFT JOIN consumer_offset AS r
  ON r."group" = 'analytics.records' AND r.topic = o.topic AND r.partition = o.partition
WHERE v.model = 'event_log' AND v.is_active
""")
# Ranked within its partition, a page takes a gapless run of each partition, whatever the limit cuts off.
_SCANNED = text(r"""
SELECT e.*, row_number() OVER (PARTITION BY e.topic, e.partition ORDER BY e."offset") AS rank,
  split_part(e.topic, '.', 3) AS kind,
  CASE WHEN e.key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN CAST(e.key AS uuid) END AS record_id,
  e.type LIKE ANY(CAST(:patterns AS text[])) AS is_wanted,
  e.time > clock_timestamp() - interval '15 seconds' AS is_young
FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:after AS bigint[]),
            CAST(:before AS bigint[])) AS c(topic, partition, after, before)
CROSS JOIN LATERAL (
  SELECT l.topic, l.partition, l."offset", l.type, l.key, l.time FROM event_log AS l
  WHERE l.topic = c.topic AND l.partition = c.partition AND l."offset" >= c.after AND l."offset" < c.before
  ORDER BY l."offset" LIMIT :scan
) AS e
""")
_COLUMNS = ("topic", "partition", "offset", "rank", "is_wanted", "is_young")
_EVENTS = text("""
SELECT l.topic, l.partition, l."offset", l.type, l.headers, l.value
FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]))
  WITH ORDINALITY AS c(topic, partition, "offset", rank)
JOIN event_log AS l ON l.topic = c.topic AND l.partition = c.partition AND l."offset" = c."offset"
ORDER BY c.rank
""")


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as its reader may see it, and where it stands."""

    place: TopicPartition
    offset: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scan:
    """Events for one reader, and how far the log was looked at for him.

    With `has_more` there is more to look at now; `is_held` means that something waits for its record.
    """

    events: list[LoggedEvent]
    reached: dict[TopicPartition, int]
    has_more: bool
    is_held: bool


async def committed(connection: AsyncConnection) -> dict[TopicPartition, int]:
    """Return, per partition, the offset that everything before is logged and can be judged."""
    rows = await connection.execute(_COMMITTED)
    return {TopicPartition(row.topic, row.partition): row.position for row in rows}


async def page(
    connection: AsyncConnection,
    actor: Actor,
    ring: KekRing,
    cursor: str | None,
    types: EventTypes,
    limit: int,
) -> Scan:
    """Return events behind the cursor that the actor may read, as CloudEvents in structured mode.

    A page ends at each partition's committed offset: what is behind it may still be in flight. What he may
    not read, or does not ask for, moves the cursor; an event whose parent record has not come holds its
    partition back for a few seconds.
    """
    ends = await committed(connection)
    asked = decode(cursor, {place.topic for place in ends})
    begin = {place: asked.get(place, 0) for place in ends}
    open_ = [each for each in sorted(ends) if begin[each] < ends[each] and types.may_be_in(each.topic)]
    if not open_:
        return Scan([], _behind(begin, ends), has_more=False, is_held=False)
    rows = await _scanned(connection, actor, types, [(each, begin[each], ends[each]) for each in open_])
    chosen, reached, held = _chosen(rows, limit)
    full = len(chosen) == limit or len(rows) == SCAN
    if full:
        moved = begin | reached
    else:
        # Everything committed was seen, whatever the types left out.
        moved = _behind(begin, ends) | {each: reached.get(each, begin[each]) for each in held}
    return Scan(await _read(connection, actor, ring, chosen), moved, full, bool(held))


def _behind(
    begin: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """Return the ends; a cursor that is ahead of them, as after a rebuild, stays where it is."""
    return {place: max(begin[place], end) for place, end in ends.items()}


async def _scanned(
    connection: AsyncConnection, actor: Actor, types: EventTypes, spans: list[tuple[TopicPartition, int, int]]
) -> Sequence[RowMapping]:
    """Return the next rows of these partitions in turn, each with whether it may be shown."""
    rows = _SCANNED.bindparams(
        topics=[place.topic for place, _, _ in spans],
        partitions=[place.partition for place, _, _ in spans],
        after=[after for _, after, _ in spans],
        before=[before for _, _, before in spans],
        patterns=types.like(),
        scan=SCAN,
    )
    kind, record_id = column("kind", Text()), column("record_id", Uuid())
    found = rows.columns(*map(column, _COLUMNS), kind, record_id).subquery("s")
    visible = visible_records(actor, found.c.kind, found.c.record_id)
    statement = (
        select(
            *(found.c[name] for name in _COLUMNS),
            visible.label("is_visible"),
            known_records(found.c.kind, found.c.record_id).label("is_known"),
        )
        .order_by(found.c.rank, found.c.topic, found.c.partition)
        .limit(SCAN)
    )
    return (await connection.execute(statement)).mappings().all()


def _chosen(
    rows: Sequence[RowMapping], limit: int
) -> tuple[list[tuple[TopicPartition, int]], dict[TopicPartition, int], set[TopicPartition]]:
    """Return what to show, how far each partition was reached, and which are held back."""
    chosen: list[tuple[TopicPartition, int]] = []
    reached: dict[TopicPartition, int] = {}
    held: set[TopicPartition] = set()
    for row in rows:
        place = TopicPartition(row["topic"], row["partition"])
        if place in held:
            continue
        shows = row["is_wanted"] and row["is_visible"]
        if row["is_wanted"] and not shows and not row["is_known"] and row["is_young"]:
            held.add(place)
            continue
        reached[place] = row["offset"] + 1
        if shows:
            chosen.append((place, row["offset"]))
            if len(chosen) == limit:
                break
    return chosen, reached, held


async def _read(
    connection: AsyncConnection, actor: Actor, ring: KekRing, chosen: list[tuple[TopicPartition, int]]
) -> list[LoggedEvent]:
    """Return the events at these places, opened for a reader of their records, cut to his fields."""
    if not chosen:
        return []
    places = {
        "topics": [place.topic for place, _ in chosen],
        "partitions": [place.partition for place, _ in chosen],
        "offsets": [offset for _, offset in chosen],
    }
    rows = (await connection.execute(_EVENTS, places)).all()
    subjects = frozenset().union(*(subjects_in(row.value) for row in rows))
    keys, restricted = await load_keys(connection, ring, subjects), actor.restricted
    return [
        LoggedEvent(
            TopicPartition(row.topic, row.partition),
            row.offset,
            cloud_event(row.headers, shown(row.value, row.type, keys, restricted)),
        )
        for row in rows
    ]


def cloud_event(headers: Mapping[str, str], data: dict[str, Any]) -> dict[str, Any]:
    """Return one event with its attributes and its body."""
    attributes = {
        name.removeprefix("ce_"): value
        for name, value in headers.items()
        if name.startswith("ce_") or name == "traceparent"
    }
    return attributes | {"datacontenttype": "application/json", "data": data}
