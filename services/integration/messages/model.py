"""A message: one mail to one person, from the request until it left, failed or was cancelled."""

from datetime import datetime
from typing import Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.integration import (
    MessageCancelled,
    MessageFact,
    MessageFailed,
    MessageQueued,
    MessageSent,
    MessageState,
)
from libs.contracts.mail import EMAIL, MailRequested

register(
    {
        "being-sent": ("The message is being sent right now", "该消息正在发送"),
        "not-queued": ("The message is not waiting any more", "该消息已不在等待发送"),
    }
)

QUEUED, SENT, FAILED, CANCELLED = "queued", "sent", "failed", "cancelled"
TOO_LATE, REFUSED, MALFORMED = "too-late", "refused", "malformed"
WITHDRAWN, ERASED, BY_HAND = "consent-withdrawn", "erased", "by-hand"

# What a mail says, sealed as it came in its event, only until it left; and when it is tried next. A lease is
# the time in which one sender may send it; `stop_reason` ends it when that sender did not get it out.
mail_content = sa.Table(
    "mail_content",
    Base.metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("contact_id", sa.Uuid),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("event_key", sa.Uuid, nullable=False),
    sa.Column("fields", JSONB, nullable=False),
    sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
    sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("lease_until", sa.DateTime(timezone=True)),
    sa.Column("attempts", sa.BigInteger, nullable=False),
    sa.Column("stop_reason", sa.Text),
)

# Who said no, by purpose: a request that was under way then is not sent either.
consent_withdrawal = sa.Table(
    "consent_withdrawal",
    Base.metadata,
    sa.Column("contact_id", sa.Uuid, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
)


class Message(Aggregate, Base):
    """Who asked for it, and what became of it; what it says stands beside it only until it left."""

    __tablename__ = "message"

    owner_id: Mapped[UUID | None]
    about_type: Mapped[str]
    about_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    channel: Mapped[str]
    purpose: Mapped[str]
    message_id: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int]
    reason: Mapped[str | None]
    reply_code: Mapped[int | None]
    not_after: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @classmethod
    def queue(cls, asked: MailRequested, about_type: str, now: datetime) -> Self:
        """Take a mail in that the aggregate `asked` belongs to wants to be sent."""
        made = cls(
            id=asked.mail_id,
            owner_id=getattr(getattr(asked, "state", None), "owner_id", None),
            about_type=about_type,
            about_id=asked.aggregate_id,
            contact_id=asked.contact_id,
            subject_id=asked.subject_id,
            channel=EMAIL,
            purpose=asked.purpose,
            message_id=asked.message_id,
            status=QUEUED,
            attempts=0,
            not_after=asked.not_after,
            created_at=now,
            updated_at=now,
        )
        made._tell(MessageQueued, now)
        return made

    def mark_sent(self, attempts: int, now: datetime) -> None:
        """Say that the receiving side took it."""
        self._finish(SENT, None, now, attempts=attempts)
        self._tell(MessageSent, now)

    def fail(self, reason: str, now: datetime, *, attempts: int, reply_code: int | None = None) -> None:
        """Say why it will never arrive."""
        self._finish(FAILED, reason, now, attempts=attempts)
        self.reply_code = reply_code
        self._tell(MessageFailed, now)

    def cancel(self, reason: str, now: datetime, *, attempts: int = 0) -> None:
        """Keep it in the house."""
        if self.status != QUEUED:
            raise Conflict("not-queued")
        self._finish(CANCELLED, reason, now, attempts=attempts)
        self._tell(MessageCancelled, now)

    def state(self) -> MessageState:
        """Return the public read shape."""
        return MessageState.model_validate(self, from_attributes=True)

    def _finish(self, status: str, reason: str | None, now: datetime, *, attempts: int) -> None:
        self.status, self.reason, self.attempts = status, reason, attempts
        self.finished_at = self.updated_at = now

    def _tell(self, kind: type[MessageFact], occurred_at: datetime) -> None:
        self.record(kind(mail_id=self.id, occurred_at=occurred_at, state=self.state()))
