"""Sums of the funnel within a viewer's scope."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, Uuid, and_, column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.projection import as_of
from libs.platform.access.actor import Actor
from libs.platform.directory.paths import leads_through
from services.analytics.funnel.schemas import Funnel, FunnelStage, Money

DAY = table(
    "funnel_day",
    column("owner_id", Uuid),
    column("owner_path", Text),
    column("pipeline_id", Uuid),
    column("stage_id", Uuid),
    column("day", Date),
    column("currency", Text),
    *(column(name) for name in ("entered", "amount", "moved_on", "current", "current_amount", "won", "lost")),
)
STAGE = table(
    "funnel_stage",
    column("stage_id", Uuid),
    column("pipeline_id", Uuid),
    column("name", Text),
    column("kind", Text),
    column("position"),
)


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


async def funnel(connection: AsyncConnection, cut: Cut, actor: Actor) -> Funnel:
    """Return every stage with its cohort, in the order of the pipelines; stages nobody entered count 0."""
    sums = ("entered", "amount", "moved_on", "current", "current_amount", "won", "lost")
    visible = [actor.sees("opportunity:read", DAY.c.owner_id), *cut.conditions()]
    statement = (
        select(
            *STAGE.c,
            DAY.c.currency,
            *(func.coalesce(func.sum(DAY.c[name]), 0).label(name) for name in sums),
        )
        .select_from(STAGE.outerjoin(DAY, and_(DAY.c.stage_id == STAGE.c.stage_id, *visible)))
        .group_by(*STAGE.c, DAY.c.currency)
        .order_by(STAGE.c.pipeline_id, STAGE.c.position, DAY.c.currency)
    )
    if cut.pipeline_id:
        statement = statement.where(STAGE.c.pipeline_id == cut.pipeline_id)
    rows = (await connection.execute(statement)).mappings().all()
    return Funnel(stages=_stages(rows), as_of=await as_of(connection, "analytics", "funnel"))


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
