"""Figures of the tickets that a viewer may see, counted from their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Float,
    RowMapping,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.platform.access.actor import Actor
from libs.platform.records.visibility import owned_or_waiting
from services.analytics.tickets.projection import TICKET
from services.analytics.tickets.schemas import (
    Durations,
    GroupBy,
    SatisfactionRow,
    Target,
    TargetsRow,
    VolumeRow,
)

_KINDS: dict[str, Any] = {"uuid": Uuid(), "timestamptz": TIMESTAMP(timezone=True), "boolean": Boolean()}
_STANDING = table("ticket_standing", *(column(name, _KINDS.get(kind)) for name, kind in TICKET.items()))
_REOPENING = table("ticket_reopening", column("ticket_id", Uuid()), column("at", TIMESTAMP(timezone=True)))
_SURVEY = table("ticket_survey", column("ticket_id", Uuid()), column("sent_at"), column("answered_at"))
_QUEUE = table("ticket_queue", column("queue_id", Uuid()), column("name", Text()))
_GROUPS = {
    GroupBy.QUEUE: "queue_id",
    GroupBy.OWNER: "owner_id",
    GroupBy.PRIORITY: "priority",
    GroupBy.CHANNEL: "channel",
    GroupBy.CATEGORY: "category",
}
_SCORES = range(1, 6)


@dataclass(frozen=True, slots=True)
class Cut:
    """What part is asked for: days of the company's calendar, the end not included; None is no bound."""

    by: GroupBy | None
    zone: str
    begin: date | None = None
    end: date | None = None

    def covers(self, at: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition that something happened in the time asked for."""
        bounds: list[ColumnElement[bool]] = [at.is_not(None)]
        if self.begin:
            bounds.append(at >= self._instant(self.begin))
        if self.end:
            bounds.append(at < self._instant(self.end))
        return and_(*bounds)

    def key(self, rows: Any, at: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return what a row is grouped by; a month is that of `at`."""
        if self.by is None:
            return cast(null(), Text)
        if self.by is GroupBy.MONTH:
            return func.to_char(func.timezone(self.zone, at), "YYYY-MM")
        return cast(rows[_GROUPS[self.by]], Text)

    def _instant(self, day: date) -> datetime:
        return datetime.combine(day, time.min, ZoneInfo(self.zone))


async def volumes(connection: AsyncConnection, cut: Cut, actor: Actor) -> list[VolumeRow]:
    """Return one row per key, in its order."""
    happened = _happenings(_seen(actor), cut)
    measure, counts = happened.c.measure, happened.c.is_in

    def count(name: str) -> ColumnElement[Any]:
        return func.count().filter(and_(measure == name, counts))

    left = func.count().filter(measure == "opened") - func.count().filter(measure == "finished")
    key = happened.c.key if cut.by else cast(null(), Text)
    backlog = func.sum(left).over(order_by=key) if cut.by is GroupBy.MONTH else left
    counted = select(
        key.label("key"),
        *(count(name).label(name) for name in ("opened", "resolved", "closed", "reopened")),
        backlog.label("open"),
        *_durations("resolution", happened, "resolved"),
        *_durations("first_response", happened, "responded"),
        func.bool_or(counts).label("is_in"),
    )
    rows = (counted.group_by(key) if cut.by else counted).subquery()
    statement = select(rows).order_by(rows.c.key.nulls_last())
    # The backlog of a month comes from all months before, asked for or not.
    shown = {GroupBy.MONTH: rows.c.is_in, None: true()}.get(cut.by, or_(rows.c.is_in, rows.c.open > 0))
    found = await connection.execute(statement.where(shown))
    return [_volume(row) for row in found.mappings()]


async def targets(connection: AsyncConnection, cut: Cut, actor: Actor) -> list[TargetsRow]:
    """Return how the promises of an SLA were kept, per key."""
    seen = _seen(actor)
    counted: list[ColumnElement[Any]] = []
    for name in ("first_response", "resolution"):
        breached, due = seen.c[f"{name}_breached"], seen.c[f"{name}_due_at"]
        counted += [
            func.count().filter(breached.is_(False)).label(f"{name}_met"),
            func.count().filter(breached.is_(True)).label(f"{name}_breached"),
            func.count().filter(and_(breached.is_(None), due.is_not(None))).label(f"{name}_pending"),
        ]
    statement = _grouped(seen, cut, seen.c.opened_at, counted)
    rows = await connection.execute(statement)
    return [_targets(row) for row in rows.mappings()]


async def satisfaction(connection: AsyncConnection, cut: Cut, actor: Actor) -> list[SatisfactionRow]:
    """Return what customers said, per key."""
    seen = _seen(actor)
    finished, score = func.coalesce(seen.c.resolved_at, seen.c.closed_at), seen.c.csat_score
    survey = select(_SURVEY.c.ticket_id).where(
        _SURVEY.c.ticket_id == seen.c.ticket_id,
        or_(_SURVEY.c.sent_at.is_not(None), _SURVEY.c.answered_at.is_not(None)),
    )
    counted = [
        func.count().label("finished"),
        func.count().filter(or_(score.is_not(None), exists(survey))).label("asked"),
        func.count(score).label("answered"),
        cast(func.avg(score), Float).label("average"),
        *(func.count().filter(score == each).label(f"score_{each}") for each in _SCORES),
    ]
    rows = await connection.execute(_grouped(seen, cut, finished, counted))
    return [_satisfaction(row) for row in rows.mappings()]


async def queue_names(connection: AsyncConnection) -> dict[str, str]:
    """Return the name of each queue by its id."""
    return {str(row.queue_id): row.name for row in await connection.execute(select(_QUEUE))}


def _seen(actor: Actor) -> CTE:
    """Return the tickets that the viewer may see: his by scope, or in a queue of his."""
    visible = owned_or_waiting(actor, "ticket:read", _STANDING.c.owner_id, _STANDING.c.queue_id)
    return select(_STANDING).where(_STANDING.c.is_deleted.is_(False), visible).cte("seen")


def _grouped(
    seen: CTE, cut: Cut, at: ColumnElement[Any], counted: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    """Return the counts per key of the tickets whose instant is in the time asked for."""
    key = cut.key(seen.c, at).label("key")
    statement = select(key, *counted).select_from(seen).where(cut.covers(at))
    return statement if cut.by is None else statement.group_by(key).order_by(key.nulls_last())


def _happenings(seen: CTE, cut: Cut) -> Any:
    """Return a row for everything that happened to a ticket, with the seconds that it took."""
    opened = seen.c.opened_at
    finished = func.coalesce(seen.c.resolved_at, seen.c.closed_at)
    instants = {
        "opened": opened,
        "responded": seen.c.first_responded_at,
        "resolved": seen.c.resolved_at,
        "closed": seen.c.closed_at,
        "finished": finished,
    }
    parts = [_happening(name, at, seen, cut, opened) for name, at in instants.items()]
    again = _happening("reopened", _REOPENING.c.at, seen, cut, opened)
    parts.append(again.join_from(seen, _REOPENING, _REOPENING.c.ticket_id == seen.c.ticket_id))
    return union_all(*parts).subquery("happened")


def _happening(
    name: str, at: ColumnElement[Any], seen: CTE, cut: Cut, opened: ColumnElement[Any]
) -> Select[Any]:
    return select(
        cut.key(seen.c, at).label("key"),
        literal(name).label("measure"),
        cut.covers(at).label("is_in"),
        cast(func.extract("epoch", at - opened), Float).label("seconds"),
    ).where(at.is_not(None))


def _durations(name: str, happened: Any, measure: str) -> list[ColumnElement[Any]]:
    """Return count, average, median and 90th percentile of the seconds of one measure."""
    counts = and_(happened.c.measure == measure, happened.c.is_in)
    seconds = case((counts, happened.c.seconds))
    return [
        func.count(seconds).label(f"{name}_count"),
        func.avg(seconds).label(f"{name}_average"),
        func.percentile_cont(0.5).within_group(seconds).label(f"{name}_median"),
        func.percentile_cont(0.9).within_group(seconds).label(f"{name}_p90"),
    ]


def _volume(row: RowMapping) -> VolumeRow:
    def durations(name: str) -> Durations:
        return Durations(**{part: row[f"{name}_{part}"] for part in Durations.model_fields})

    counts = {name: int(row[name] or 0) for name in ("opened", "resolved", "closed", "reopened", "open")}
    times = {
        "resolution_seconds": durations("resolution"),
        "first_response_seconds": durations("first_response"),
    }
    return VolumeRow(key=row["key"], **counts, **times)


def _targets(row: RowMapping) -> TargetsRow:
    def target(name: str) -> Target:
        met, breached = row[f"{name}_met"], row[f"{name}_breached"]
        rate = met / (met + breached) if met + breached else None
        return Target(met=met, breached=breached, pending=row[f"{name}_pending"], rate=rate)

    return TargetsRow(
        key=row["key"], first_response=target("first_response"), resolution=target("resolution")
    )


def _satisfaction(row: RowMapping) -> SatisfactionRow:
    return SatisfactionRow(
        key=row["key"],
        **{name: row[name] for name in ("finished", "asked", "answered", "average")},
        distribution={str(each): row[f"score_{each}"] for each in _SCORES},
        response_rate=row["answered"] / row["asked"] if row["asked"] else None,
    )
