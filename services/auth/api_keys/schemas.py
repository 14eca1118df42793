"""API keys as the API takes and shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import Instant, Text
from services.auth.roles.schemas import Permission

Scopes = Annotated[
    list[Permission],
    Field(min_length=1, max_length=300, description="Permissions that your roles give you; each once."),
]


class ApiKeyCreate(BaseModel):
    """A new key for yourself; without `expires_at` it lives until it is revoked."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    scopes: Scopes
    expires_at: Instant | None = None
    requests_per_minute: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None


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
    last_used_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class ApiKeyIssued(ApiKeyRead):
    """The key as it was made: keep `secret`, it is shown this once."""

    secret: str
