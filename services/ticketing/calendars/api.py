"""Calendars over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.batch import Batch, BatchResults, run_batch
from libs.common.db import Aggregate
from libs.common.edge import IfMatch, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.ticketing.calendars import commands, queries
from services.ticketing.calendars.schemas import CalendarCreate, CalendarRead, CalendarUpdate

router = Router("/calendars")
Reader = Depends(Needs("calendar:read"))
Creator = Depends(Needs("calendar:create"))
Editor = Annotated[Actor, Depends(Needs("calendar:update"))]
Remover = Annotated[Actor, Depends(Needs("calendar:delete"))]
_CHANGE: dict[str, Any] = {"response_model": CalendarRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, CalendarRead))
async def list_calendars(request: Request, reads: Reads) -> Response:
    """Return a page of calendars."""
    return page(await queries.list_page(reads, request.query_params.multi_items()))


@router.post("", status_code=201, dependencies=[Creator], **_CHANGE)
async def create_calendar(body: CalendarCreate, session: Session) -> Response:
    """Add a calendar."""
    made = await commands.add_calendar(session, body, session.info["now"])
    return respond(queries.shown(made), made, 201)


@router.post("/batch", response_model=BatchResults, dependencies=[Creator])
async def create_calendars(body: Batch[CalendarCreate], request: Request) -> Response:
    """Add up to 200 calendars, with a result for each."""

    async def effect(session: AsyncSession, item: CalendarCreate) -> Aggregate:
        return await commands.add_calendar(session, item, session.info["now"])

    return await run_batch(request, body.items, CalendarCreate, effect)


@router.get("/{identity}", response_model=CalendarRead, dependencies=[Reader])
async def read_calendar(identity: UUID, reads: Reads) -> Response:
    """Return one calendar."""
    return etagged(await queries.read(reads, identity))


@router.patch("/{identity}", **_CHANGE)
async def update_calendar(
    identity: UUID, body: CalendarUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of a calendar."""
    done = await commands.change_calendar(session, identity, version, body, actor, session.info["now"])
    return respond(queries.shown(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_calendar(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a calendar into the recycle bin."""
    done = await commands.delete_calendar(session, identity, version, actor, session.info["now"])
    return respond(queries.shown(done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_calendar(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a calendar out of the recycle bin."""
    done = await commands.restore_calendar(session, identity, actor, session.info["now"])
    return respond(queries.shown(done), done)
