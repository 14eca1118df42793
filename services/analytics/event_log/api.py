"""The event feed over HTTP."""

from typing import Annotated

import orjson
from fastapi import Depends, Query, Response

from libs.common.edge import Reading, Router, page
from libs.common.problems import Forbidden
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.analytics.event_log import queries
from services.analytics.event_log.schemas import Feed

router = Router("/events")
Reader = Annotated[Actor, Depends(Needs("event:read"))]


@router.get("", response_model=Feed)
async def list_events(
    reading: Reading,
    actor: Reader,
    cursor: Annotated[str | None, Query(max_length=queries.LONGEST_CURSOR)] = None,
    types: Annotated[str | None, Query(max_length=500, pattern=r"^[a-z0-9_.,-]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Return events in order per aggregate; for readers with scope all."""
    if not actor.may("event:read"):
        raise Forbidden(detail="event:read at scope all")
    wanted = types.split(",") if types else None
    items, following = await queries.page(reading, cursor, wanted, limit)
    return page(orjson.dumps({"items": items, "next_cursor": following}))
