"""Leads over HTTP."""

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
from libs.platform.access.revealing import Masked, Revealed
from services.sales.leads import commands, queries
from services.sales.leads.schemas import (
    CapturedLead,
    Convert,
    Converted,
    Duplicates,
    LeadCreate,
    LeadRead,
    LeadUpdate,
)

router = Router("/leads")
Reader = Annotated[Actor, Depends(Needs("lead:read"))]
Creator = Annotated[Actor, Depends(Needs("lead:create"))]
Editor = Annotated[Actor, Depends(Needs("lead:update"))]
Remover = Annotated[Actor, Depends(Needs("lead:delete"))]
Revealer = Annotated[Actor, Depends(Needs("lead:reveal"))]
Eraser = Annotated[Actor, Depends(Needs("lead:erase"))]
# What two records are compared by.
_COMPARED: dict[str, Any] = {"x-reads": {"lead": ["email", "phone"]}}
_CHANGE: dict[str, Any] = {"response_model": LeadRead}


@router.get("", **listed(queries.LISTING, LeadRead))
async def list_leads(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the leads in scope."""
    parameters = request.query_params.multi_items()
    return page(await queries.list_page(reads, parameters, actor, request.app.state.door.keks))


@router.post("", status_code=201, response_model=CapturedLead)
async def capture_lead(body: LeadCreate, session: Session, actor: Creator) -> Response:
    """Take a lead in, and tell which others it looks like."""
    made = await commands.capture_lead(session, body, actor, session.info["now"])
    alike = await commands.possible_duplicates(session, made, actor)
    return respond(queries.captured(made, alike), made, 201)


@router.post("/batch", response_model=BatchResults)
async def capture_leads(body: Batch[LeadCreate], request: Request, actor: Creator) -> Response:
    """Take up to 200 leads in, with a result for each."""

    async def effect(session: AsyncSession, item: LeadCreate) -> Aggregate:
        return await commands.capture_lead(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, LeadCreate, effect)


@router.get("/{identity}", response_model=LeadRead)
async def read_lead(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one lead."""
    return etagged(await queries.read(reads, identity, actor))


@router.get("/{identity}/duplicates", response_model=Duplicates, openapi_extra=_COMPARED)
async def list_duplicates(identity: UUID, session: Session, actor: Reader) -> Duplicates:
    """Return the leads that this one looks like, and why."""
    return Duplicates.model_validate({"items": await commands.find_duplicates(session, identity, actor)})


@router.patch("/{identity}", **_CHANGE)
async def update_lead(
    identity: UUID, body: LeadUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of a lead, or its owner."""
    done = await commands.revise_lead(session, identity, version, body, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_lead(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a lead into the recycle bin."""
    done = await commands.delete_lead(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_lead(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a lead out of the recycle bin."""
    done = await commands.restore_lead(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/convert", response_model=Converted)
async def convert_lead(identity: UUID, body: Convert, session: Session, actor: Editor) -> Response:
    """Make account, contact and, when asked, opportunity of a lead."""
    done = await commands.convert_lead(session, identity, body, actor, session.info["now"])
    return respond(queries.converted(done), done)


@router.post("/{identity}/reveal", response_model_exclude_unset=True)
async def reveal_lead(identity: UUID, session: Session, actor: Revealer, field: Masked = "phone") -> Revealed:
    """Show the phone, or another masked field, in the clear; the audit trail keeps who saw it."""
    return Revealed(**{field: await commands.reveal_lead(session, identity, field, actor)})


@router.post("/{identity}/erase", **_CHANGE)
async def erase_lead(identity: UUID, session: Session, actor: Eraser) -> Response:
    """Forget the person, here and everywhere, for good."""
    done = await commands.erase_lead(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)
