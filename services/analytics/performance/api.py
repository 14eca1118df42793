"""Sales performance over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.edge import Door, Reading, Router, page
from libs.common.listing_schema import listed
from libs.common.projection import as_of
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from libs.platform.directory.names import user_names
from services.analytics.performance import queries
from services.analytics.performance.schemas import GroupBy, OpportunityRecordRead, Performance, PerformanceRow

router = Router("/metrics/sales-performance")
Reader = Annotated[Actor, Depends(Needs("opportunity:read"))]

# What the figures are made of: whoever may not see it as it is gets none of them.
_OF = ("stage_id", "stage_kind", "amount_minor", "currency", "product_id", "expected_close_date", "closed_at")
_READS: dict[str, Any] = {"x-reads": {"opportunity": [*_OF], "product": ["name"]}}
_LISTED = listed(queries.RECORDS, OpportunityRecordRead)
_LISTED["openapi_extra"] |= {
    "x-reads": {
        "opportunity": [*_OF, "name", "pipeline_id", "account_id", "contact_id"],
        "account": ["name"],
        "contact": ["family_name", "given_name"],
    }
}


@router.get("", response_model=Performance, openapi_extra=_READS)
async def read_performance(
    request: Request,
    reading: Reading,
    actor: Reader,
    group_by: GroupBy,
    level: Annotated[int, Query(ge=1, le=20)] = 1,
    pipeline_id: UUID | None = None,
    department_id: UUID | None = None,
) -> Performance:
    """Return counts and amounts of the opportunities in scope, where they stand now."""
    rows = await queries.sums(reading, group_by, level, pipeline_id, department_id, actor)
    await _label(rows, group_by, actor, reading, request.app.state.door)
    return Performance(as_of=await as_of(reading, "analytics", "performance"), rows=rows)


@router.get("/records", **_LISTED)
async def list_records(request: Request, reading: Reading, actor: Reader) -> Response:
    """Return a page of the opportunities behind the figures."""
    return page(await queries.records(reading, request.query_params.multi_items(), actor))


async def _label(
    rows: list[PerformanceRow], by: GroupBy, actor: Actor, reading: AsyncConnection, door: Door
) -> None:
    """Put in what people call each row."""
    keys = [row.key for row in rows if row.key]
    names: dict[str, str] = {key: key for key in keys}
    if by is GroupBy.OWNER:
        found = await user_names(reading, door.keks, actor.directory, map(UUID, keys))
        names = {str(user_id): name for user_id, name in found.items()}
    elif by is GroupBy.DEPARTMENT:
        names = {str(one.id): one.name for one in actor.directory.departments.values()}
    elif by is GroupBy.PRODUCT:
        names = await queries.labels(reading, "product", map(UUID, keys))
    for row in rows:
        row.label = names.get(row.key) if row.key else None
