"""Campaigns as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import Email, ExternalRef, Instant, Text, kept

Purpose = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
# A display name stands in a mail's header, so it is one line and no address.
Name = Annotated[Text, StringConstraints(max_length=100, pattern=r'^[^\x00-\x1f\x7f"<>@,;:\\]+$')]
Throttle = Annotated[int, Field(strict=True, ge=1, le=500, description="Mails a second, at most.")]
ReplyTo = Annotated[Email, StringConstraints(pattern=r'^[^@\s\x00-\x1f\x7f"<>,;:\\]+@[^@\s"<>,;:\\]+$')]


class CampaignCreate(BaseModel):
    """A new campaign, a draft; it is sent by `launch`, then or at `scheduled_at`."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    template_id: UUID
    segment_id: UUID
    purpose: Purpose = "marketing"
    from_name: Name
    reply_to: ReplyTo | None = None
    throttle_per_second: Throttle = 50
    scheduled_at: Instant | None = None
    owner_id: UUID | None = None
    external_id: ExternalRef | None = None


class CampaignUpdate(BaseModel):
    """What changes; what is not sent stays. A new `owner_id` needs campaign:assign."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    template_id: UUID = kept()
    segment_id: UUID = kept()
    purpose: Purpose = kept()
    from_name: Name = kept()
    reply_to: ReplyTo | None = None
    throttle_per_second: Throttle = kept()
    scheduled_at: Instant | None = None
    owner_id: UUID = kept()


class Counts(BaseModel):
    """What came of the members so far; opened and clicked are people, not machines."""

    recipients: int
    pending: int
    sent: int
    failed: int
    suppressed: int
    opened: int
    clicked: int
    unsubscribed: int


class CampaignRead(BaseModel):
    """A campaign."""

    shows: ClassVar[str] = "campaign"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    template_id: UUID
    segment_id: UUID
    segment_name: str | None
    purpose: str
    channel: str
    from_name: str
    reply_to: str | None
    throttle_per_second: int
    scheduled_at: datetime | None
    status: str
    launched_at: datetime | None
    finished_at: datetime | None
    owner_id: UUID
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    counts: Counts
