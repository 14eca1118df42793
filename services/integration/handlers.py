"""What integration does when something happened elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.envelope import Envelope
from libs.common.events import Event, aggregate_of
from libs.common.handlers import Handlers, on
from libs.contracts.customer import ConsentGiven, ConsentWithdrawn
from libs.contracts.mail import EMAIL, MailRequested
from services.integration.messages.commands import allow, forget, queue_mail, withdraw


async def queue_requested_mail(session: AsyncSession, envelope: Envelope) -> None:
    """Take in whatever asks for a mail, whoever asks."""
    asked = cast("MailRequested", envelope.event)
    now: datetime = session.info["now"]
    await queue_mail(session, asked, aggregate_of(asked.topic), envelope.time, now)


async def stop_mails(session: AsyncSession, envelope: Envelope) -> None:
    """Send nothing more to a contact who said no."""
    state = cast("ConsentWithdrawn", envelope.event).state
    if state.channel == EMAIL:
        now: datetime = session.info["now"]
        await withdraw(session, state.contact_id, state.purpose, state.withdrawn_at or envelope.time, now)


async def allow_mails(session: AsyncSession, envelope: Envelope) -> None:
    """Send to a contact who agreed again."""
    state = cast("ConsentGiven", envelope.event).state
    if state.channel == EMAIL:
        await allow(session, state.contact_id, state.purpose)


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _: datetime) -> None:
    """Forget here whom another service has forgotten."""
    await forget(session, subject_ids, session.info["now"])


REQUESTS = [event for event in Event.registry.values() if issubclass(event, MailRequested)]
HANDLERS: Handlers = {
    ConsentWithdrawn: [on(stop_mails)],
    ConsentGiven: [on(allow_mails)],
    **{event: [on(queue_requested_mail)] for event in REQUESTS},
}
