"""Sums of the funnel within a viewer's scope."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Text, Uuid, and_, column, func, select, table, true

from libs.common.projection import as_of
from libs.common.reads import ReadPool, Shapes
from libs.platform.access.actor import Actor
from libs.platform.directory.paths import leads_through
from services.analytics.funnel.schemas import Funnel, FunnelStage, Money

_SUMS = ("entered", "amount", "moved_on", "current", "current_amount", "won", "lost")
DAY = table(
    "funnel_day",
    column("owner_id", Uuid),
    column("owner_path", Text),
    column("pipeline_id", Uuid),
    column("stage_id", Uuid),
    column("day", Date),
    column("currency", Text),
    *(column(name) for name in _SUMS),
)
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

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the daily sums."""
        found: list[ColumnElement[bool]] = []
        if self.pipeline_id:
            found.append(DAY.c.pipeline_id == self.pipeline_id)
        if self.owner_id:
            found.append(DAY.c.owner_id == self.owner_id)
        if self.department_id:
            found.append(leads_through(DAY.c.owner_path, self.department_id))
        if self.begin:
            found.append(DAY.c.day >= self.begin)
        if self.end:
            found.append(DAY.c.day < self.end)
        return found


async def funnel(reads: ReadPool, cut: Cut, actor: Actor) -> Funnel:
    """Return every stage with its cohort, in the order of the pipelines; stages nobody entered count 0."""
    counted = and_(true(), actor.sees("opportunity:read", DAY.c.owner_id), *cut.conditions())
    shown = STAGE.c.pipeline_id == cut.pipeline_id if cut.pipeline_id else true()
    asked = _SHAPES.ask("funnel", and_(counted, shown), lambda: _select(counted, shown))
    rows = [dict(zip(_NAMES, row, strict=True)) for row in await reads.rows(asked)]
    return Funnel(stages=_stages(rows), as_of=await as_of(reads, "analytics", "funnel"))


def _select(counted: ColumnElement[bool], shown: ColumnElement[bool]) -> Select[Any]:
    sums = (func.coalesce(func.sum(DAY.c[name]), 0).label(name) for name in _SUMS)
    return (
        select(*STAGE.c, DAY.c.currency, *sums)
        .select_from(STAGE.outerjoin(DAY, and_(DAY.c.stage_id == STAGE.c.stage_id, counted)))
        .where(shown)
        .group_by(*STAGE.c, DAY.c.currency)
        .order_by(STAGE.c.pipeline_id, STAGE.c.position, DAY.c.currency)
    )


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
