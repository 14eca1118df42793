"""Volumes of tickets, their SLA and what customers said, over HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.edge import Reading, Router
from libs.common.projection import as_of
from libs.common.schemas import Day
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from libs.platform.directory.names import user_names
from services.analytics.tickets import queries
from services.analytics.tickets.queries import Cut
from services.analytics.tickets.schemas import CsatReport, GroupBy, Row, SlaReport, TicketVolumes

volumes = Router("/metrics/tickets")
sla = Router("/metrics/sla")
csat = Router("/metrics/csat")
Reader = Annotated[Actor, Depends(Needs("ticket:read"))]

# What the figures are made of: whoever may not see it as it is gets none of them.
_KEYS = ("priority", "category", "channel", "queue_id", "status_category", "opened_at")
_ENDS = ("first_responded_at", "resolved_at", "closed_at")
_DUE = ("first_response_breached", "resolution_breached")
_VOLUMES: dict[str, Any] = {"x-reads": {"ticket": [*_KEYS, *_ENDS, "reopened_count"], "queue": ["name"]}}
_SLA: dict[str, Any] = {"x-reads": {"ticket": [*_KEYS, *_ENDS, *_DUE], "queue": ["name"]}}
_CSAT: dict[str, Any] = {
    "x-reads": {
        "ticket": [*_KEYS, *_ENDS, "csat_score"],
        "survey": ["score", "sent_at", "answered_at"],
        "queue": ["name"],
    }
}


def cut_of(
    request: Request,
    group_by: GroupBy = GroupBy.MONTH,
    begin: Annotated[Day | None, Query(alias="from")] = None,
    end: Annotated[Day | None, Query(alias="to", description="Not included.")] = None,
) -> Cut:
    """Return what part is asked for."""
    return Cut(group_by, request.app.state.settings.company_time_zone, begin, end)


Asked = Annotated[Cut, Depends(cut_of)]


@volumes.get("", response_model=TicketVolumes, openapi_extra=_VOLUMES)
async def read_volumes(request: Request, reading: Reading, actor: Reader, cut: Asked) -> TicketVolumes:
    """Return how many tickets came, were solved and came back, and how long that took."""
    rows = await queries.volumes(reading, cut, actor)
    (total,) = await queries.volumes(reading, replace(cut, by=None), actor)
    await _label(request, reading, actor, cut, rows)
    return TicketVolumes(as_of=await as_of(reading, "analytics", "tickets"), rows=rows, total=total)


@sla.get("", response_model=SlaReport, openapi_extra=_SLA)
async def read_sla(request: Request, reading: Reading, actor: Reader, cut: Asked) -> SlaReport:
    """Return how the promises of the SLA policies were kept."""
    rows = await queries.targets(reading, cut, actor)
    (total,) = await queries.targets(reading, replace(cut, by=None), actor)
    await _label(request, reading, actor, cut, rows)
    return SlaReport(as_of=await as_of(reading, "analytics", "tickets"), rows=rows, total=total)


@csat.get("", response_model=CsatReport, openapi_extra=_CSAT)
async def read_csat(request: Request, reading: Reading, actor: Reader, cut: Asked) -> CsatReport:
    """Return how content customers were."""
    rows = await queries.satisfaction(reading, cut, actor)
    (total,) = await queries.satisfaction(reading, replace(cut, by=None), actor)
    await _label(request, reading, actor, cut, rows)
    return CsatReport(as_of=await as_of(reading, "analytics", "tickets"), rows=rows, total=total)


async def _label(
    request: Request, reading: AsyncConnection, actor: Actor, cut: Cut, rows: Sequence[Row]
) -> None:
    """Put in what people call each row."""
    keys = [row.key for row in rows if row.key]
    names = await _names(request, reading, actor, cut, keys)
    for row in rows:
        row.label = names.get(row.key) if row.key else None


async def _names(
    request: Request, reading: AsyncConnection, actor: Actor, cut: Cut, keys: Iterable[str]
) -> dict[str, str]:
    if cut.by is GroupBy.OWNER:
        found = await user_names(reading, request.app.state.door.keks, actor.directory, map(UUID, keys))
        return {str(user_id): name for user_id, name in found.items()}
    if cut.by is GroupBy.QUEUE:
        return await queries.queue_names(reading)
    return {key: key for key in keys}
