"""Activities as the API takes and shows them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.common.schemas import ExternalRef, Instant, LongText, Text
from services.customer.activities.model import Kind


class ActivityDetails(BaseModel):
    """What is known of an activity; everything but kind and subject may be missing."""

    model_config = ConfigDict(extra="forbid")

    body: LongText | None = None
    outcome: Text | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    due_at: Instant | None = None
    owner_id: UUID | None = None


class ActivityCreate(ActivityDetails):
    """Something to do, or with `done_at` something done; without `owner_id` it is the caller's."""

    kind: Kind
    subject: Text
    done_at: Instant | None = None
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None


class ActivityUpdate(ActivityDetails):
    """What changes; what is not sent stays. A new `owner_id` needs activity:assign."""

    kind: Kind = Kind.TASK
    subject: Text = ""


class Complete(BaseModel):
    """How it went, and when; now, unless `done_at` is given."""

    model_config = ConfigDict(extra="forbid")

    outcome: Text | None = None
    done_at: Instant | None = None


class ActivityRead(BaseModel):
    """An activity."""

    shows: ClassVar[str] = "activity"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    kind: str
    subject: str
    body: str | None
    outcome: str | None
    account_id: UUID | None
    contact_id: UUID | None
    due_at: datetime | None
    done_at: datetime | None
    owner_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None
