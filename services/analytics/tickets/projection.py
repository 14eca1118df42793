"""Every ticket as its newest event shows it, how often it came back, and what its customer said.

Rows and not sums: medians and percentiles cannot be added up.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.envelope import Envelope
from libs.common.projection import arrays, upsert
from libs.contracts.ticketing import (
    QueueFact,
    QueueOpened,
    SurveyFact,
    SurveyPrepared,
    TicketFact,
    TicketOpened,
    TicketReopened,
)
from libs.platform.directory.paths import joined

TICKET = {
    **dict.fromkeys(("ticket_id", "owner_id", "queue_id"), "uuid"),
    **dict.fromkeys(("owner_path", "channel", "category", "priority", "status_category"), "text"),
    **dict.fromkeys(("opened_at", "first_responded_at", "resolved_at", "closed_at"), "timestamptz"),
    **dict.fromkeys(("first_response_due_at", "resolution_due_at"), "timestamptz"),
    **dict.fromkeys(("first_response_breached", "resolution_breached", "is_deleted"), "boolean"),
    "csat_score": "smallint",
}
_SURVEY = {
    **dict.fromkeys(("survey_id", "ticket_id"), "uuid"),
    **dict.fromkeys(("sent_at", "answered_at"), "timestamptz"),
    "score": "smallint",
}
_QUEUE = {"queue_id": "uuid", "name": "text"}
_KEEP_TICKETS = upsert("ticket_standing", TICKET, ("ticket_id",))
_KEEP_SURVEYS = upsert("ticket_survey", _SURVEY, ("survey_id",))
_KEEP_QUEUES = upsert("ticket_queue", _QUEUE, ("queue_id",))
_REOPEN = text("""
INSERT INTO ticket_reopening (ticket_id, version, at)
SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[]), CAST(:instants AS timestamptz[]))
ON CONFLICT DO NOTHING
""")


class Tickets:
    """The read model."""

    name = "tickets"
    topics = (QueueOpened.topic, SurveyPrepared.topic, TicketOpened.topic)
    tables = ("ticket_standing", "ticket_reopening", "ticket_survey", "ticket_queue")
    ddl = """
    CREATE TABLE ticket_standing (
      ticket_id uuid PRIMARY KEY, owner_id uuid, queue_id uuid, owner_path text NOT NULL,
      channel text NOT NULL, category text, priority text NOT NULL, status_category text NOT NULL,
      opened_at timestamptz NOT NULL,
      first_responded_at timestamptz, resolved_at timestamptz, closed_at timestamptz,
      first_response_due_at timestamptz, resolution_due_at timestamptz, first_response_breached boolean,
      resolution_breached boolean, is_deleted boolean NOT NULL, csat_score smallint
    );
    CREATE INDEX ON ticket_standing (owner_id, opened_at);
    CREATE INDEX ON ticket_standing (opened_at);
    CREATE TABLE ticket_reopening (
      ticket_id uuid NOT NULL, version bigint NOT NULL, at timestamptz NOT NULL,
      PRIMARY KEY (ticket_id, version)
    );
    CREATE TABLE ticket_survey (
      survey_id uuid PRIMARY KEY, ticket_id uuid NOT NULL, sent_at timestamptz, answered_at timestamptz,
      score smallint
    );
    CREATE INDEX ON ticket_survey (ticket_id);
    CREATE TABLE ticket_queue (queue_id uuid PRIMARY KEY, name text NOT NULL)
    """

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Keep the newest state of each, and every reopening."""
        tickets: dict[UUID, dict[str, Any]] = {}
        surveys: dict[UUID, dict[str, Any]] = {}
        queues: dict[UUID, dict[str, Any]] = {}
        for each in envelopes:
            match each.event:
                case TicketFact() as fact:
                    tickets[fact.ticket_id] = standing(fact)
                case SurveyFact() as fact:
                    surveys[fact.survey_id] = {"survey_id": fact.survey_id, **fact.state.model_dump()}
                case QueueFact() as fact:
                    queues[fact.queue_id] = {"queue_id": fact.queue_id, "name": fact.state.name}
        await _reopen(session, envelopes)
        for rows, columns, statement in (
            (tickets, TICKET, _KEEP_TICKETS),
            (surveys, _SURVEY, _KEEP_SURVEYS),
            (queues, _QUEUE, _KEEP_QUEUES),
        ):
            if rows:
                await session.execute(statement, arrays(columns, [rows[key] for key in sorted(rows)]))


def standing(fact: TicketFact) -> dict[str, Any]:
    """Return what is kept of a ticket."""
    state = fact.state
    kept = {name: getattr(state, name) for name in TICKET if name in type(state).model_fields}
    return kept | {
        "ticket_id": fact.ticket_id,
        "owner_path": joined(fact.owner_path),
        "is_deleted": state.deleted_at is not None,
    }


async def _reopen(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    found = [(each.sequence, each.event) for each in envelopes if isinstance(each.event, TicketReopened)]
    if found:
        rows = {
            "ids": [fact.ticket_id for _, fact in found],
            "versions": [sequence for sequence, _ in found],
            "instants": [fact.occurred_at for _, fact in found],
        }
        await session.execute(_REOPEN, rows)
