"""Webhooks and their deliveries as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import ExternalRef, LongText, Text, kept
from services.integration.matching import Pattern, Tree

Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]
Patterns = Annotated[list[Pattern], Field(min_length=1, max_length=50)]


class WebhookCreate(BaseModel):
    """A new webhook; the answer shows its secret, this once."""

    model_config = ConfigDict(extra="forbid")

    name: Text = "Webhook"
    url: Url
    types: Patterns
    filter: Tree | None = None
    description: LongText | None = None
    is_active: bool = True
    owner_id: UUID | None = None
    external_id: ExternalRef | None = None


class WebhookUpdate(BaseModel):
    """What changes; what is not sent stays. A new `owner_id` needs webhook:assign."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    url: Url = kept()
    types: Patterns = kept()
    filter: Tree | None = None
    description: LongText | None = None
    owner_id: UUID = kept()


class WebhookRead(BaseModel):
    """A webhook and how its receiver fares: `health` is ok, failing, or paused until `resume_at`."""

    shows: ClassVar[str] = "webhook"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    owner_id: UUID
    name: str
    description: str | None
    url: str
    types: list[str]
    filter: dict[str, Any] | None
    is_active: bool
    disabled_reason: str | None
    previous_secret_until: datetime | None
    secret_rotated_at: datetime | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    health: str = "ok"
    failures: int = 0
    failing_since: datetime | None = None
    resume_at: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None


class WebhookWithSecret(WebhookRead):
    """A webhook with its newest secret, `whsec_…`; nobody can read it again."""

    secret: str
