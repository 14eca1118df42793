"""What can be done with a survey."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.problems import Conflict, NotFound
from libs.platform.access.actor import Actor, load
from libs.platform.links import sign
from libs.platform.references.people import person_at
from services.ticketing.settings import Settings
from services.ticketing.surveys import queries
from services.ticketing.surveys.model import Channel, Survey
from services.ticketing.surveys.schemas import Answer, SurveyCreate, question_mail
from services.ticketing.tickets.model import UNRESOLVED, Ticket
from services.ticketing.tickets.queries import find_ticket, in_my_queues

LINK = "survey"
_STALE = timedelta(hours=24)


async def ask_after_close(session: AsyncSession, ticket_id: UUID, closed_at: datetime) -> None:
    """Ask the contact of a ticket that was just closed, unless he has no address or was asked lately."""
    now: datetime = session.info["now"]
    ticket = await find_ticket(session, ticket_id)
    if ticket is None or ticket.contact_id is None or ticket.closed_at != closed_at:
        return
    person = await person_at(session, ticket.contact_id)
    if now - closed_at >= _STALE or ticket.csat_score is not None or person is None or not person["email"]:
        return
    latest = await queries.latest_of(session, ticket.id)
    if latest is not None and latest.created_at >= closed_at:
        return
    settings: Settings = session.info["settings"]
    pause = timedelta(days=settings.survey_pause_days)
    # The ticket is locked, the contact is not: two of his tickets closed in one moment may ask him twice.
    if pause and await queries.was_asked_since(session, person["id"], now - pause):
        return
    await _ask(session, ticket, person, settings, now)


async def record_answer(session: AsyncSession, asked: SurveyCreate, actor: Actor, now: datetime) -> Survey:
    """Write down what a customer said to a colleague."""
    at = actor.instant(asked.occurred_at, now)
    ticket = await _ticket(session, asked.ticket_id, actor)
    if ticket.status_category in UNRESOLVED:
        raise Conflict("ticket-unresolved", id=ticket.id)
    survey = await queries.latest_of(session, ticket.id)
    if survey is None or survey.answered_at is not None:
        details = {name: getattr(ticket, name) for name in ("contact_id", "subject_id")}
        details |= {"ticket_id": ticket.id, "channel": Channel.AGENT}
        survey = Survey.prepare(new_id(), details, now)
        session.add(survey)
    _answer(session, survey, ticket, asked, at)
    return survey


async def answer_by_link(session: AsyncSession, survey_id: UUID, asked: Answer) -> Ticket:
    """Keep the answer of a customer who followed his link; return the ticket that it is about."""
    survey = await queries.find_survey(session, survey_id)
    ticket = None if survey is None else await find_ticket(session, survey.ticket_id)
    if survey is None or ticket is None or ticket.deleted_at is not None:
        raise NotFound
    _answer(session, survey, ticket, asked, session.info["now"])
    return ticket


async def end_mail(session: AsyncSession, identity: UUID, status: str, reason: str | None) -> None:
    """Keep what became of the mail with a question."""
    found = await queries.find_survey(session, identity)
    if found is not None:
        found.mail_ended(status, reason, session.info["now"])


async def erase_surveys(session: AsyncSession, subject_ids: Sequence[UUID], now: datetime) -> None:
    """Blank the comments of people who were forgotten."""
    for survey in await queries.speaking_of(session, subject_ids):
        survey.erase(now)


async def _ticket(session: AsyncSession, identity: UUID, actor: Actor) -> Ticket:
    """Return the locked ticket that a body names; it is not the record that the request is about."""
    also = in_my_queues(actor)
    try:
        return await load(session, Ticket, identity, actor, "ticket:update", for_update=True, also=also)
    except NotFound as error:
        raise Conflict("unknown-reference", detail=f"ticket {identity}") from error


async def _ask(
    session: AsyncSession, ticket: Ticket, person: RowMapping, settings: Settings, now: datetime
) -> None:
    identity = new_id()
    details = {"ticket_id": ticket.id, "contact_id": person["id"], "subject_id": ticket.subject_id}
    survey = Survey.prepare(identity, details | {"channel": Channel.EMAIL}, now)
    link = f"{settings.public_url.rstrip('/')}/l/s/{sign(session.info['ring'], LINK, identity.bytes)}"
    subject_line, text = question_mail(ticket.number, link, (person["language"] or "en")[:2])
    mail = {
        "message_id": f"<{identity}@{urlsplit(settings.public_url).hostname}>",
        "purpose": "service",
        "to": person["email"],
        "subject_line": subject_line,
        "text": text,
        "from_name": settings.support_name,
        "reply_to": settings.support_address,
        "not_after": now + _STALE,
    }
    survey.ask_mail(mail, now)
    session.add(survey)


def _answer(session: AsyncSession, survey: Survey, ticket: Ticket, asked: Answer, at: datetime) -> None:
    now: datetime = session.info["now"]
    settings: Settings = session.info["settings"]
    low, owner_id = settings.survey_low_score, ticket.owner_id
    survey.answer(asked.score, asked.comment, at, now, low=low, owner_id=owner_id)
    ticket.rate(asked.score, at, now)
