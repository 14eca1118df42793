"""Facts of ticketing as other services read them, valid by default, named by small numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.ticketing import (
    QueueOpened,
    QueueState,
    SurveyPrepared,
    SurveyState,
    TicketFact,
    TicketMessagePosted,
    TicketMessageState,
    TicketOpened,
    TicketState,
)

OPENED = datetime(2026, 1, 10, 9, tzinfo=UTC)
_TIMES = {"created_at": OPENED, "updated_at": OPENED}


def ticket(
    number: int, kind: type[TicketFact] = TicketOpened, hours: float | None = None, **state: Any
) -> TicketFact:
    """A ticket, resolved so many hours after it was opened; its subject has the same number."""
    facts = {name: state.pop(name) for name in set(state) & set(kind.model_fields) - {"state"}}
    opened_at = state.get("opened_at", OPENED)
    given: dict[str, Any] = {
        "id": UUID(int=number),
        "number": f"T-{number}",
        "subject_id": UUID(int=number),
        "subject": "It does not start",
        "channel": "email",
        "priority": "high",
        "category": "Billing",
        "status": "new",
        "status_category": "open",
        "owner_id": UUID(int=2),
        "opened_at": opened_at,
    }
    if hours is not None:
        given |= {"status_category": "resolved", "resolved_at": opened_at + timedelta(hours=hours)}
    made = TicketState(**(_TIMES | given | state))
    return kind(ticket_id=made.id, occurred_at=opened_at, state=made, **facts)


def queue(number: int, *members: int, name: str = "First line") -> QueueOpened:
    people = tuple(UUID(int=each) for each in members)
    state = QueueState(id=UUID(int=number), name=name, assignment="manual", member_ids=people, **_TIMES)
    return QueueOpened(queue_id=state.id, occurred_at=OPENED, state=state)


def survey(number: int, ticket_number: int, **state: Any) -> SurveyPrepared:
    given = {"id": UUID(int=number), "ticket_id": UUID(int=ticket_number), "subject_id": UUID(int=number)}
    made = SurveyState(**(_TIMES | given | {"channel": "email"} | state))
    return SurveyPrepared(survey_id=made.id, occurred_at=OPENED, state=made)


def message(number: int, ticket_number: int, at: datetime = OPENED, **state: Any) -> TicketMessagePosted:
    given = {"id": UUID(int=number), "ticket_id": UUID(int=ticket_number), "subject_id": UUID(int=number)}
    words = {"kind": "reply", "body": "Please try again", "posted_at": at}
    made = TicketMessageState(**(_TIMES | given | words | state))
    return TicketMessagePosted(ticket_message_id=made.id, occurred_at=at, state=made)
