"""ticketing's events: tickets, their messages, queues, SLA policies, calendars and surveys.

A ticket belongs to its assignee (`owner_id`) and stands in a queue, whose members see it too. Its clocks run
in business time: `…_due_at` is null where there is no target and while the clock stands still,
`…_breached` is null until it is decided. Reports read `opened_at`, `resolved_at` and the like, not
`created_at`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from libs.common.events import Event
from libs.contracts.mail import MailRequested
from libs.contracts.ticketing_states import (
    CalendarState,
    HoursState,
    OpeningState,
    OwnDayState,
    QueueState,
    SlaPolicyState,
    SlaTargetState,
    SurveyState,
    TicketMessageState,
    TicketState,
)

# The shapes belong to this contract, though they are declared in a file of their own.
__all__ = [
    "CalendarState",
    "HoursState",
    "OpeningState",
    "OwnDayState",
    "QueueState",
    "SlaPolicyState",
    "SlaTargetState",
    "SurveyState",
    "TicketMessageState",
    "TicketState",
]


class TicketFact(Event):
    """A change of one ticket."""

    ticket_id: UUID
    state: TicketState


class TicketOpened(TicketFact, type="ticketing.ticket.opened.v1", key="ticket_id"):
    """Somebody asked for help; the clocks of its policy run from here."""


class TicketQueued(TicketFact, type="ticketing.ticket.queued.v1", key="ticket_id"):
    """A ticket stands in another queue, or in none."""

    from_queue_id: UUID | None


class TicketShared(TicketFact, type="ticketing.ticket.shared.v1", key="ticket_id"):
    """A user may read the ticket, or change it too (`access`), until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None


class TicketUnshared(TicketFact, type="ticketing.ticket.unshared.v1", key="ticket_id"):
    """The ticket is not shared with a user any more."""

    user_id: UUID


class TicketAssigned(TicketFact, type="ticketing.ticket.assigned.v1", key="ticket_id"):
    """A ticket has another assignee; `is_automatic` when its queue's rule chose him."""

    from_owner_id: UUID | None
    is_automatic: bool = False


class TicketFirstResponded(TicketFact, type="ticketing.ticket.first_responded.v1", key="ticket_id"):
    """An agent answered for the first time."""


class TicketPaused(TicketFact, type="ticketing.ticket.paused.v1", key="ticket_id"):
    """We wait for somebody else, and the clocks stand still."""

    from_status: str


class TicketResumed(TicketFact, type="ticketing.ticket.resumed.v1", key="ticket_id"):
    """It is our turn again, and the clocks go on with the business time that was left."""

    from_status: str


class TicketEscalated(TicketFact, type="ticketing.ticket.escalated.v1", key="ticket_id"):
    """A ticket was handed up; it stays open."""

    from_status: str


class TicketResolved(TicketFact, type="ticketing.ticket.resolved.v1", key="ticket_id"):
    """An agent says that it is solved."""

    from_status: str


class TicketReopened(TicketFact, type="ticketing.ticket.reopened.v1", key="ticket_id"):
    """It was not solved after all."""

    from_status: str


class TicketClosed(TicketFact, type="ticketing.ticket.closed.v1", key="ticket_id"):
    """A ticket is done with; its customer may be asked how content he is."""

    from_status: str


class TicketReprioritized(TicketFact, type="ticketing.ticket.reprioritized.v1", key="ticket_id"):
    """Another priority: the targets are set anew, the business time used so far counts."""

    from_priority: str


class TicketRevised(TicketFact, type="ticketing.ticket.revised.v1", key="ticket_id"):
    """Facts changed that have no verb of their own; `changed` names the fields."""

    changed: tuple[str, ...]


class TicketFollowed(TicketFact, type="ticketing.ticket.followed.v1", key="ticket_id"):
    """Somebody wants to hear of a ticket."""

    tells: ClassVar[Mapping[str, tuple[str, str]]] = {"user_id": ("ticket", "follower_ids")}

    user_id: UUID


class TicketUnfollowed(TicketFact, type="ticketing.ticket.unfollowed.v1", key="ticket_id"):
    """Somebody has heard enough."""

    tells: ClassVar[Mapping[str, tuple[str, str]]] = {"user_id": ("ticket", "follower_ids")}

    user_id: UUID


class TicketSlaWarned(TicketFact, type="ticketing.ticket.sla_warned.v1", key="ticket_id"):
    """The share of the time is used at which the policy warns; `clock` is first_response or resolution."""

    # One of two fields, so it goes with any.
    tells: ClassVar[Mapping[str, tuple[str, str]]] = {"due_at": ("ticket", "*")}

    clock: str
    due_at: datetime


class TicketSlaBreached(TicketFact, type="ticketing.ticket.sla_breached.v1", key="ticket_id"):
    """The time is over; once for each clock of a ticket. `clock` is first_response or resolution."""

    # One of two fields, so it goes with any.
    tells: ClassVar[Mapping[str, tuple[str, str]]] = {"due_at": ("ticket", "*")}

    clock: str
    due_at: datetime


class TicketRated(TicketFact, type="ticketing.ticket.rated.v1", key="ticket_id"):
    """Its customer said how content he is, from 1 to 5."""

    tells: ClassVar[Mapping[str, tuple[str, str]]] = {"score": ("ticket", "csat_score")}

    score: int


class TicketDeleted(TicketFact, type="ticketing.ticket.deleted.v1", key="ticket_id"):
    """A ticket went to the recycle bin."""


class TicketRestored(TicketFact, type="ticketing.ticket.restored.v1", key="ticket_id"):
    """A ticket came back from the recycle bin."""


class TicketErased(TicketFact, type="ticketing.ticket.erased.v1", key="ticket_id"):
    """The person it speaks of was forgotten; its free text reads as erased."""


class TicketMessageFact(Event):
    """A change of one message."""

    ticket_message_id: UUID
    state: TicketMessageState


class TicketMessagePosted(
    TicketMessageFact, type="ticketing.ticket-message.posted.v1", key="ticket_message_id"
):
    """Something was said on a ticket."""


class TicketMessageMailRequested(
    TicketMessageFact,
    MailRequested,
    type="ticketing.ticket-message.mail_requested.v1",
    key="ticket_message_id",
):
    """A reply is to go to the contact by e-mail."""


class TicketMessageDelivered(
    TicketMessageFact, type="ticketing.ticket-message.delivered.v1", key="ticket_message_id"
):
    """The mail with a reply left the house."""


class TicketMessageUndelivered(
    TicketMessageFact, type="ticketing.ticket-message.undelivered.v1", key="ticket_message_id"
):
    """The mail with a reply did not leave the house; `reason` says why."""

    reason: str


class TicketMessageErased(
    TicketMessageFact, type="ticketing.ticket-message.erased.v1", key="ticket_message_id"
):
    """The person it speaks of was forgotten; its text reads as erased."""


class QueueFact(Event):
    """A change of one queue."""

    queue_id: UUID
    state: QueueState


class QueueOpened(QueueFact, type="ticketing.queue.opened.v1", key="queue_id"):
    """A queue takes tickets from now on."""


class QueueRevised(QueueFact, type="ticketing.queue.revised.v1", key="queue_id"):
    """A queue's name, members or rule changed."""


class QueueDeleted(QueueFact, type="ticketing.queue.deleted.v1", key="queue_id"):
    """A queue went to the recycle bin; its tickets stay where they are."""


class QueueRestored(QueueFact, type="ticketing.queue.restored.v1", key="queue_id"):
    """A queue came back from the recycle bin."""


class CalendarFact(Event):
    """A change of one calendar."""

    calendar_id: UUID
    state: CalendarState


class CalendarAdded(CalendarFact, type="ticketing.calendar.added.v1", key="calendar_id"):
    """Policies can count by this calendar from now on."""


class CalendarChanged(CalendarFact, type="ticketing.calendar.changed.v1", key="calendar_id"):
    """Hours, holidays, zone or name changed; instants that were worked out before stay."""


class CalendarDeleted(CalendarFact, type="ticketing.calendar.deleted.v1", key="calendar_id"):
    """A calendar went to the recycle bin."""


class CalendarRestored(CalendarFact, type="ticketing.calendar.restored.v1", key="calendar_id"):
    """A calendar came back from the recycle bin."""


class SlaPolicyFact(Event):
    """A change of one SLA policy."""

    sla_policy_id: UUID
    state: SlaPolicyState


class SlaPolicyAdopted(SlaPolicyFact, type="ticketing.sla-policy.adopted.v1", key="sla_policy_id"):
    """A policy holds for tickets that are opened from now on."""


class SlaPolicyRevised(SlaPolicyFact, type="ticketing.sla-policy.revised.v1", key="sla_policy_id"):
    """A policy says something else; tickets that have their targets keep them."""


class SlaPolicyDeleted(SlaPolicyFact, type="ticketing.sla-policy.deleted.v1", key="sla_policy_id"):
    """A policy went to the recycle bin."""


class SlaPolicyRestored(SlaPolicyFact, type="ticketing.sla-policy.restored.v1", key="sla_policy_id"):
    """A policy came back from the recycle bin."""


class SurveyFact(Event):
    """A change of one survey."""

    survey_id: UUID
    state: SurveyState


class SurveyPrepared(SurveyFact, type="ticketing.survey.prepared.v1", key="survey_id"):
    """A customer can say how content he is."""


class SurveyMailRequested(
    SurveyFact, MailRequested, type="ticketing.survey.mail_requested.v1", key="survey_id"
):
    """The question is to go to the contact by e-mail."""


class SurveySent(SurveyFact, type="ticketing.survey.sent.v1", key="survey_id"):
    """The mail with the question left the house."""


class SurveyUndelivered(SurveyFact, type="ticketing.survey.undelivered.v1", key="survey_id"):
    """The mail with the question did not leave the house; `reason` says why."""

    reason: str


class SurveyAnswered(SurveyFact, type="ticketing.survey.answered.v1", key="survey_id"):
    """A customer said how content he is."""

    score: int


class SurveyLowScoreReceived(SurveyFact, type="ticketing.survey.low_score_received.v1", key="survey_id"):
    """The score is so low that somebody should ask why."""

    score: int
    owner_id: UUID | None


class SurveyErased(SurveyFact, type="ticketing.survey.erased.v1", key="survey_id"):
    """The person was forgotten; the comment reads as erased, the score stays."""
