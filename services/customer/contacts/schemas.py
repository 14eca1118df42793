"""Contacts as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import Email, ExternalRef, Instant, Text

# A number has a digit; how people write the rest of it is their business.
PhoneNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00-\x1f]*[0-9][^\x00-\x1f]*$")
]

MOST_DUPLICATES = 20


class ContactDetails(BaseModel):
    """What is known of a person; everything but the family name may be missing."""

    model_config = ConfigDict(extra="forbid")

    account_id: UUID | None = None
    given_name: Text | None = None
    email: Email | None = None
    phone: PhoneNumber | None = None
    title: Text | None = None
    language: Text | None = None
    owner_id: UUID | None = None


class ContactCreate(ContactDetails):
    """A new contact; without `owner_id` the caller owns him."""

    family_name: Text
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None


class ContactUpdate(ContactDetails):
    """What changes; what is not sent stays. A new `owner_id` needs contact:assign."""

    family_name: Text = ""


class MergeInto(BaseModel):
    """The contact that this one is to live on in."""

    model_config = ConfigDict(extra="forbid")

    into_id: UUID


class ContactRead(BaseModel):
    """A contact; of his phone the mask alone is shown."""

    shows: ClassVar[str] = "contact"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    account_id: UUID | None
    family_name: str
    given_name: str | None
    email: str | None
    phone: str | None = Field(validation_alias="phone_mask")
    title: str | None
    language: str | None
    owner_id: UUID | None
    merged_into_id: UUID | None
    possible_duplicate_of_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None


class ContactCreated(ContactRead):
    """A new contact, with those that he looks like."""

    possible_duplicates: list[UUID] = []


class Duplicate(BaseModel):
    """A record that looks like the one asked about, and why."""

    id: UUID
    reasons: list[str]


class Duplicates(BaseModel):
    """Records that look like the one asked about, the likeliest first."""

    items: Annotated[list[Duplicate], Field(max_length=MOST_DUPLICATES)]
