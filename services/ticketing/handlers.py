"""What ticketing does when something happened elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.envelope import Envelope
from libs.common.handlers import Handlers, on
from libs.contracts.integration import MessageCancelled, MessageFact, MessageFailed, MessageSent
from libs.contracts.ticketing import TicketClosed
from libs.platform.references.people import blank_people
from services.ticketing.surveys import commands as surveys
from services.ticketing.ticket_messages import commands as ticket_messages
from services.ticketing.tickets.commands import erase_tickets

_ENDS = {"survey": surveys.end_mail, "ticket-message": ticket_messages.end_mail}


async def ask_how_content(session: AsyncSession, envelope: Envelope) -> None:
    """Ask the customer of a ticket that was closed."""
    event = cast("TicketClosed", envelope.event)
    await surveys.ask_after_close(session, event.ticket_id, event.occurred_at)
    # The next event of the batch has to find it.
    await session.flush()


async def note_mail(session: AsyncSession, envelope: Envelope) -> None:
    """Keep what became of a mail that ticketing asked for."""
    state = cast("MessageFact", envelope.event).state
    if state.about_type in _ENDS:
        await _ENDS[state.about_type](session, state.about_id, state.status, state.reason)
        await session.flush()


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _: datetime) -> None:
    """Forget here whom another service has forgotten."""
    now: datetime = session.info["now"]
    await blank_people(session, subject_ids)
    await erase_tickets(session, subject_ids, now)
    await ticket_messages.erase_messages(session, subject_ids, now)
    await surveys.erase_surveys(session, subject_ids, now)


HANDLERS: Handlers = {
    TicketClosed: [on(ask_how_content)],
    MessageSent: [on(note_mail)],
    MessageFailed: [on(note_mail)],
    MessageCancelled: [on(note_mail)],
}
