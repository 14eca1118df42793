"""What a survey allows, and what it tells."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.crypto import ERASED
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.ticketing import (
    SurveyAnswered,
    SurveyErased,
    SurveyLowScoreReceived,
    SurveyMailRequested,
    SurveyPrepared,
    SurveySent,
    SurveyUndelivered,
)
from services.ticketing.surveys.model import Survey
from tests.factories.records import told
from tests.factories.ticketing import NOW, make_survey, make_ticket

LATER = NOW + timedelta(hours=1)
OWNER = new_id()
MAIL: dict[str, Any] = {
    "message_id": "<1@support.example>",
    "purpose": "service",
    "to": "wei@example.com",
    "subject_line": "How content are you?",
    "text": "https://support.example/l/s/token",
    "not_after": LATER,
}


def answer(survey: Survey, score: int, comment: str | None = None) -> None:
    survey.answer(score, comment, LATER, LATER, low=2, owner_id=OWNER)


class TestPrepare:
    def test_records_survey_prepared(self) -> None:
        ticket = make_ticket(contact_id=new_id())

        survey = make_survey(ticket)

        (prepared,) = told(survey)
        assert prepared == SurveyPrepared(survey_id=survey.id, occurred_at=NOW, state=survey.state())
        assert (prepared.state.ticket_id, prepared.state.contact_id) == (ticket.id, ticket.contact_id)
        assert (prepared.state.score, prepared.state.sent_at) == (None, None)


class TestMail:
    def test_is_asked_for_in_the_contacts_name(self) -> None:
        survey = make_survey(make_ticket(contact_id=new_id()))

        survey.ask_mail(MAIL, LATER)

        mail = told(survey)[-1]
        assert isinstance(mail, SurveyMailRequested)
        assert (mail.mail_id, mail.contact_id, mail.purpose) == (survey.id, survey.contact_id, "service")
        assert (mail.state.mail_status, mail.state.sent_at) == ("queued", None)

    def test_was_sent_when_it_left(self) -> None:
        survey = make_survey(make_ticket())

        for _ in range(2):
            survey.mail_ended("sent", None, LATER)

        (_, sent) = told(survey)
        assert isinstance(sent, SurveySent)
        assert (sent.state.sent_at, sent.state.mail_status) == (LATER, "sent")

    def test_says_why_it_did_not_leave(self) -> None:
        survey = make_survey(make_ticket())

        survey.mail_ended("failed", "no such mailbox", LATER)

        undelivered = told(survey)[-1]
        assert isinstance(undelivered, SurveyUndelivered)
        assert (undelivered.reason, undelivered.state.sent_at) == ("no such mailbox", None)


class TestAnswer:
    @pytest.mark.parametrize("score", [3, 4, 5])
    def test_records_the_score(self, score: int) -> None:
        survey = make_survey(make_ticket())

        answer(survey, score, "Thank you")

        (_, answered) = told(survey)
        assert isinstance(answered, SurveyAnswered)
        assert (answered.score, answered.state.score, answered.state.answered_at) == (score, score, LATER)
        assert answered.state.comment == "Thank you"

    @pytest.mark.parametrize("score", [1, 2])
    def test_tells_of_a_low_score_apart(self, score: int) -> None:
        survey = make_survey(make_ticket())

        answer(survey, score)

        low = told(survey)[-1]
        assert isinstance(low, SurveyLowScoreReceived)
        assert (low.score, low.owner_id) == (score, OWNER)

    def test_rejects_a_second_answer(self) -> None:
        survey = make_survey(make_ticket())
        answer(survey, 4)

        with pytest.raises(Conflict, match="already-answered"):
            answer(survey, 5)

        assert (survey.score, len(told(survey))) == (4, 2)


class TestErase:
    def test_blanks_the_comment_and_keeps_the_score(self) -> None:
        survey = make_survey(make_ticket())
        answer(survey, 4, "I am Wei Li")

        for _ in range(2):
            survey.erase(LATER)

        assert [type(event) for event in told(survey)[2:]] == [SurveyErased]
        assert (survey.comment, survey.score) == (ERASED, 4)

    def test_takes_no_answer_afterwards(self) -> None:
        survey = make_survey(make_ticket())
        survey.erase(NOW)

        with pytest.raises(Conflict, match="erased"):
            answer(survey, 4)
        assert (survey.comment, survey.score) == (None, None)
