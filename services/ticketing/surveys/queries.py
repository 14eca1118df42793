"""Every SELECT on surveys."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.common.problems import NotFound
from libs.platform.access.actor import Actor
from services.ticketing.surveys.model import Survey
from services.ticketing.surveys.schemas import SurveyRead
from services.ticketing.tickets.model import Ticket
from services.ticketing.tickets.queries import visible_tickets

_COLUMNS: dict[str, Any] = {name: getattr(Survey, name) for name in SurveyRead.model_fields}

LISTING = Listing(
    "surveys",
    columns=_COLUMNS,
    filters={
        "id": Filter(Survey.id),
        "ticket_id": Filter(Survey.ticket_id),
        "contact_id": Filter(Survey.contact_id),
        "channel": Filter(Survey.channel),
        "score": Filter(Survey.score),
        "mail_status": Filter(Survey.mail_status),
        "sent_at": Filter(Survey.sent_at),
        "answered_at": Filter(Survey.answered_at),
        "created_at": Filter(Survey.created_at),
        "updated_at": Filter(Survey.updated_at),
        "erased_at": Filter(Survey.erased_at),
    },
    sorts=("created_at", "updated_at", "answered_at", "score"),
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the surveys about tickets that the actor may read, as JSON."""
    return await LISTING.page(source, LISTING.parse(parameters), _seen_by(actor))


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one survey about a ticket that the actor may read."""
    return await LISTING.read(source, identity, _seen_by(actor))


async def behind_link(connection: AsyncConnection, identity: UUID) -> tuple[str, bool]:
    """Return the number of the ticket that a customer is asked about, and whether he has answered."""
    about = select(Ticket.number, Survey.answered_at).join(Ticket, Ticket.id == Survey.ticket_id)
    row = (
        await connection.execute(about.where(Survey.id == identity, Ticket.deleted_at.is_(None)))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.number, row.answered_at is not None


async def find_survey(session: AsyncSession, identity: UUID) -> Survey | None:
    """Return a survey, locked."""
    return await session.get(Survey, identity, with_for_update=True)


async def latest_of(session: AsyncSession, ticket_id: UUID) -> Survey | None:
    """Return the newest survey about a ticket, locked."""
    newest = select(Survey).where(Survey.ticket_id == ticket_id).order_by(Survey.created_at.desc()).limit(1)
    return (await session.scalars(newest.with_for_update())).one_or_none()


async def was_asked_since(session: AsyncSession, contact_id: UUID, since: datetime) -> bool:
    """Tell whether a contact has been asked about any ticket since an instant."""
    asked = select(Survey.id).where(
        Survey.contact_id == contact_id, Survey.created_at > since, Survey.mail_status.is_not(None)
    )
    return (await session.execute(asked.limit(1))).first() is not None


async def speaking_of(session: AsyncSession, subject_ids: Sequence[UUID]) -> list[Survey]:
    """Return the surveys of these subjects, locked in order."""
    statement = select(Survey).where(Survey.subject_id.in_(subject_ids))
    return list((await session.scalars(statement.order_by(Survey.id).with_for_update())).all())


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    return Survey.ticket_id.in_(visible_tickets(actor))
