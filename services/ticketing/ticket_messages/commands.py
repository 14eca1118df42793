"""What can be done with a message on a ticket."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.platform.access.actor import Actor, load
from libs.platform.references.people import person_at
from services.ticketing.calendars.queries import business_time_of
from services.ticketing.clocks import arm
from services.ticketing.settings import Settings
from services.ticketing.ticket_messages import queries
from services.ticketing.ticket_messages.model import Kind, TicketMessage
from services.ticketing.ticket_messages.schemas import TicketMessageCreate
from services.ticketing.tickets.model import Category, Ticket
from services.ticketing.tickets.queries import in_my_queues

# What has not left by then stays in the house.
_STALE = timedelta(hours=24)


async def post_message(
    session: AsyncSession, ticket_id: UUID, asked: TicketMessageCreate, actor: Actor, now: datetime
) -> TicketMessage:
    """Write down what was said; the first reply answers the ticket, the customer's words wake it up."""
    at = actor.instant(asked.occurred_at, now)
    also = in_my_queues(actor)
    ticket = await load(session, Ticket, ticket_id, actor, "ticket:update", for_update=True, also=also)
    ticket.ask_remembered()
    if at < ticket.opened_at:
        raise Conflict("history-out-of-order")
    author_id = None if asked.kind == Kind.INBOUND else actor.user_id
    details = {name: getattr(ticket, name) for name in ("subject_id", "contact_id")}
    details |= {"ticket_id": ticket.id, "kind": asked.kind, "body": asked.body, "author_id": author_id}
    message = TicketMessage.post(new_id(), details, at, now)
    session.add(message)
    if asked.kind == Kind.REPLY:
        if ticket.first_responded_at is None:
            ticket.respond(at, now)
        await _mail(session, message, ticket, now)
    elif asked.kind == Kind.INBOUND:
        await _wake(session, ticket, at, now)
    return message


async def end_mail(session: AsyncSession, identity: UUID, status: str, reason: str | None) -> None:
    """Keep what became of the mail with a message."""
    found = await queries.find_message(session, identity)
    if found is not None:
        found.mail_ended(status, reason, session.info["now"])


async def erase_messages(session: AsyncSession, subject_ids: Sequence[UUID], now: datetime) -> None:
    """Blank what was said by and to people who were forgotten."""
    for message in await queries.speaking_of(session, subject_ids):
        message.erase(now)


async def _wake(session: AsyncSession, ticket: Ticket, at: datetime, now: datetime) -> None:
    """Go on with a ticket whose customer has answered."""
    business = await business_time_of(session, ticket.calendar_id)
    if ticket.status_category == Category.WAITING:
        ticket.resume(business, at, now)
    elif ticket.status_category != Category.OPEN:
        ticket.reopen(business, at, now)
    await arm(session, ticket.id, ticket)


async def _mail(session: AsyncSession, message: TicketMessage, ticket: Ticket, now: datetime) -> None:
    """Have a reply sent to the contact's address, if he has one; an old reply was sent long ago."""
    person = None if ticket.contact_id is None else await person_at(session, ticket.contact_id)
    if person is None or person["email"] is None or now - message.posted_at >= _STALE:
        return
    settings: Settings = session.info["settings"]
    mail = {
        "message_id": f"<{message.id}@{urlsplit(settings.public_url).hostname}>",
        "contact_id": person["id"],
        "purpose": "service",
        "to": person["email"],
        "subject_line": f"[{ticket.number}] {ticket.subject}",
        "text": message.body,
        "from_name": settings.support_name,
        "reply_to": settings.support_address,
        "in_reply_to": await queries.last_mail(session, ticket.id),
        "not_after": now + _STALE,
    }
    message.ask_mail(mail, now)
