"""Calendars, policies, queues, tickets, messages and surveys, valid by default."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.ids import new_id
from services.ticketing.business_time import BusinessTime
from services.ticketing.calendars.model import Calendar
from services.ticketing.clocks import Terms
from services.ticketing.queues.model import Queue
from services.ticketing.sla_policies.model import SlaPolicy
from services.ticketing.surveys.model import Survey
from services.ticketing.ticket_messages.model import TicketMessage
from services.ticketing.tickets.model import Ticket

# A Monday.
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALWAYS = BusinessTime(ZoneInfo("UTC"))
NINE_TO_FIVE = tuple({"weekday": day, "begins": 9 * 60, "ends": 17 * 60} for day in range(5))
OFFICE = BusinessTime(ZoneInfo("UTC"), (((9 * 60, 17 * 60),),) * 5 + ((),) * 2)


def make_calendar(*, hours: Any = (), **details: Any) -> Calendar:
    facts = {"name": "Always", "time_zone": "UTC", "holiday_country": None, "holiday_subdivision": None}
    return Calendar.add({**facts, "hours": list(hours), "own_days": [], **details}, NOW)


def make_target(
    priority: str = "any", response: int | None = 30, resolution: int | None = 1440
) -> dict[str, Any]:
    return {"priority": priority, "first_response_minutes": response, "resolution_minutes": resolution}


def make_sla_policy(calendar_id: UUID | None = None, **details: Any) -> SlaPolicy:
    facts: dict[str, Any] = {"name": "Standard", "position": 100, "warn_at_percent": 80}
    facts |= {"priorities": [], "categories": [], "channels": [], "tiers": []}
    facts |= {"calendar_id": calendar_id or new_id(), "targets": [make_target()]}
    return SlaPolicy.adopt({**facts, **details}, NOW)


def make_queue(*members: UUID, assignment: str = "round-robin", name: str = "Support") -> Queue:
    return Queue.open({"name": name, "assignment": assignment, "member_ids": list(members)}, NOW)


def make_terms(
    response: int | None = 30, resolution: int | None = 1440, warn_at_percent: int | None = 80
) -> Terms:
    minutes = [None if each is None else timedelta(minutes=each) for each in (response, resolution)]
    return Terms(new_id(), new_id(), minutes[0], minutes[1], warn_at_percent)


def make_ticket(
    terms: Terms | None = None,
    business: BusinessTime | None = None,
    *,
    opened_at: datetime = NOW,
    **details: Any,
) -> Ticket:
    """A ticket without targets, unless `terms` says which; counted round the clock, or in `business` time."""
    facts: dict[str, Any] = dict.fromkeys(
        ("description", "category", "tier", "account_id", "contact_id", "queue_id")
    )
    facts |= {"number": "T-000001", "subject": "It does not work", "channel": "email", "priority": "medium"}
    facts |= {"subject_id": new_id(), "owner_id": new_id(), **details}
    counted = business or (ALWAYS if terms else None)
    return Ticket.open(facts, terms=terms, business=counted, opened_at=opened_at, now=opened_at)


def make_message(ticket: Ticket, *, kind: str = "reply", body: str = "Try it again.") -> TicketMessage:
    details = {"ticket_id": ticket.id, "subject_id": ticket.subject_id, "contact_id": ticket.contact_id}
    facts: dict[str, Any] = {**details, "kind": kind, "body": body, "author_id": new_id()}
    return TicketMessage.post(new_id(), facts, NOW, NOW)


def make_survey(ticket: Ticket, *, channel: str = "email") -> Survey:
    details = {"ticket_id": ticket.id, "contact_id": ticket.contact_id, "subject_id": ticket.subject_id}
    return Survey.prepare(new_id(), {**details, "channel": channel}, NOW)
