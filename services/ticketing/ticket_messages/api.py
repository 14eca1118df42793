"""What was said on a ticket, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.edge import Reading, Router, Session, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.ticketing.ticket_messages import commands, queries
from services.ticketing.ticket_messages.schemas import TicketMessageCreate, TicketMessageRead

router = Router("/tickets/{identity}/messages")
Reader = Annotated[Actor, Depends(Needs("ticket:read"))]
Editor = Annotated[Actor, Depends(Needs("ticket:update"))]


@router.get("", **listed(queries.LISTING, TicketMessageRead))
async def list_messages(identity: UUID, request: Request, reading: Reading, actor: Reader) -> Response:
    """Return a page of what was said, the oldest first."""
    return page(await queries.list_page(reading, identity, request.query_params.multi_items(), actor))


@router.post("", status_code=201, response_model=TicketMessageRead)
async def post_message(
    identity: UUID, body: TicketMessageCreate, session: Session, actor: Editor
) -> Response:
    """Reply to the customer (by e-mail too, where he has an address), note something, or keep his words."""
    made = await commands.post_message(session, identity, body, actor, session.info["now"])
    return respond(TicketMessageRead.model_validate(made), made, 201)
