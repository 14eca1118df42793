"""What integration does when something happened elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.consumer import Group
from libs.common.envelope import Envelope
from libs.common.events import Event, aggregate_of
from libs.common.handlers import Handlers, on
from libs.common.inbox import InboxTransaction
from libs.contracts.customer import ConsentGiven, ConsentWithdrawn
from libs.contracts.integration import WebhookDisabled
from libs.contracts.mail import EMAIL, MailRequested
from libs.contracts.sales import LeadAssigned, LeadCaptured, OpportunityAssigned, OpportunityOpened
from libs.contracts.ticketing import (
    SurveyLowScoreReceived,
    TicketAssigned,
    TicketOpened,
    TicketSlaBreached,
    TicketSlaWarned,
)
from libs.platform.records.kinds import topics
from libs.platform.records.replica import RecordApplier
from services.integration.deliveries.commands import prepare
from services.integration.messages.commands import allow, forget, queue_mail, withdraw
from services.integration.notifications.commands import notify
from services.integration.wording import LOW_SCORE, SLA_BREACHED, SLA_WARNED, WEBHOOK_DISABLED


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


async def tell_new_owner(session: AsyncSession, envelope: Envelope) -> None:
    """Tell whoever was put in charge by somebody else."""
    event = envelope.event
    state = getattr(event, "state", None)
    owner_id: UUID | None = getattr(state, "owner_id", None)
    if event is None or state is None or envelope.actor in (f"user:{owner_id}", f"system:user:{owner_id}"):
        return
    about = aggregate_of(event.topic)
    _tell(session, envelope, [owner_id], f"{about}-assigned", (about, event.aggregate_id), _facts(state))


async def tell_of_time(session: AsyncSession, envelope: Envelope) -> None:
    """Tell assignee and followers that a ticket's time is nearly over, or over."""
    event = cast("TicketSlaWarned | TicketSlaBreached", envelope.event)
    ticket = event.state
    kind = SLA_WARNED if isinstance(event, TicketSlaWarned) else SLA_BREACHED
    facts = _facts(ticket) | {"clock": event.clock, "due_at": event.due_at.isoformat()}
    users = [ticket.owner_id, *ticket.follower_ids]
    _tell(session, envelope, users, kind, ("ticket", event.ticket_id), facts)


async def tell_of_low_score(session: AsyncSession, envelope: Envelope) -> None:
    """Tell the assignee that a customer was not content."""
    event = cast("SurveyLowScoreReceived", envelope.event)
    about = ("ticket", event.state.ticket_id)
    _tell(session, envelope, [event.owner_id], LOW_SCORE, about, {"score": str(event.score)})


async def tell_of_disabled(session: AsyncSession, envelope: Envelope) -> None:
    """Tell a webhook's owner that it was turned off, unless he or another user did so."""
    state = cast("WebhookDisabled", envelope.event).state
    if state.disabled_reason in {"failing", "gone"}:
        facts = {"number": state.name, "host": state.host, "reason": state.disabled_reason or ""}
        _tell(session, envelope, [state.owner_id], WEBHOOK_DISABLED, ("webhook", state.id), facts)


async def blank(session: AsyncSession, subject_ids: Sequence[UUID], _: datetime) -> None:
    """Forget here whom another service has forgotten."""
    await forget(session, subject_ids, session.info["now"])


class Everything:
    """Keeps whose each record is, and prepares deliveries in the same transaction: no webhook is ahead."""

    def __init__(self) -> None:
        """Take the replica of records along."""
        self._records = RecordApplier()

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Take in the records of one partition."""
        await self._records.apply(transaction, envelopes)
        now: datetime = transaction.session.info["now"]
        await prepare(transaction.session, [each for each in envelopes if each.event], now)


def _facts(state: Any) -> dict[str, str]:
    number = getattr(state, "number", None)
    return {"number": number} if number else {}


def _tell(
    session: AsyncSession,
    envelope: Envelope,
    users: Iterable[UUID | None],
    kind: str,
    about: tuple[str, UUID],
    facts: dict[str, str],
) -> None:
    """Tell users, unless it is history: nobody wants to hear today of what happened last year."""
    now: datetime = session.info["now"]
    event = envelope.event
    if event is not None and min(envelope.time, event.occurred_at) > now - _FRESH:
        notify(session, envelope.id, users, kind, about, facts, now)


_FRESH = timedelta(hours=24)
EVERYTHING = Group("integration.webhooks", topics(), Everything(), batch=200, dedupe=False)
REQUESTS = [event for event in Event.registry.values() if issubclass(event, MailRequested)]
ASSIGNED = (LeadCaptured, LeadAssigned, OpportunityOpened, OpportunityAssigned, TicketOpened, TicketAssigned)
HANDLERS: Handlers = {
    ConsentWithdrawn: [on(stop_mails)],
    ConsentGiven: [on(allow_mails)],
    TicketSlaWarned: [on(tell_of_time)],
    TicketSlaBreached: [on(tell_of_time)],
    SurveyLowScoreReceived: [on(tell_of_low_score)],
    WebhookDisabled: [on(tell_of_disabled)],
    **{event: [on(tell_new_owner)] for event in ASSIGNED},
    **{event: [on(queue_requested_mail)] for event in REQUESTS},
}
