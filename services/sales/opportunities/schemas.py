"""Opportunities as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import Amount, Currency, Day, ExternalRef, Instant, Text, kept


class StageEntry(BaseModel):
    """One step of a past: the stage entered, when, and what was known then."""

    model_config = ConfigDict(extra="forbid")

    stage_id: UUID
    occurred_at: Instant
    amount_minor: Amount | None = None
    lost_reason: Text | None = None


class OpportunityFacts(BaseModel):
    """What is known of an opportunity from its first day."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    pipeline_id: UUID
    stage_id: UUID | None = None
    product_id: UUID | None = None
    amount_minor: Amount = 0
    currency: Currency
    expected_close_date: Day | None = None


class OpportunityCreate(OpportunityFacts):
    """A new opportunity; `history` (needs history:write) replaces `stage_id` and `occurred_at`."""

    account_id: UUID | None = None
    contact_id: UUID | None = None
    owner_id: UUID | None = None
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None
    history: Annotated[list[StageEntry], Field(max_length=100)] = []


class OpportunityUpdate(BaseModel):
    """What changes; what is not sent stays. A new `owner_id` needs opportunity:assign."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    account_id: UUID | None = None
    contact_id: UUID | None = None
    product_id: UUID | None = None
    amount_minor: Amount = kept()
    currency: Currency = kept()
    expected_close_date: Day | None = None
    owner_id: UUID = kept()


class Advance(BaseModel):
    """Move to another open stage."""

    model_config = ConfigDict(extra="forbid")

    stage_id: UUID
    occurred_at: Instant | None = None


class Win(BaseModel):
    """Close as won."""

    model_config = ConfigDict(extra="forbid")

    amount_minor: Amount | None = None
    occurred_at: Instant | None = None


class Lose(BaseModel):
    """Close as lost."""

    model_config = ConfigDict(extra="forbid")

    reason: Text
    occurred_at: Instant | None = None


class OpportunityRead(BaseModel):
    """An opportunity; account and contact are shown by the labels that sales knows."""

    shows: ClassVar[str] = "opportunity"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    pipeline_id: UUID
    stage_id: UUID
    stage_kind: str
    stage_entered_at: datetime
    account_id: UUID | None
    contact_id: UUID | None
    product_id: UUID | None
    lead_id: UUID | None
    amount_minor: int
    currency: str
    expected_close_date: date | None
    closed_at: datetime | None
    lost_reason: str | None
    owner_id: UUID
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    account_name: str | None = None
    contact_name: str | None = None
