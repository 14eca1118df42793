"""The funnel over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from libs.common.edge import Reads, Router
from libs.common.schemas import Day
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.analytics.funnel import queries
from services.analytics.funnel.schemas import Funnel

router = Router("/metrics/funnel")
Reader = Annotated[Actor, Depends(Needs("opportunity:read"))]

# What the figures are made of, whoever may not see it.
_READS: dict[str, Any] = {
    "x-reads": {
        "opportunity": ["stage_id", "stage_kind", "stage_entered_at", "amount_minor", "currency"],
        "pipeline": ["name", "stages"],
    }
}


@router.get("", response_model=Funnel, openapi_extra=_READS)
async def read_funnel(
    reads: Reads,
    actor: Reader,
    pipeline_id: UUID | None = None,
    owner_id: UUID | None = None,
    department_id: UUID | None = None,
    begin: Annotated[Day | None, Query(alias="from")] = None,
    end: Annotated[Day | None, Query(alias="to")] = None,
) -> Funnel:
    """Return the funnel of the opportunities in scope, by the days on which stages were entered."""
    cut = queries.Cut(pipeline_id, owner_id, department_id, begin, end)
    return await queries.funnel(reads, cut, actor)
