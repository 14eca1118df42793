"""What came of campaigns, as the API shows it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class CampaignResult(BaseModel):
    """One campaign; each figure counts recipients, and each of them once. A scanner's opens do not count."""

    campaign_id: UUID
    name: str
    status: str
    launched_at: datetime | None
    recipients: int
    sent: int
    failed: int
    suppressed: int
    opened: int
    clicked: int
    unsubscribed: int


class CampaignResults(BaseModel):
    """The newest first; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    rows: list[CampaignResult]
