"""Commands on surveys: who is asked, who answers, and what the ticket keeps of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED, KekRing
from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound
from libs.contracts.ticketing import SurveyMailRequested
from libs.platform.links import opened as payload_of
from libs.platform.references.replica import subject_behind
from services.ticketing.surveys.commands import (
    LINK,
    answer_by_link,
    ask_after_close,
    end_mail,
    erase_surveys,
    record_answer,
)
from services.ticketing.surveys.model import Survey
from services.ticketing.surveys.queries import latest_of
from services.ticketing.surveys.schemas import Answer, SurveyCreate
from services.ticketing.tickets.model import Ticket
from tests.factories.directory import uid
from tests.factories.ticketing import NOW, make_survey, make_ticket
from tests.ticketing.acting import OWN, a_contact, an_actor, equip, kept, kinds

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def closed(session: AsyncSession, contact_id: UUID | None = None, **details: Any) -> Ticket:
    """A ticket of user 1 that was closed just now."""
    subject_id = None if contact_id is None else await subject_behind(session, "contact", contact_id)
    known = {"subject_id": subject_id or new_id(), "contact_id": contact_id, "owner_id": uid(1)}
    ticket = make_ticket(number=f"T-{new_id()}", **known | details)
    ticket.close(None, NOW, NOW)
    return await kept(session, ticket)


async def asked(session: AsyncSession, ticket: Ticket) -> Survey | None:
    await ask_after_close(session, ticket.id, NOW)
    await session.flush()
    return await latest_of(session, ticket.id)


class TestAskAfterClose:
    async def test_sends_the_contact_a_link(self, session: AsyncSession) -> None:
        ticket = await closed(session, await a_contact(session))

        survey = await asked(session, ticket)

        assert survey is not None
        assert kinds(session) == ["SurveyPrepared", "SurveyMailRequested"]
        mail = recorded(session)[-1]
        assert isinstance(mail, SurveyMailRequested)
        assert (mail.to, mail.purpose, mail.mail_id) == ("wei@example.com", "service", survey.id)
        link = mail.text.split()[-1]
        ring: KekRing = session.info["ring"]
        assert link.startswith("https://support.example/l/s/")
        assert payload_of(ring, LINK, link.rpartition("/")[2]) == survey.id.bytes

    async def test_speaks_his_language(self, session: AsyncSession) -> None:
        ticket = await closed(session, await a_contact(session, language="zh-CN"))

        await asked(session, ticket)

        mail = recorded(session)[-1]
        assert isinstance(mail, SurveyMailRequested)
        assert "满意" in mail.subject_line

    async def test_asks_a_contact_once_in_a_while(self, session: AsyncSession) -> None:
        contact_id = await a_contact(session)
        first, second = await closed(session, contact_id), await closed(session, contact_id)

        assert await asked(session, first) is not None
        assert await asked(session, second) is None

    async def test_asks_every_time_without_a_pause(self, session: AsyncSession) -> None:
        equip(session, survey_pause_days=0)
        contact_id = await a_contact(session)
        tickets = [await closed(session, contact_id), await closed(session, contact_id)]

        assert all([await asked(session, ticket) for ticket in tickets])

    async def test_asks_again_after_the_pause(self, session: AsyncSession) -> None:
        contact_id = await a_contact(session)
        await asked(session, await closed(session, contact_id))
        session.info["now"] = NOW + timedelta(days=15)
        again = make_ticket(contact_id=contact_id, number="T-2", subject_id=new_id())
        again.close(None, session.info["now"], session.info["now"])
        await kept(session, again)

        await ask_after_close(session, again.id, session.info["now"])
        await session.flush()

        assert "SurveyPrepared" in kinds(session)

    @pytest.mark.parametrize("lack", ["contact", "address", "person", "score"])
    async def test_does_not_ask_in_vain(self, session: AsyncSession, lack: str) -> None:
        contact = {
            "contact": None,
            "address": await a_contact(session, email=None),
            "person": await a_contact(session, erased_at=NOW),
            "score": await a_contact(session),
        }[lack]
        ticket = await closed(session, contact)
        if lack == "score":
            ticket.rate(4, NOW, NOW)
            await session.flush()
            session.info["recorded"] = []

        assert await asked(session, ticket) is None
        assert kinds(session) == []

    async def test_does_not_ask_about_the_past(self, session: AsyncSession) -> None:
        ticket = await closed(session, await a_contact(session))
        session.info["now"] = NOW + timedelta(hours=25)

        assert await asked(session, ticket) is None

    async def test_does_not_ask_about_what_was_opened_again(self, session: AsyncSession) -> None:
        ticket = await closed(session, await a_contact(session))
        ticket.reopen(None, NOW, NOW)
        await session.flush()

        assert await asked(session, ticket) is None


class TestAnswerByLink:
    async def test_keeps_the_score_with_survey_and_ticket(self, session: AsyncSession) -> None:
        ticket = await closed(session, await a_contact(session))
        survey = await kept(session, make_survey(ticket))

        await answer_by_link(session, survey.id, Answer(score=2, comment="Slow"))
        await session.flush()

        assert kinds(session) == ["SurveyAnswered", "SurveyLowScoreReceived", "TicketRated"]
        assert (survey.score, survey.comment, ticket.csat_score) == (2, "Slow", 2)

    async def test_rejects_a_second_answer(self, session: AsyncSession) -> None:
        survey = await kept(session, make_survey(await closed(session)))
        await answer_by_link(session, survey.id, Answer(score=4))
        await session.flush()

        with pytest.raises(Conflict, match="already-answered"):
            await answer_by_link(session, survey.id, Answer(score=5))
        assert survey.score == 4

    async def test_knows_no_survey_of_a_deleted_ticket(self, session: AsyncSession) -> None:
        ticket = await closed(session)
        survey = await kept(session, make_survey(ticket))
        ticket.delete(LATER)
        await session.flush()

        with pytest.raises(NotFound):
            await answer_by_link(session, survey.id, Answer(score=4))


class TestRecordAnswer:
    async def test_makes_a_survey_of_what_was_said(self, session: AsyncSession) -> None:
        ticket = await closed(session)

        survey = await record_answer(session, SurveyCreate(ticket_id=ticket.id, score=5), an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["SurveyPrepared", "SurveyAnswered", "TicketRated"]
        assert (survey.channel, ticket.csat_score) == ("agent", 5)

    async def test_answers_the_one_that_he_was_sent(self, session: AsyncSession) -> None:
        ticket = await closed(session)
        sent = await kept(session, make_survey(ticket))

        survey = await record_answer(session, SurveyCreate(ticket_id=ticket.id, score=3), an_actor(), LATER)

        assert (survey.id, survey.channel) == (sent.id, "email")

    async def test_keeps_a_second_word_beside_the_first(self, session: AsyncSession) -> None:
        ticket = await closed(session)
        await record_answer(session, SurveyCreate(ticket_id=ticket.id, score=3), an_actor(), LATER)
        await session.flush()

        await record_answer(session, SurveyCreate(ticket_id=ticket.id, score=4), an_actor(), LATER)

        assert ticket.csat_score == 4

    async def test_waits_until_it_is_resolved(self, session: AsyncSession) -> None:
        ticket = await kept(session, make_ticket(owner_id=uid(1)))

        with pytest.raises(Conflict, match="ticket-unresolved"):
            await record_answer(session, SurveyCreate(ticket_id=ticket.id, score=3), an_actor(), LATER)

    async def test_asks_for_the_right_to_write_the_past(self, session: AsyncSession) -> None:
        ticket = await closed(session)
        early = SurveyCreate(ticket_id=ticket.id, score=3, occurred_at=NOW)

        with pytest.raises(Forbidden):
            await record_answer(session, early, an_actor(OWN), LATER)


class TestEndMail:
    async def test_keeps_when_it_was_sent(self, session: AsyncSession) -> None:
        survey = await kept(session, make_survey(await closed(session)))

        await end_mail(session, survey.id, "sent", None)
        await end_mail(session, new_id(), "sent", None)
        await session.flush()

        assert (kinds(session), survey.sent_at) == (["SurveySent"], NOW)


class TestEraseSurveys:
    async def test_blanks_the_comment(self, session: AsyncSession) -> None:
        survey = await kept(session, make_survey(await closed(session)))
        await answer_by_link(session, survey.id, Answer(score=4, comment="I am Wei Li"))
        await session.flush()

        await erase_surveys(session, [survey.subject_id], LATER)

        assert (survey.comment, survey.score) == (ERASED, 4)
