"""Campaign members as the API shows them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class CampaignMemberRead(BaseModel):
    """One contact in one campaign; `reason` says why no mail was asked for, or why it did not arrive."""

    shows: ClassVar[str] = "campaign-member"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    campaign_id: UUID
    contact_id: UUID
    status: str
    reason: str | None
    message_id: str | None
    requested_at: datetime | None
    sent_at: datetime | None
    failed_at: datetime | None
    suppressed_at: datetime | None
    opened_at: datetime | None
    machine_opened_at: datetime | None
    clicked_at: datetime | None
    machine_clicked_at: datetime | None
    unsubscribed_at: datetime | None
    opens: int
    clicks: int
    created_at: datetime
    updated_at: datetime
