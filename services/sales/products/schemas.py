"""Products as the API takes and shows them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StrictBool

from libs.common.schemas import Amount, Currency, ExternalRef, Text, kept


class ProductCreate(BaseModel):
    """A new product."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    code: Text | None = None
    series: Text | None = None
    price_minor: Amount
    currency: Currency
    is_active: StrictBool = True
    external_id: ExternalRef | None = None


class ProductUpdate(BaseModel):
    """What changes; what is not sent stays."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    code: Text | None = None
    series: Text | None = None
    price_minor: Amount = kept()
    currency: Currency = kept()
    is_active: StrictBool = kept()


class ProductRead(BaseModel):
    """A product."""

    shows: ClassVar[str] = "product"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    code: str | None
    series: str | None
    price_minor: int
    currency: str
    is_active: bool
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
