"""A webhook's deliveries over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.edge import Reading, Router, Session, page
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.integration.deliveries import commands, queries
from services.integration.deliveries.schemas import Cursor, DeliveryRead, Redeliver, Redelivery, Test

router = Router("/webhooks")
Reader = Annotated[Actor, Depends(Needs("webhook:read"))]
Editor = Annotated[Actor, Depends(Needs("webhook:update"))]


@router.get("/{identity}/deliveries", **listed(queries.LISTING, DeliveryRead))
async def list_deliveries(identity: UUID, request: Request, reading: Reading, actor: Reader) -> Response:
    """Return a page of what was or will be delivered; `status=dead` are the dead letters."""
    return page(await queries.list_page(reading, identity, request.query_params.multi_items(), actor))


@router.get("/{identity}/cursor")
async def read_cursor(identity: UUID, reading: Reading, actor: Reader) -> Cursor:
    """Return where the events end now; keep it, and a redelivery can begin there."""
    return Cursor(cursor=await queries.cursor(reading, identity, actor))


@router.post("/{identity}/redeliver")
async def redeliver(identity: UUID, body: Redeliver, session: Session, actor: Editor) -> Redelivery:
    """Deliver again, under the same ids: one, a range of time, or everything behind a cursor."""
    return await commands.redeliver(session, identity, body, actor, session.info["now"])


@router.post("/{identity}/test")
async def deliver_test(identity: UUID, session: Session, actor: Editor) -> Test:
    """Send an event that means nothing; the delivery tells how it went."""
    return Test(delivery_id=await commands.deliver_test(session, identity, actor, session.info["now"]))
