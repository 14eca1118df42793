"""Messages over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.edge import Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.integration.messages import commands, queries
from services.integration.messages.schemas import MessageRead

router = Router("/messages")
Reader = Annotated[Actor, Depends(Needs("message:read"))]
Canceller = Annotated[Actor, Depends(Needs("message:cancel"))]


@router.get("", **listed(queries.LISTING, MessageRead))
async def list_messages(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the messages in scope: what was to leave the house, and what became of it."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.get("/{identity}", response_model=MessageRead)
async def read_message(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one message."""
    return etagged(await queries.read(reads, identity, actor))


@router.post("/{identity}/cancel", response_model=MessageRead)
async def cancel_message(identity: UUID, session: Session, actor: Canceller) -> Response:
    """Keep a message that still waits in the house."""
    done = await commands.cancel_message(session, identity, actor, session.info["now"])
    return respond(MessageRead.model_validate(done), done)
