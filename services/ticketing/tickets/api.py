"""Tickets over HTTP."""

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
from services.ticketing.tickets import commands, queries
from services.ticketing.tickets.schemas import (
    Assign,
    Move,
    TicketCreate,
    TicketRead,
    TicketUpdate,
    Wait,
    When,
)

router = Router("/tickets")
Reader = Annotated[Actor, Depends(Needs("ticket:read"))]
Creator = Annotated[Actor, Depends(Needs("ticket:create"))]
Editor = Annotated[Actor, Depends(Needs("ticket:update"))]
Remover = Annotated[Actor, Depends(Needs("ticket:delete"))]
_CHANGE: dict[str, Any] = {"response_model": TicketRead}


@router.get("", **listed(queries.LISTING, TicketRead))
async def list_tickets(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the tickets in scope, and of those in the caller's queues."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def create_ticket(body: TicketCreate, session: Session, actor: Creator) -> Response:
    """Open a ticket."""
    made = await commands.open_ticket(session, body, actor, session.info["now"])
    return respond(await queries.shown(session, made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_tickets(body: Batch[TicketCreate], request: Request, actor: Creator) -> Response:
    """Open up to 200 tickets, with a result for each."""

    async def effect(session: AsyncSession, item: TicketCreate) -> Aggregate:
        return await commands.open_ticket(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, TicketCreate, effect)


@router.get("/{identity}", response_model=TicketRead)
async def read_ticket(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one ticket."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity}", **_CHANGE)
async def update_ticket(
    identity: UUID, body: TicketUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of a ticket; another priority sets its targets anew."""
    done = await commands.revise_ticket(session, identity, version, body, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_ticket(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a ticket into the recycle bin."""
    done = await commands.delete_ticket(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_ticket(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a ticket out of the recycle bin."""
    done = await commands.restore_ticket(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/assign", **_CHANGE)
async def assign_ticket(identity: UUID, body: Assign, session: Session, actor: Editor) -> Response:
    """Give a ticket to somebody, take it, or give it back; to give it to others needs ticket:assign."""
    done = await commands.assign_ticket(session, identity, body.owner_id, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/move", **_CHANGE)
async def move_ticket(identity: UUID, body: Move, session: Session, actor: Editor) -> Response:
    """Put a ticket into another queue, whose rule says whose it is then."""
    done = await commands.move_ticket(session, identity, body.queue_id, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/wait", **_CHANGE)
async def pause_ticket(identity: UUID, body: Wait, session: Session, actor: Editor) -> Response:
    """Wait for the customer or for others; the clocks stand still."""
    done = await commands.pause_ticket(
        session, identity, body.status, body.occurred_at, actor, session.info["now"]
    )
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/resume", **_CHANGE)
async def resume_ticket(identity: UUID, body: When, session: Session, actor: Editor) -> Response:
    """Go on with a ticket; the clocks have the business time that was left."""
    done = await commands.resume_ticket(session, identity, body.occurred_at, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/escalate", **_CHANGE)
async def escalate_ticket(identity: UUID, body: When, session: Session, actor: Editor) -> Response:
    """Hand a ticket up; it stays open."""
    done = await commands.escalate_ticket(session, identity, body.occurred_at, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/resolve", **_CHANGE)
async def resolve_ticket(identity: UUID, body: When, session: Session, actor: Editor) -> Response:
    """Say that a ticket is solved."""
    done = await commands.resolve_ticket(session, identity, body.occurred_at, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/close", **_CHANGE)
async def close_ticket(identity: UUID, body: When, session: Session, actor: Editor) -> Response:
    """Be done with a ticket; its customer is asked how content he is."""
    done = await commands.close_ticket(session, identity, body.occurred_at, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/reopen", **_CHANGE)
async def reopen_ticket(identity: UUID, body: When, session: Session, actor: Editor) -> Response:
    """Work on a ticket again."""
    done = await commands.reopen_ticket(session, identity, body.occurred_at, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/follow", **_CHANGE)
async def follow_ticket(identity: UUID, session: Session, actor: Reader) -> Response:
    """Hear of a ticket from now on."""
    done = await commands.follow_ticket(session, identity, actor, session.info["now"], follows=True)
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/unfollow", **_CHANGE)
async def unfollow_ticket(identity: UUID, session: Session, actor: Reader) -> Response:
    """Hear of a ticket no more."""
    done = await commands.follow_ticket(session, identity, actor, session.info["now"], follows=False)
    return respond(await queries.shown(session, done), done)
