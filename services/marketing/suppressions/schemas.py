"""Suppressions as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from libs.common.schemas import Email

Purpose = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class SuppressionCreate(BaseModel):
    """Who is to get no mail of a purpose, or of any: a contact, or an address, which is kept as a hash."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID | None = None
    email: Email | None = None
    reason: Literal["manual", "complaint", "bounce", "unsubscribe"] = "manual"
    purpose: Purpose | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.contact_id is None and self.email is None:
            message = "name a contact, an address, or both"
            raise ValueError(message)
        return self


class SuppressionRead(BaseModel):
    """A suppression."""

    shows: ClassVar[str] = "suppression"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    contact_id: UUID | None
    has_address: bool
    reason: str
    purpose: str | None
    campaign_id: UUID | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
