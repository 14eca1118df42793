"""Activities over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.batch import Batch, BatchResults, run_batch
from libs.common.db import Aggregate
from libs.common.edge import IfMatch, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.customer.activities import commands, queries
from services.customer.activities.schemas import (
    ActivityCreate,
    ActivityRead,
    ActivityUpdate,
    Complete,
)

router = Router("/activities")
Reader = Annotated[Actor, Depends(Needs("activity:read"))]
Creator = Annotated[Actor, Depends(Needs("activity:create"))]
Editor = Annotated[Actor, Depends(Needs("activity:update"))]
Remover = Annotated[Actor, Depends(Needs("activity:delete"))]
_CHANGE: dict[str, Any] = {"response_model": ActivityRead}


@router.get("", **listed(queries.LISTING, ActivityRead))
async def list_activities(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the activities in scope."""
    return page(await queries.listed(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def create_activity(body: ActivityCreate, session: Session, actor: Creator) -> Response:
    """Plan something, or log what was done."""
    made = await commands.create_activity(session, body, actor, session.info["now"])
    return respond(await queries.shown(session, made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_activities(body: Batch[ActivityCreate], request: Request, actor: Creator) -> Response:
    """Write up to 200 activities down, with a result for each."""

    async def effect(session: Session, item: ActivityCreate) -> Aggregate:
        return await commands.create_activity(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, ActivityCreate, effect)


@router.get("/{identity}", response_model=ActivityRead)
async def read_activity(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one activity."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity}", **_CHANGE)
async def update_activity(
    identity: UUID, body: ActivityUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of an activity."""
    done = await commands.revise_activity(session, identity, version, body, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_activity(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put an activity into the recycle bin."""
    done = await commands.delete_activity(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_activity(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take an activity out of the recycle bin."""
    done = await commands.restore_activity(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/complete", **_CHANGE)
async def complete_activity(identity: UUID, body: Complete, session: Session, actor: Editor) -> Response:
    """Mark an activity as done, with its outcome."""
    done = await commands.complete_activity(
        session, identity, body.outcome, body.done_at, actor, session.info["now"]
    )
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/reopen", **_CHANGE)
async def reopen_activity(identity: UUID, session: Session, actor: Editor) -> Response:
    """Mark an activity as to be done after all."""
    done = await commands.reopen_activity(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)
