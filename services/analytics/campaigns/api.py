"""What came of campaigns, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from libs.common.edge import Reading, Router
from libs.common.projection import as_of
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.analytics.campaigns import queries
from services.analytics.campaigns.schemas import CampaignResult, CampaignResults

router = Router("/metrics/campaigns")
Reader = Annotated[Actor, Depends(Needs("campaign:read"))]

# What the figures are made of: whoever may not see it as it is gets none of them.
_OF = ("sent_at", "failed_at", "suppressed_at", "opened_at", "clicked_at", "unsubscribed_at", "status")
_READS: dict[str, Any] = {
    "x-reads": {"campaign": ["name", "status", "launched_at"], "campaign-member": [*_OF]}
}


@router.get("", response_model=CampaignResults, openapi_extra=_READS)
async def read_campaigns(
    reading: Reading,
    actor: Reader,
    campaign_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> CampaignResults:
    """Return what came of each campaign in scope, the newest first."""
    rows = await queries.results(reading, actor, campaign_id, limit)
    found = [CampaignResult.model_validate(dict(row)) for row in rows]
    return CampaignResults(as_of=await as_of(reading, "analytics", "campaigns"), rows=found)
