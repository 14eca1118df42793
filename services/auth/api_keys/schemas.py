"""API keys as the API takes and shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import Instant, Text, kept
from services.auth.roles.schemas import Permission

Scopes = Annotated[
    list[Permission],
    Field(min_length=1, max_length=300, description="Permissions that your roles give you; each once."),
]


class ApiKeyCreate(BaseModel):
    """A new key for yourself, or a service account you answer for; without `expires_at` it has no end."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    scopes: Scopes
    service_account_id: UUID | None = None
    expires_at: Instant | None = None
    requests_per_minute: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None


class ApiKeyRotate(BaseModel):
    """How long the old secret stays good, a week at most; the new key ends as the old one did, or as told."""

    model_config = ConfigDict(extra="forbid")

    overlap_seconds: Annotated[int, Field(strict=True, ge=0, le=604_800)] = 86_400
    expires_at: Instant = kept()


class ApiKeyRead(BaseModel):
    """An API key; its secret is never shown again."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    user_id: UUID
    name: str
    prefix: str
    scopes: list[str]
    requests_per_minute: int | None
    expires_at: datetime | None
    replaces_id: UUID | None
    last_used_at: datetime | None = None
    last_used_address: str | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class ApiKeyIssued(ApiKeyRead):
    """The key as it was made: keep `secret`, it is shown this once."""

    secret: str
