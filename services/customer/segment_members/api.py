"""Members of segments over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from libs.common.edge import IfMatch, Reading, Router, Session, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.customer.segment_members import commands, queries
from services.customer.segment_members.schemas import (
    Changed,
    Explained,
    Picked,
    SegmentMemberRead,
    Snapshot,
)
from services.customer.segments.queries import shown
from services.customer.segments.schemas import SegmentRead

router = Router("/segments")
Reader = Annotated[Actor, Depends(Needs("segment:read"))]
Creator = Annotated[Actor, Depends(Needs("segment:create"))]
Editor = Annotated[Actor, Depends(Needs("segment:update"))]


@router.get("/{identity}/members", **listed(queries.LISTING, SegmentMemberRead))
async def list_members(identity: UUID, request: Request, reading: Reading, actor: Reader) -> Response:
    """Return a page of the members of a segment whom the caller may see."""
    parameters = request.query_params.multi_items()
    return page(await queries.listed(reading, identity, parameters, actor))


@router.post("/{identity}/members")
async def add_members(identity: UUID, body: Picked, session: Session, actor: Editor) -> Changed:
    """Put up to 200 contacts into a static segment; one that is unknown or gone refuses all."""
    return await commands.add_members(session, identity, body.contact_ids, actor, session.info["now"])


@router.post("/{identity}/members/remove")
async def remove_members(identity: UUID, body: Picked, session: Session, actor: Editor) -> Changed:
    """Take up to 200 contacts out of a static segment."""
    return await commands.remove_members(session, identity, body.contact_ids, actor, session.info["now"])


@router.delete("/{identity}/members/{contact_id:uuid}", response_model=SegmentMemberRead)
async def remove_member(
    identity: UUID, contact_id: UUID, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Take one contact out of a static segment."""
    now = session.info["now"]
    done = await commands.remove_member(session, identity, contact_id, version, actor, now)
    return respond(await queries.shown(session, done), done)


@router.get("/{identity}/explain")
async def explain_member(
    identity: UUID,
    contact_id: Annotated[UUID, Query()],
    request: Request,
    reading: Reading,
    actor: Reader,
) -> Explained:
    """Tell for each node of the rule whether it holds for one contact now."""
    now = request.app.state.door.transactions.clock.now()
    return await queries.explain(reading, identity, contact_id, actor, now)


@router.post("/{identity}/snapshot", status_code=201, response_model=SegmentRead)
async def take_snapshot(identity: UUID, body: Snapshot, session: Session, actor: Creator) -> Response:
    """Make a static segment of those who are in this one now."""
    made = await commands.take_snapshot(session, identity, body, actor, session.info["now"])
    return respond(await shown(session, made), made, 201)
