"""Sums of the funnel within a viewer's scope."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    TableClause,
    Text,
    Uuid,
    and_,
    column,
    func,
    select,
    table,
    true,
    union_all,
)

from libs.common.projection import as_of
from libs.common.reads import ReadPool, Shapes
from libs.platform.access.actor import Actor
from libs.platform.directory.paths import leads_through
from services.analytics.funnel.schemas import Funnel, FunnelStage, Money

_SUMS = ("entered", "amount", "moved_on", "current", "current_amount", "won", "lost")


def _cells(name: str) -> TableClause:
    return table(
        name,
        column("owner_id", Uuid),
        column("owner_path", Text),
        column("pipeline_id", Uuid),
        column("stage_id", Uuid),
        column("day", Date),
        column("currency", Text),
        *(column(each, BigInteger) for each in _SUMS),
    )


DAY, MONTH = _cells("funnel_day"), _cells("funnel_month")
STAGE = table(
    "funnel_stage",
    column("stage_id", Uuid),
    column("pipeline_id", Uuid),
    column("name", Text),
    column("kind", Text),
    column("position"),
)


_NAMES = (*STAGE.c.keys(), "currency", *_SUMS)
_SHAPES = Shapes()


@dataclass(frozen=True, slots=True)
class Cut:
    """What part of the funnel is asked for; the dates are of stage entries, the end is not included."""

    pipeline_id: UUID | None = None
    owner_id: UUID | None = None
    department_id: UUID | None = None
    begin: date | None = None
    end: date | None = None

    def parts(self) -> list[tuple[TableClause, ColumnElement[bool]]]:
        """Return which sums to add up: of the whole months, and of the days at either edge."""
        begin, end = self.begin, self.end
        if begin and end and _month(begin) >= _month(end):
            return [self._part(DAY, DAY.c.day >= begin, DAY.c.day < end)]
        months, found = [], []
        if begin:
            is_first = begin == _month(begin)
            months.append(MONTH.c.day >= begin if is_first else MONTH.c.day > _month(begin))
            if not is_first:
                found.append(self._part(DAY, DAY.c.day >= begin, DAY.c.day <= _last(begin)))
        if end:
            months.append(MONTH.c.day < _month(end))
            if end != _month(end):
                found.append(self._part(DAY, DAY.c.day >= _month(end), DAY.c.day < end))
        return [self._part(MONTH, *months), *found]

    def _part(
        self, cells: TableClause, *days: ColumnElement[bool]
    ) -> tuple[TableClause, ColumnElement[bool]]:
        found = list(days)
        if self.pipeline_id:
            found.append(cells.c.pipeline_id == self.pipeline_id)
        if self.owner_id:
            found.append(cells.c.owner_id == self.owner_id)
        if self.department_id:
            found.append(leads_through(cells.c.owner_path, self.department_id))
        return cells, and_(true(), *found)


async def funnel(reads: ReadPool, cut: Cut, actor: Actor) -> Funnel:
    """Return every stage with its cohort, in the order of the pipelines; stages nobody entered count 0."""
    parts = [
        (cells, and_(actor.sees("opportunity:read", cells.c.owner_id), asked)) for cells, asked in cut.parts()
    ]
    shown = STAGE.c.pipeline_id == cut.pipeline_id if cut.pipeline_id else true()
    tables = ("funnel", *(cells.name for cells, _ in parts))
    condition = and_(shown, *(counted for _, counted in parts))
    asked = _SHAPES.ask(tables, condition, lambda: _select(parts, shown))
    rows = [dict(zip(_NAMES, row, strict=True)) for row in await reads.rows(asked)]
    return Funnel(stages=_stages(rows), as_of=await as_of(reads, "analytics", "funnel"))


def _select(parts: list[tuple[TableClause, ColumnElement[bool]]], shown: ColumnElement[bool]) -> Select[Any]:
    """Add up each part by itself first: a sum is cheap, and a join of every sum with its stage is not."""
    added = union_all(*(_added(cells, counted) for cells, counted in parts)).subquery()
    sums = (func.coalesce(func.sum(added.c[name]), 0).label(name) for name in _SUMS)
    return (
        select(*STAGE.c, added.c.currency, *sums)
        .select_from(STAGE.outerjoin(added, added.c.stage_id == STAGE.c.stage_id))
        .where(shown)
        .group_by(*STAGE.c, added.c.currency)
        .order_by(STAGE.c.pipeline_id, STAGE.c.position, added.c.currency)
    )


def _added(cells: TableClause, counted: ColumnElement[bool]) -> Select[Any]:
    sums = (func.sum(cells.c[name]).label(name) for name in _SUMS)
    return select(cells.c.stage_id, cells.c.currency, *sums).where(counted).group_by("stage_id", "currency")


def _month(day: date) -> date:
    return day.replace(day=1)


def _last(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _stages(rows: Any) -> list[FunnelStage]:
    """Gather the currencies of each stage."""
    stages: dict[UUID, FunnelStage] = {}
    for row in rows:
        stage = stages.setdefault(
            row["stage_id"],
            FunnelStage.model_validate({key: row[key] for key in STAGE.c.keys()}),  # noqa: SIM118
        )
        for name in ("entered", "moved_on", "current", "won", "lost"):
            setattr(stage, name, getattr(stage, name) + int(row[name]))
        if row["currency"] is not None:
            stage.entered_amounts.append(Money(currency=row["currency"], amount_minor=int(row["amount"])))
            now = Money(currency=row["currency"], amount_minor=int(row["current_amount"]))
            stage.current_amounts.append(now)
    return list(stages.values())
