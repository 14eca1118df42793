"""Queues over HTTP."""

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
from services.ticketing.queues import commands, queries
from services.ticketing.queues.schemas import QueueCreate, QueueRead, QueueUpdate

router = Router("/queues")
Reader = Depends(Needs("queue:read"))
Creator = Annotated[Actor, Depends(Needs("queue:create"))]
Editor = Annotated[Actor, Depends(Needs("queue:update"))]
Remover = Annotated[Actor, Depends(Needs("queue:delete"))]
_CHANGE: dict[str, Any] = {"response_model": QueueRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, QueueRead))
async def list_queues(request: Request, reads: Reads) -> Response:
    """Return a page of queues."""
    return page(await queries.list_page(reads, request.query_params.multi_items()))


@router.post("", status_code=201, **_CHANGE)
async def create_queue(body: QueueCreate, session: Session, actor: Creator) -> Response:
    """Open a queue."""
    made = await commands.open_queue(session, body, actor, session.info["now"])
    return respond(queries.shown(made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_queues(body: Batch[QueueCreate], request: Request, actor: Creator) -> Response:
    """Open up to 200 queues, with a result for each."""

    async def effect(session: AsyncSession, item: QueueCreate) -> Aggregate:
        return await commands.open_queue(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, QueueCreate, effect)


@router.get("/{identity}", response_model=QueueRead, dependencies=[Reader])
async def read_queue(identity: UUID, reads: Reads) -> Response:
    """Return one queue."""
    return etagged(await queries.read(reads, identity))


@router.patch("/{identity}", **_CHANGE)
async def update_queue(
    identity: UUID, body: QueueUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of a queue."""
    done = await commands.revise_queue(session, identity, version, body, actor, session.info["now"])
    return respond(queries.shown(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_queue(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a queue into the recycle bin."""
    done = await commands.delete_queue(session, identity, version, actor, session.info["now"])
    return respond(queries.shown(done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_queue(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a queue out of the recycle bin."""
    done = await commands.restore_queue(session, identity, actor, session.info["now"])
    return respond(queries.shown(done), done)
