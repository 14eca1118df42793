"""What ticketing tells; generated from docs/events by `python -m tests.sdk.write`."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from plexus_crm.event import Event
from plexus_crm.model import Model


class CalendarState(Model):
    """When we work: hours in a time zone, less public holidays, and days of our own. No hours: always."""

    id: UUID
    name: str
    time_zone: str
    hours: tuple[HoursState, ...] | None = None
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    own_days: tuple[OwnDayState, ...] | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class Collaborator(Model):
    """A user beside the owner: `access` is `read`, or `write` which reads too, until `expires_at`."""

    user_id: UUID
    access: str
    expires_at: datetime | None = None


class HoursState(Model):
    """Hours of work on one day of the week; 0 is Monday."""

    begins: int
    ends: int
    weekday: int


class OpeningState(Model):
    """Hours of work, in minutes from local midnight; `ends` is 1440 for midnight itself."""

    begins: int
    ends: int


class OwnDayState(Model):
    """A day that is otherwise than its weekday: without hours it is off."""

    day: date
    name: str | None = None
    hours: tuple[OpeningState, ...] | None = None


class QueueState(Model):
    """Where tickets wait, and who works on them; `assignment` is round-robin, least-open or manual."""

    id: UUID
    name: str
    assignment: str
    member_ids: tuple[UUID, ...] | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class SlaPolicyState(Model):
    """Which tickets it holds for (nothing given: all), and its targets; the lowest `position` comes first."""

    id: UUID
    name: str
    position: int
    calendar_id: UUID
    priorities: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    tiers: tuple[str, ...] | None = None
    targets: tuple[SlaTargetState, ...] | None = None
    warn_at_percent: int | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class SlaTargetState(Model):
    """How soon tickets of one priority are answered and solved, in business minutes."""

    priority: str
    first_response_minutes: int | None = None
    resolution_minutes: int | None = None


class SubjectKeyState(Model):
    """`wrapped` is the data key under a key-encryption key, and null once the subject is erased."""

    subject_id: UUID
    wrapped: str | None
    erased_at: datetime | None = None
    linked: tuple[UUID, ...] | None = None


class SurveyState(Model):
    """How content a customer is with a ticket, from 1 to 5; `subject_id` names the key of his comment. `channel` says how he was asked or answered: email, or agent when a colleague wrote it down."""

    id: UUID
    ticket_id: UUID
    contact_id: UUID | None = None
    subject_id: UUID
    channel: str
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    score: int | None = None
    comment: str | None = None
    mail_status: str | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class TicketMessageState(Model):
    """What was said on a ticket: `kind` is reply (to the customer), note (among us) or inbound (from him)."""

    id: UUID
    ticket_id: UUID
    subject_id: UUID
    kind: str
    body: str | None = None
    author_id: UUID | None = None
    contact_id: UUID | None = None
    message_id: str | None = None
    mail_status: str | None = None
    posted_at: datetime
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class TicketState(Model):
    """A request for help; `subject_id` names the key of its free text. `status_category` is open, waiting, resolved or closed, and `status` the name within it. `csat_score` is 1 to 5. `reopened_count` says how often it was not solved after all."""

    collaborators: tuple[Collaborator, ...] | None = None
    id: UUID
    number: str
    subject_id: UUID
    subject: str | None = None
    description: str | None = None
    channel: str
    category: str | None = None
    tier: str | None = None
    priority: str
    status: str
    status_category: str
    queue_id: UUID | None = None
    owner_id: UUID | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    follower_ids: tuple[UUID, ...] | None = None
    sla_policy_id: UUID | None = None
    opened_at: datetime
    first_responded_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    first_response_due_at: datetime | None = None
    resolution_due_at: datetime | None = None
    first_response_breached: bool | None = None
    resolution_breached: bool | None = None
    csat_score: int | None = None
    reopened_count: int | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    erased_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class CalendarAdded(
    Event, type="ticketing.calendar.added.v1", topic="crm.ticketing.calendar", key="calendar_id"
):
    """Policies can count by this calendar from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    calendar_id: UUID
    state: CalendarState


class CalendarChanged(
    Event, type="ticketing.calendar.changed.v1", topic="crm.ticketing.calendar", key="calendar_id"
):
    """Hours, holidays, zone or name changed; instants that were worked out before stay."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    calendar_id: UUID
    state: CalendarState


class CalendarDeleted(
    Event, type="ticketing.calendar.deleted.v1", topic="crm.ticketing.calendar", key="calendar_id"
):
    """A calendar went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    calendar_id: UUID
    state: CalendarState


class CalendarRestored(
    Event, type="ticketing.calendar.restored.v1", topic="crm.ticketing.calendar", key="calendar_id"
):
    """A calendar came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    calendar_id: UUID
    state: CalendarState


class QueueDeleted(Event, type="ticketing.queue.deleted.v1", topic="crm.ticketing.queue", key="queue_id"):
    """A queue went to the recycle bin; its tickets stay where they are."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    queue_id: UUID
    state: QueueState


class QueueOpened(Event, type="ticketing.queue.opened.v1", topic="crm.ticketing.queue", key="queue_id"):
    """A queue takes tickets from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    queue_id: UUID
    state: QueueState


class QueueRestored(Event, type="ticketing.queue.restored.v1", topic="crm.ticketing.queue", key="queue_id"):
    """A queue came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    queue_id: UUID
    state: QueueState


class QueueRevised(Event, type="ticketing.queue.revised.v1", topic="crm.ticketing.queue", key="queue_id"):
    """A queue's name, members or rule changed."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    queue_id: UUID
    state: QueueState


class SlaPolicyAdopted(
    Event, type="ticketing.sla-policy.adopted.v1", topic="crm.ticketing.sla-policy", key="sla_policy_id"
):
    """A policy holds for tickets that are opened from now on."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    sla_policy_id: UUID
    state: SlaPolicyState


class SlaPolicyDeleted(
    Event, type="ticketing.sla-policy.deleted.v1", topic="crm.ticketing.sla-policy", key="sla_policy_id"
):
    """A policy went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    sla_policy_id: UUID
    state: SlaPolicyState


class SlaPolicyRestored(
    Event, type="ticketing.sla-policy.restored.v1", topic="crm.ticketing.sla-policy", key="sla_policy_id"
):
    """A policy came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    sla_policy_id: UUID
    state: SlaPolicyState


class SlaPolicyRevised(
    Event, type="ticketing.sla-policy.revised.v1", topic="crm.ticketing.sla-policy", key="sla_policy_id"
):
    """A policy says something else; tickets that have their targets keep them."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    sla_policy_id: UUID
    state: SlaPolicyState


class TicketingSubjectErased(
    Event, type="ticketing.subject-key.erased.v1", topic="crm.ticketing.subject-key", key="subject_id"
):
    """ticketing forgot a person: whatever is sealed under his key is unreadable."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class TicketingSubjectLinked(
    Event, type="ticketing.subject-key.linked.v1", topic="crm.ticketing.subject-key", key="subject_id"
):
    """A subject of ticketing is the same person as another one; an erasure takes both."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class TicketingSubjectKeyMinted(
    Event, type="ticketing.subject-key.minted.v1", topic="crm.ticketing.subject-key", key="subject_id"
):
    """ticketing made a key for the free text of a ticket without contact."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class TicketingSubjectKeyRewrapped(
    Event, type="ticketing.subject-key.rewrapped.v1", topic="crm.ticketing.subject-key", key="subject_id"
):
    """The same key under a newer key-encryption key."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    subject_id: UUID
    state: SubjectKeyState


class SurveyAnswered(
    Event, type="ticketing.survey.answered.v1", topic="crm.ticketing.survey", key="survey_id"
):
    """A customer said how content he is."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    survey_id: UUID
    state: SurveyState
    score: int


class SurveyErased(Event, type="ticketing.survey.erased.v1", topic="crm.ticketing.survey", key="survey_id"):
    """The person was forgotten; the comment reads as erased, the score stays."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    survey_id: UUID
    state: SurveyState


class SurveyLowScoreReceived(
    Event, type="ticketing.survey.low_score_received.v1", topic="crm.ticketing.survey", key="survey_id"
):
    """The score is so low that somebody should ask why."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    survey_id: UUID
    state: SurveyState
    score: int
    owner_id: UUID | None


class SurveyMailRequested(
    Event, type="ticketing.survey.mail_requested.v1", topic="crm.ticketing.survey", key="survey_id"
):
    """The question is to go to the contact by e-mail."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    message_id: str
    subject_id: UUID
    contact_id: UUID | None = None
    purpose: str
    to: str | None = None
    subject_line: str | None = None
    text: str | None = None
    html: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    in_reply_to: str | None = None
    list_unsubscribe_url: str | None = None
    not_after: datetime
    survey_id: UUID
    state: SurveyState


class SurveyPrepared(
    Event, type="ticketing.survey.prepared.v1", topic="crm.ticketing.survey", key="survey_id"
):
    """A customer can say how content he is."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    survey_id: UUID
    state: SurveyState


class SurveySent(Event, type="ticketing.survey.sent.v1", topic="crm.ticketing.survey", key="survey_id"):
    """The mail with the question left the house."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    survey_id: UUID
    state: SurveyState


class SurveyUndelivered(
    Event, type="ticketing.survey.undelivered.v1", topic="crm.ticketing.survey", key="survey_id"
):
    """The mail with the question did not leave the house; `reason` says why."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    survey_id: UUID
    state: SurveyState
    reason: str


class TicketMessageDelivered(
    Event,
    type="ticketing.ticket-message.delivered.v1",
    topic="crm.ticketing.ticket-message",
    key="ticket_message_id",
):
    """The mail with a reply left the house."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_message_id: UUID
    state: TicketMessageState


class TicketMessageErased(
    Event,
    type="ticketing.ticket-message.erased.v1",
    topic="crm.ticketing.ticket-message",
    key="ticket_message_id",
):
    """The person it speaks of was forgotten; its text reads as erased."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_message_id: UUID
    state: TicketMessageState


class TicketMessageMailRequested(
    Event,
    type="ticketing.ticket-message.mail_requested.v1",
    topic="crm.ticketing.ticket-message",
    key="ticket_message_id",
):
    """A reply is to go to the contact by e-mail."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    mail_id: UUID
    message_id: str
    subject_id: UUID
    contact_id: UUID | None = None
    purpose: str
    to: str | None = None
    subject_line: str | None = None
    text: str | None = None
    html: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    in_reply_to: str | None = None
    list_unsubscribe_url: str | None = None
    not_after: datetime
    ticket_message_id: UUID
    state: TicketMessageState


class TicketMessagePosted(
    Event,
    type="ticketing.ticket-message.posted.v1",
    topic="crm.ticketing.ticket-message",
    key="ticket_message_id",
):
    """Something was said on a ticket."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_message_id: UUID
    state: TicketMessageState


class TicketMessageUndelivered(
    Event,
    type="ticketing.ticket-message.undelivered.v1",
    topic="crm.ticketing.ticket-message",
    key="ticket_message_id",
):
    """The mail with a reply did not leave the house; `reason` says why."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_message_id: UUID
    state: TicketMessageState
    reason: str


class TicketAssigned(
    Event, type="ticketing.ticket.assigned.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """A ticket has another assignee; `is_automatic` when its queue's rule chose him."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_owner_id: UUID | None
    is_automatic: bool | None = None


class TicketClosed(Event, type="ticketing.ticket.closed.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """A ticket is done with; its customer may be asked how content he is."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_status: str


class TicketDeleted(Event, type="ticketing.ticket.deleted.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """A ticket went to the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState


class TicketErased(Event, type="ticketing.ticket.erased.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """The person it speaks of was forgotten; its free text reads as erased."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState


class TicketEscalated(
    Event, type="ticketing.ticket.escalated.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """A ticket was handed up; it stays open."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_status: str


class TicketFirstResponded(
    Event, type="ticketing.ticket.first_responded.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """An agent answered for the first time."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState


class TicketFollowed(
    Event, type="ticketing.ticket.followed.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """Somebody wants to hear of a ticket."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    user_id: UUID


class TicketOpened(Event, type="ticketing.ticket.opened.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """Somebody asked for help; the clocks of its policy run from here."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState


class TicketPaused(Event, type="ticketing.ticket.paused.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """We wait for somebody else, and the clocks stand still."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_status: str


class TicketQueued(Event, type="ticketing.ticket.queued.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """A ticket stands in another queue, or in none."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_queue_id: UUID | None


class TicketRated(Event, type="ticketing.ticket.rated.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """Its customer said how content he is, from 1 to 5."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    score: int


class TicketReopened(
    Event, type="ticketing.ticket.reopened.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """It was not solved after all."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_status: str


class TicketReprioritized(
    Event, type="ticketing.ticket.reprioritized.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """Another priority: the targets are set anew, the business time used so far counts."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_priority: str


class TicketResolved(
    Event, type="ticketing.ticket.resolved.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """An agent says that it is solved."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_status: str


class TicketRestored(
    Event, type="ticketing.ticket.restored.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """A ticket came back from the recycle bin."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState


class TicketResumed(Event, type="ticketing.ticket.resumed.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """It is our turn again, and the clocks go on with the business time that was left."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    from_status: str


class TicketRevised(Event, type="ticketing.ticket.revised.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """Facts changed that have no verb of their own; `changed` names the fields."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    changed: tuple[str, ...]


class TicketShared(Event, type="ticketing.ticket.shared.v1", topic="crm.ticketing.ticket", key="ticket_id"):
    """A user may read the ticket, or change it too (`access`), until `expires_at`."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    user_id: UUID
    access: str
    expires_at: datetime | None


class TicketSlaBreached(
    Event, type="ticketing.ticket.sla_breached.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """The time is over; once for each clock of a ticket. `clock` is first_response or resolution."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    clock: str
    due_at: datetime


class TicketSlaWarned(
    Event, type="ticketing.ticket.sla_warned.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """The share of the time is used at which the policy warns; `clock` is first_response or resolution."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    clock: str
    due_at: datetime


class TicketUnfollowed(
    Event, type="ticketing.ticket.unfollowed.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """Somebody has heard enough."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    user_id: UUID


class TicketUnshared(
    Event, type="ticketing.ticket.unshared.v1", topic="crm.ticketing.ticket", key="ticket_id"
):
    """The ticket is not shared with a user any more."""

    occurred_at: datetime
    owner_path: tuple[UUID, ...] | None = None
    ticket_id: UUID
    state: TicketState
    user_id: UUID
