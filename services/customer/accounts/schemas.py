"""Accounts as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

from libs.common.schemas import Amount, Count, Currency, ExternalRef, Instant, LongText, Text

Year = Annotated[int, Strict(), Field(ge=1000, le=2200)]

MOST_DUPLICATES = 20


class AccountDetails(BaseModel):
    """What is known of an account; everything but the name may be missing."""

    model_config = ConfigDict(extra="forbid")

    industry: Text | None = None
    size: Text | None = None
    website: Text | None = None
    phone: Text | None = None
    country: Text | None = None
    address: LongText | None = None
    parent_id: UUID | None = None
    level: Text | None = None
    source: Text | None = None
    owner_id: UUID | None = None
    annual_revenue_minor: Amount | None = None
    currency: Currency | None = None
    employees: Count | None = None
    founded_year: Year | None = None


class AccountCreate(AccountDetails):
    """A new account; without `owner_id` the caller owns it."""

    name: Text
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None

    @model_validator(mode="after")
    def _money_has_a_currency(self) -> "AccountCreate":
        if self.annual_revenue_minor is not None and self.currency is None:
            raise ValueError("annual_revenue_minor needs a currency")
        return self


class AccountUpdate(AccountDetails):
    """What changes; what is not sent stays. A new `owner_id` needs account:assign."""

    name: Text = ""


class MergeInto(BaseModel):
    """The record that this one is to live on in."""

    model_config = ConfigDict(extra="forbid")

    into_id: UUID


class AccountRead(BaseModel):
    """An account; `merged_into_id` tells where it lives on."""

    shows: ClassVar[str] = "account"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    industry: str | None
    size: str | None
    website: str | None
    phone: str | None
    country: str | None
    address: str | None
    parent_id: UUID | None
    level: str | None
    source: str | None
    annual_revenue_minor: int | None
    currency: str | None
    employees: int | None
    founded_year: int | None
    owner_id: UUID | None
    merged_into_id: UUID | None
    possible_duplicate_of_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class AccountCreated(AccountRead):
    """A new account, with those that it looks like."""

    possible_duplicates: list[UUID] = []


class Duplicate(BaseModel):
    """A record that looks like the one asked about, and why."""

    id: UUID
    reasons: list[str]


class Duplicates(BaseModel):
    """Records that look like the one asked about, the likeliest first."""

    items: Annotated[list[Duplicate], Field(max_length=MOST_DUPLICATES)]
