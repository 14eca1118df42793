"""Tickets as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import ExternalRef, Instant, LongText, Text, kept

Priority = Literal["low", "medium", "high", "critical"]
Score = Annotated[int, Field(strict=True, ge=1, le=5)]
Name = Annotated[Text, Field(max_length=64)]


class History(BaseModel):
    """The past of a ticket that is taken in late; it needs history:write."""

    model_config = ConfigDict(extra="forbid")

    first_responded_at: Instant | None = None
    status: Literal["escalated", "waiting-for-customer", "waiting-for-others"] | None = None
    resolved_at: Instant | None = None
    closed_at: Instant | None = None
    csat_score: Score | None = None


class TicketCreate(BaseModel):
    """A request for help; without queue and owner it is the caller's, in a queue its rule says whose."""

    model_config = ConfigDict(extra="forbid")

    subject: Text
    description: LongText | None = None
    channel: Name
    category: Name | None = None
    tier: Name | None = None
    priority: Priority = "medium"
    account_id: UUID | None = None
    contact_id: UUID | None = None
    queue_id: UUID | None = None
    owner_id: UUID | None = None
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None
    history: History | None = None


class TicketUpdate(BaseModel):
    """What changes; what is not sent stays. Another priority sets the targets anew."""

    model_config = ConfigDict(extra="forbid")

    subject: Text = kept()
    description: LongText | None = None
    channel: Name = kept()
    category: Name | None = None
    tier: Name | None = None
    priority: Priority = kept()
    account_id: UUID | None = None
    contact_id: UUID | None = None


class Assign(BaseModel):
    """To whom; null for nobody."""

    model_config = ConfigDict(extra="forbid")

    owner_id: UUID | None


class Move(BaseModel):
    """Into which queue, whose rule says whose it is then; null for none."""

    model_config = ConfigDict(extra="forbid")

    queue_id: UUID | None


class When(BaseModel):
    """When it happened; another instant than now needs history:write."""

    model_config = ConfigDict(extra="forbid")

    occurred_at: Instant | None = None


class Wait(When):
    """For whom we wait."""

    status: Literal["waiting-for-customer", "waiting-for-others"] = "waiting-for-customer"


class TicketRead(BaseModel):
    """A ticket; account and contact are shown by the labels that ticketing knows."""

    shows: ClassVar[str] = "ticket"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    number: str
    subject: str
    description: str | None
    channel: str
    category: str | None
    tier: str | None
    priority: str
    status: str
    status_category: str
    queue_id: UUID | None
    owner_id: UUID | None
    account_id: UUID | None
    contact_id: UUID | None
    follower_ids: list[UUID]
    sla_policy_id: UUID | None
    opened_at: datetime
    first_responded_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    first_response_due_at: datetime | None
    resolution_due_at: datetime | None
    first_response_breached: bool | None
    resolution_breached: bool | None
    csat_score: int | None
    reopened_count: int
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None
    account_name: str | None = None
    contact_name: str | None = None
    queue_name: str | None = None
