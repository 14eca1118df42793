"""Products as the API takes and shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.common.schemas import Amount, Currency, ExternalRef, Instant, Text


class ProductCreate(BaseModel):
    """A new product."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    code: Text | None = None
    series: Text | None = None
    price_minor: Amount
    currency: Currency
    is_active: bool = True
    external_id: ExternalRef | None = None


class ProductUpdate(BaseModel):
    """What changes."""

    model_config = ConfigDict(extra="forbid")

    name: Text = ""
    code: Text | None = None
    series: Text | None = None
    price_minor: Amount = 0
    currency: Currency = "USD"
    is_active: bool = True


class ProductRead(BaseModel):
    """A product."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    code: str | None
    series: str | None
    price_minor: int
    currency: str
    is_active: bool
    created_at: Instant
    updated_at: Instant
    deleted_at: datetime | None
