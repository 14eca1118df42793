"""Segments over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.batch import Batch, BatchResults, run_batch
from libs.common.db import Aggregate
from libs.common.edge import IfMatch, Reading, Reads, Router, Session, etagged, idempotency_key, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.customer.conditions import FIELDS
from services.customer.segments import commands, queries
from services.customer.segments.schemas import (
    FieldRead,
    Fields,
    Preview,
    Previewed,
    SegmentCreate,
    SegmentRead,
    SegmentUpdate,
)

router = Router("/segments")
Reader = Annotated[Actor, Depends(Needs("segment:read"))]
Creator = Annotated[Actor, Depends(Needs("segment:create"))]
Editor = Annotated[Actor, Depends(Needs("segment:update"))]
Remover = Annotated[Actor, Depends(Needs("segment:delete"))]
_CHANGE: dict[str, Any] = {"response_model": SegmentRead}


@router.get("", **listed(queries.LISTING, SegmentRead))
async def list_segments(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the segments in scope."""
    return page(await queries.listed(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def create_segment(body: SegmentCreate, session: Session, actor: Creator) -> Response:
    """Make a segment; whom its rule describes enters within seconds."""
    made = await commands.create_segment(session, body, actor, session.info["now"])
    return respond(await queries.shown(session, made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_segments(body: Batch[SegmentCreate], request: Request, actor: Creator) -> Response:
    """Make up to 200 segments, with a result for each."""

    async def effect(session: Session, item: SegmentCreate) -> Aggregate:
        return await commands.create_segment(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, SegmentCreate, effect)


@router.get("/fields", dependencies=[Depends(Needs("segment:read"))])
async def list_fields() -> Fields:
    """Return what a rule may ask about."""
    items = [
        FieldRead(name=name, operators=[*each.operators], options=[*each.options], needs=[*each.needs])
        for name, each in FIELDS.items()
    ]
    return Fields(items=items)


@router.post("/preview")
async def preview_segment(body: Preview, request: Request, reading: Reading, actor: Reader) -> Previewed:
    """Count the contacts in scope whom a rule describes now, and show some; nothing is kept."""
    # It keeps no answer, but a bad key is refused here as everywhere.
    idempotency_key(request)
    now = request.app.state.door.transactions.clock.now()
    return await queries.preview(reading, body.filter, actor, now)


@router.get("/{identity:uuid}", response_model=SegmentRead)
async def read_segment(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one segment."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity:uuid}", **_CHANGE)
async def update_segment(
    identity: UUID, body: SegmentUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change name, rule or owner of a segment."""
    done = await commands.revise_segment(session, identity, version, body, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity:uuid}", **_CHANGE)
async def delete_segment(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a segment into the recycle bin."""
    done = await commands.delete_segment(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_segment(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a segment out of the recycle bin."""
    done = await commands.restore_segment(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)
