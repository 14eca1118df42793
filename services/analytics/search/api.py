"""Search over everything, over HTTP."""

from typing import Annotated

from fastapi import Depends, Query, Request

from libs.common.edge import Reading, Router
from libs.platform.access.actor import Actor
from libs.platform.access.edge import SignedIn
from services.analytics.search import queries
from services.analytics.search.schemas import Hit, Hits

router = Router("/search")
Reader = Annotated[Actor, Depends(SignedIn())]


@router.get("", response_model=Hits)
async def search_records(
    request: Request,
    reading: Reading,
    actor: Reader,
    q: Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\u0000]*$")],
    types: Annotated[str | None, Query(max_length=500, pattern=r"^[a-z,-]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Hits:
    """Return the records called so that the caller may read: by words, beginnings, Chinese, pinyin."""
    wanted = types.split(",") if types else []
    rows = await queries.search(reading, actor, request.app.state.door.keks, q, wanted, limit)
    return Hits(items=[Hit.model_validate(dict(row)) for row in rows])
