"""Ticket messages as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import Instant, LongText
from services.ticketing.ticket_messages.model import Kind


class TicketMessageCreate(BaseModel):
    """A reply to the customer, a note among us, or (inbound) what he said; `occurred_at` is of the past."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Kind.REPLY
    body: Annotated[LongText, Field(min_length=1)]
    occurred_at: Instant | None = None


class TicketMessageRead(BaseModel):
    """What was said on a ticket; `mail_status` is queued, sent, failed or cancelled where a mail was made."""

    shows: ClassVar[str] = "ticket-message"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    ticket_id: UUID
    kind: str
    body: str
    author_id: UUID | None
    contact_id: UUID | None
    mail_status: str | None
    posted_at: datetime
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None
