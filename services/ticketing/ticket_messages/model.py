"""What was said on a ticket: a reply to the customer, a note among us, or his own words."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.crypto import ERASED
from libs.common.db import Aggregate, Base
from libs.contracts.ticketing import (
    TicketMessageDelivered,
    TicketMessageErased,
    TicketMessageFact,
    TicketMessageMailRequested,
    TicketMessagePosted,
    TicketMessageState,
    TicketMessageUndelivered,
)


class Kind(StrEnum):
    """Whose words they are, and for whom."""

    REPLY = "reply"
    NOTE = "note"
    INBOUND = "inbound"


QUEUED, SENT = "queued", "sent"


class TicketMessage(Aggregate, Base):
    """Written once; only what becomes of its mail changes, and an erasure."""

    __tablename__ = "ticket_message"

    ticket_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    kind: Mapped[str]
    body: Mapped[str]
    author_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    message_id: Mapped[str | None]
    mail_status: Mapped[str | None]
    posted_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    @classmethod
    def post(cls, identity: UUID, details: Mapping[str, Any], posted_at: datetime, now: datetime) -> Self:
        """Write it down; `details` holds ticket, subject, kind, body, author and contact."""
        made = cls(id=identity, created_at=now, updated_at=now, posted_at=posted_at, **details)
        made._tell(TicketMessagePosted, posted_at)
        return made

    def ask_mail(self, mail: Mapping[str, Any], now: datetime) -> None:
        """Have it sent to the contact; `mail` holds what a mail request says beside mail and subject."""
        self.message_id, self.mail_status, self.updated_at = mail["message_id"], QUEUED, now
        about = {"mail_id": self.id, "subject_id": self.subject_id}
        self._tell(TicketMessageMailRequested, now, **about, **mail)

    def mail_ended(self, status: str, reason: str | None, now: datetime) -> None:
        """Keep what became of its mail: sent, failed or cancelled."""
        if self.mail_status != status:
            self.mail_status, self.updated_at = status, now
            if status == SENT:
                self._tell(TicketMessageDelivered, now)
            else:
                self._tell(TicketMessageUndelivered, now, reason=reason or status)

    def erase(self, now: datetime) -> None:
        """Blank what was said, for good; erasing twice is erasing once."""
        if self.erased_at is None:
            self.body, self.erased_at, self.updated_at = ERASED, now, now
            self._tell(TicketMessageErased, now)

    def state(self) -> TicketMessageState:
        """Return the public read shape; its text is sealed on its way out."""
        return TicketMessageState.model_validate(self, from_attributes=True)

    def _tell(self, fact: type[TicketMessageFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(ticket_message_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
