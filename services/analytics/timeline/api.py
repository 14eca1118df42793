"""The timeline of an account or a contact, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from libs.common.edge import Reading, Router
from libs.common.event_types import PATTERN, EventTypes
from libs.common.problems import BadRequest, FieldError, NotFound, responses
from libs.platform.access.actor import Actor
from libs.platform.access.edge import SignedIn
from libs.platform.records.visibility import may_read
from services.analytics.timeline import queries
from services.analytics.timeline.schemas import Timeline

router = Router("/timeline")
Reader = Annotated[Actor, Depends(SignedIn())]


@router.get("", response_model=Timeline, responses=responses(404))
async def read_timeline(
    request: Request,
    reading: Reading,
    actor: Reader,
    account_id: UUID | None = None,
    contact_id: UUID | None = None,
    types: Annotated[str | None, Query(max_length=1000, pattern=PATTERN)] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Timeline:
    """Return what happened to one account or one contact, in all services, newest first."""
    about = _about(account_id, contact_id)
    if not await may_read(reading, actor, *about):
        raise NotFound
    ring = request.app.state.door.keks
    return await queries.page(reading, actor, ring, about, EventTypes.read(types), cursor, limit)


def _about(account_id: UUID | None, contact_id: UUID | None) -> tuple[str, UUID]:
    """Return whose timeline is asked for: of exactly one."""
    if account_id and not contact_id:
        return "account", account_id
    if contact_id and not account_id:
        return "contact", contact_id
    raise BadRequest("bad-parameter", errors=[FieldError("missing", parameter="account_id")])
