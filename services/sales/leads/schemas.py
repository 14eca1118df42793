"""Leads as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import Email, ExternalRef, Instant, Text, kept
from services.sales.opportunities.schemas import OpportunityFacts

# A number has a digit; how people write the rest of it is their business.
PhoneNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00-\x1f]*[0-9][^\x00-\x1f]*$")
]

MOST_DUPLICATES = 20


class LeadDetails(BaseModel):
    """What is known of a person; everything but the family name may be missing."""

    model_config = ConfigDict(extra="forbid")

    given_name: Text | None = None
    company_name: Text | None = None
    email: Email | None = None
    phone: PhoneNumber | None = None
    title: Text | None = None
    source: Text | None = None


class LeadCreate(LeadDetails):
    """A new lead; without `owner_id` the caller owns it."""

    family_name: Text
    owner_id: UUID | None = None
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None


class LeadUpdate(LeadDetails):
    """What changes; what is not sent stays. A new `owner_id` needs lead:assign."""

    family_name: Text = kept()
    owner_id: UUID = kept()


class Convert(BaseModel):
    """What the lead becomes: an account and a contact, new unless they are named, and an opportunity."""

    model_config = ConfigDict(extra="forbid")

    account_id: UUID | None = None
    contact_id: UUID | None = None
    opportunity: OpportunityFacts | None = None
    occurred_at: Instant | None = None


class Converted(BaseModel):
    """What the lead became; records that are new arrive at their own service in a moment."""

    lead_id: UUID
    account_id: UUID
    contact_id: UUID
    opportunity_id: UUID | None


class LeadRead(BaseModel):
    """A lead; of the phone the mask alone is shown."""

    shows: ClassVar[str] = "lead"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    family_name: str
    given_name: str | None
    company_name: str | None
    email: str | None
    phone: str | None = Field(validation_alias="phone_mask")
    title: str | None
    source: str | None
    owner_id: UUID
    converted_at: datetime | None
    account_id: UUID | None
    contact_id: UUID | None
    opportunity_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None


class CapturedLead(LeadRead):
    """A new lead, with those that it looks like."""

    possible_duplicates: list[UUID] = []


class Duplicate(BaseModel):
    """A lead that looks like the one asked about, and why."""

    id: UUID
    reasons: list[str]


class Duplicates(BaseModel):
    """Leads that look like the one asked about, the likeliest first."""

    items: Annotated[list[Duplicate], Field(max_length=MOST_DUPLICATES)]
