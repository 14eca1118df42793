"""Suppressions over HTTP."""

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
from services.marketing.suppressions import commands, queries
from services.marketing.suppressions.schemas import SuppressionCreate, SuppressionRead

router = Router("/suppressions")
Reader = Depends(Needs("suppression:read"))
Creator = Annotated[Actor, Depends(Needs("suppression:create"))]
Remover = Annotated[Actor, Depends(Needs("suppression:delete"))]
_CHANGE: dict[str, Any] = {"response_model": SuppressionRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, SuppressionRead))
async def list_suppressions(request: Request, reads: Reads) -> Response:
    """Return a page of suppressions; `email` finds an address that is kept as a hash alone."""
    parameters = request.query_params.multi_items()
    return page(await queries.list_page(reads, parameters, request.app.state.door.keks))


@router.post("", status_code=201, **_CHANGE)
async def create_suppression(body: SuppressionCreate, session: Session, actor: Creator) -> Response:
    """Let no mail go to a contact or an address."""
    made = await commands.add_suppression(session, body, actor, session.info["now"])
    return respond(SuppressionRead.model_validate(made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_suppressions(body: Batch[SuppressionCreate], request: Request, actor: Creator) -> Response:
    """Take up to 200 suppressions in, as from another system's list, with a result for each."""

    async def effect(session: AsyncSession, item: SuppressionCreate) -> Aggregate:
        return await commands.add_suppression(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, SuppressionCreate, effect)


@router.get("/{identity}", response_model=SuppressionRead, dependencies=[Reader])
async def read_suppression(identity: UUID, reads: Reads) -> Response:
    """Return one suppression."""
    return etagged(await queries.read(reads, identity))


@router.delete("/{identity}", **_CHANGE)
async def delete_suppression(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Let mail go there again."""
    done = await commands.delete_suppression(session, identity, version, actor, session.info["now"])
    return respond(SuppressionRead.model_validate(done), done)
