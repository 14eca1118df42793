"""Every SELECT on ticket messages."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing import Filter, Listing
from libs.platform.access.actor import Actor
from services.ticketing.ticket_messages.model import TicketMessage
from services.ticketing.ticket_messages.schemas import TicketMessageRead
from services.ticketing.tickets.queries import read as read_ticket

_COLUMNS: dict[str, Any] = {name: getattr(TicketMessage, name) for name in TicketMessageRead.model_fields}

LISTING = Listing(
    "ticket-messages",
    columns=_COLUMNS,
    filters={
        "kind": Filter(TicketMessage.kind),
        "author_id": Filter(TicketMessage.author_id),
        "posted_at": Filter(TicketMessage.posted_at),
        "created_at": Filter(TicketMessage.created_at),
    },
    sorts=("posted_at", "created_at"),
    default_sort="posted_at",
)


async def list_page(
    connection: AsyncConnection, ticket_id: UUID, parameters: Iterable[tuple[str, str]], actor: Actor
) -> bytes:
    """Return a page of what was said on a ticket that the actor may read, the oldest first."""
    query = LISTING.parse(parameters)
    await read_ticket(connection, ticket_id, actor)
    return await LISTING.page(connection, query, TicketMessage.ticket_id == ticket_id)


async def last_mail(session: AsyncSession, ticket_id: UUID) -> str | None:
    """Return the Message-ID of the latest mail about a ticket, for the next one to answer."""
    mailed = TicketMessage.ticket_id == ticket_id, TicketMessage.message_id.is_not(None)
    latest = select(TicketMessage.message_id).where(*mailed).order_by(TicketMessage.posted_at.desc())
    return (await session.execute(latest.limit(1))).scalar_one_or_none()


async def find_message(session: AsyncSession, identity: UUID) -> TicketMessage | None:
    """Return a message, locked."""
    return await session.get(TicketMessage, identity, with_for_update=True)


async def speaking_of(session: AsyncSession, subject_ids: Sequence[UUID]) -> list[TicketMessage]:
    """Return the messages of these subjects, locked in order."""
    statement = select(TicketMessage).where(TicketMessage.subject_id.in_(subject_ids))
    return list((await session.scalars(statement.order_by(TicketMessage.id).with_for_update())).all())
