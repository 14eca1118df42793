"""A survey: how content a customer is with one ticket, from 1 to 5."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.crypto import ERASED
from libs.common.db import Aggregate, Base
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.ticketing import (
    SurveyAnswered,
    SurveyErased,
    SurveyFact,
    SurveyLowScoreReceived,
    SurveyMailRequested,
    SurveyPrepared,
    SurveySent,
    SurveyState,
    SurveyUndelivered,
)

register(
    {
        "already-answered": ("The survey has been answered", "该调查已回答"),
        "ticket-unresolved": ("The ticket is not resolved yet", "工单尚未解决"),
    }
)


class Channel(StrEnum):
    """How he was asked, or who wrote his answer down."""

    EMAIL = "email"
    AGENT = "agent"


QUEUED, SENT = "queued", "sent"


class Survey(Aggregate, Base):
    """Answered once."""

    __tablename__ = "survey"

    ticket_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    channel: Mapped[str]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    score: Mapped[int | None]
    comment: Mapped[str | None]
    mail_status: Mapped[str | None]
    erased_at: Mapped[datetime | None]

    @classmethod
    def prepare(cls, identity: UUID, details: Mapping[str, Any], now: datetime) -> Self:
        """Let a customer say how content he is; `details` holds ticket, contact, subject and channel."""
        made = cls(id=identity, created_at=now, updated_at=now, **details)
        made._tell(SurveyPrepared, now)
        return made

    def ask_mail(self, mail: Mapping[str, Any], now: datetime) -> None:
        """Have the question sent; `mail` holds what a mail request says beside mail, subject and contact."""
        self.mail_status, self.updated_at = QUEUED, now
        about = {"mail_id": self.id, "subject_id": self.subject_id, "contact_id": self.contact_id}
        self._tell(SurveyMailRequested, now, **about, **mail)

    def mail_ended(self, status: str, reason: str | None, now: datetime) -> None:
        """Keep what became of its mail: sent, failed or cancelled."""
        if self.mail_status == status:
            return
        self.mail_status, self.updated_at = status, now
        if status == SENT:
            self.sent_at = now
            self._tell(SurveySent, now)
        else:
            self._tell(SurveyUndelivered, now, reason=reason or status)

    def answer(
        self, score: int, comment: str | None, at: datetime, now: datetime, *, low: int, owner_id: UUID | None
    ) -> None:
        """Keep the one answer; a score of at most `low` is told of apart, with whose ticket it was."""
        if self.erased_at is not None:
            raise Conflict("erased", id=self.id)
        if self.answered_at is not None:
            raise Conflict("already-answered", id=self.id)
        self.score, self.comment, self.answered_at, self.updated_at = score, comment, at, now
        self._tell(SurveyAnswered, at, score=score)
        if score <= low:
            self._tell(SurveyLowScoreReceived, at, score=score, owner_id=owner_id)

    def erase(self, now: datetime) -> None:
        """Blank the comment, for good; the score stays, for it names nobody."""
        if self.erased_at is None:
            self.comment = self.comment and ERASED
            self.erased_at = self.updated_at = now
            self._tell(SurveyErased, now)

    def state(self) -> SurveyState:
        """Return the public read shape; its comment is sealed on its way out."""
        return SurveyState.model_validate(self, from_attributes=True)

    def _tell(self, fact: type[SurveyFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(survey_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
