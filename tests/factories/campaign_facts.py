"""What marketing tells of a recipient."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from libs.contracts.marketing import CampaignMemberState, CampaignMemberUnsubscribed

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def unsubscribed(contact_id: UUID, at: datetime = NOW) -> CampaignMemberUnsubscribed:
    known: dict[str, Any] = {"id": new_id(), "campaign_id": new_id(), "contact_id": contact_id}
    known |= {"purpose": "marketing", "channel": "email", "status": "sent", "unsubscribed_at": at}
    empty = dict.fromkeys(CampaignMemberState.model_fields)
    state = CampaignMemberState.model_validate(empty | {"created_at": at, "updated_at": at} | known)
    return CampaignMemberUnsubscribed(campaign_member_id=state.id, occurred_at=at, state=state)
