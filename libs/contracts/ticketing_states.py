"""What ticketing's events carry as `state`: the public read shapes of its aggregates after a change."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from libs.common.events import Personal, State
from libs.contracts.collaborators import SharedState


class TicketState(SharedState):
    """A request for help; `subject_id` names the key of its free text.

    `status_category` is open, waiting, resolved or closed, and `status` the name within it. `csat_score` is 1
    to 5. `reopened_count` says how often it was not solved after all.
    """

    id: UUID
    number: str
    subject_id: UUID
    subject: Personal[str]
    description: Personal[str] | None = None
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
    follower_ids: tuple[UUID, ...] = ()
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
    reopened_count: int = 0
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    erased_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class TicketMessageState(State):
    """What was said on a ticket: `kind` is reply (to the customer), note (among us) or inbound (from him)."""

    read_with: ClassVar[tuple[str, str] | None] = ("ticket", "ticket_id")

    id: UUID
    ticket_id: UUID
    subject_id: UUID
    kind: str
    body: Personal[str]
    author_id: UUID | None = None
    contact_id: UUID | None = None
    message_id: str | None = None
    mail_status: str | None = None
    posted_at: datetime
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    erased_at: datetime | None = None


class QueueState(State):
    """Where tickets wait, and who works on them; `assignment` is round-robin, least-open or manual."""

    id: UUID
    name: str
    assignment: str
    member_ids: tuple[UUID, ...] = ()
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class OpeningState(State):
    """Hours of work, in minutes from local midnight; `ends` is 1440 for midnight itself."""

    begins: int
    ends: int


class HoursState(OpeningState):
    """Hours of work on one day of the week; 0 is Monday."""

    weekday: int


class OwnDayState(State):
    """A day that is otherwise than its weekday: without hours it is off."""

    day: date
    name: str | None = None
    hours: tuple[OpeningState, ...] = ()


class CalendarState(State):
    """When we work: hours in a time zone, less public holidays, and days of our own. No hours: always."""

    id: UUID
    name: str
    time_zone: str
    hours: tuple[HoursState, ...] = ()
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    own_days: tuple[OwnDayState, ...] = ()
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class SlaTargetState(State):
    """How soon tickets of one priority are answered and solved, in business minutes."""

    priority: str
    first_response_minutes: int | None = None
    resolution_minutes: int | None = None


class SlaPolicyState(State):
    """Which tickets it holds for (nothing given: all), and its targets; the lowest `position` comes first."""

    id: UUID
    name: str
    position: int
    calendar_id: UUID
    priorities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    targets: tuple[SlaTargetState, ...] = ()
    warn_at_percent: int | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    external_system: str | None = None
    external_id: str | None = None


class SurveyState(State):
    """How content a customer is with a ticket, from 1 to 5; `subject_id` names the key of his comment.

    `channel` says how he was asked or answered: email, or agent when a colleague wrote it down.
    """

    read_with: ClassVar[tuple[str, str] | None] = ("ticket", "ticket_id")

    id: UUID
    ticket_id: UUID
    contact_id: UUID | None = None
    subject_id: UUID
    channel: str
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    score: int | None = None
    comment: Personal[str] | None = None
    mail_status: str | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    erased_at: datetime | None = None
