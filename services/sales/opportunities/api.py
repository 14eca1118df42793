"""Opportunities over HTTP."""

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
from services.sales.opportunities import commands, queries
from services.sales.opportunities.schemas import (
    Advance,
    Lose,
    OpportunityCreate,
    OpportunityRead,
    OpportunityUpdate,
    Win,
)

router = Router("/opportunities")
Reader = Annotated[Actor, Depends(Needs("opportunity:read"))]
Creator = Annotated[Actor, Depends(Needs("opportunity:create"))]
Editor = Annotated[Actor, Depends(Needs("opportunity:update"))]
Remover = Annotated[Actor, Depends(Needs("opportunity:delete"))]
_CHANGE: dict[str, Any] = {"response_model": OpportunityRead}


@router.get("", **listed(queries.LISTING, OpportunityRead))
async def list_opportunities(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the opportunities in scope."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def create_opportunity(body: OpportunityCreate, session: Session, actor: Creator) -> Response:
    """Open an opportunity."""
    made = await commands.open_opportunity(session, body, actor, session.info["now"])
    return respond(await queries.shown(session, made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_opportunities(body: Batch[OpportunityCreate], request: Request, actor: Creator) -> Response:
    """Open up to 200 opportunities, with a result for each."""

    async def effect(session: AsyncSession, item: OpportunityCreate) -> Aggregate:
        return await commands.open_opportunity(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, OpportunityCreate, effect)


@router.get("/{identity}", response_model=OpportunityRead)
async def read_opportunity(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one opportunity."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity}", **_CHANGE)
async def update_opportunity(
    identity: UUID, body: OpportunityUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of an opportunity."""
    done = await commands.revise_opportunity(session, identity, version, body, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_opportunity(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put an opportunity into the recycle bin."""
    done = await commands.delete_opportunity(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_opportunity(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take an opportunity out of the recycle bin."""
    done = await commands.restore_opportunity(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/advance", **_CHANGE)
async def advance_opportunity(identity: UUID, body: Advance, session: Session, actor: Editor) -> Response:
    """Move an opportunity to another open stage."""
    done = await commands.advance_opportunity(
        session, identity, body.stage_id, body.occurred_at, actor, session.info["now"]
    )
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/win", **_CHANGE)
async def win_opportunity(identity: UUID, body: Win, session: Session, actor: Editor) -> Response:
    """Close an opportunity as won."""
    done = await commands.win_opportunity(
        session, identity, body.amount_minor, body.occurred_at, actor, session.info["now"]
    )
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/lose", **_CHANGE)
async def lose_opportunity(identity: UUID, body: Lose, session: Session, actor: Editor) -> Response:
    """Close an opportunity as lost."""
    done = await commands.lose_opportunity(
        session, identity, body.reason, body.occurred_at, actor, session.info["now"]
    )
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/reopen", **_CHANGE)
async def reopen_opportunity(identity: UUID, body: Advance, session: Session, actor: Editor) -> Response:
    """Open a closed opportunity again."""
    done = await commands.reopen_opportunity(
        session, identity, body.stage_id, body.occurred_at, actor, session.info["now"]
    )
    return respond(await queries.shown(session, done), done)
