"""Facts of marketing as other services read them, valid by default, named by small numbers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.contracts.marketing import (
    CampaignFact,
    CampaignLaunched,
    CampaignMemberAdded,
    CampaignMemberFact,
    CampaignMemberState,
    CampaignState,
)

LAUNCHED = datetime(2026, 2, 1, 9, tzinfo=UTC)
_TIMES = {"created_at": LAUNCHED, "updated_at": LAUNCHED}


def campaign(number: int, kind: type[CampaignFact] = CampaignLaunched, **state: Any) -> CampaignFact:
    given: dict[str, Any] = {
        "id": UUID(int=number),
        "owner_id": UUID(int=2),
        "name": f"Campaign {number}",
        "template_id": UUID(int=1),
        "segment_id": UUID(int=1),
        "purpose": "marketing",
        "channel": "email",
        "from_name": "Acme",
        "reply_to": None,
        "throttle_per_second": 10,
        "scheduled_at": None,
        "status": "running",
        "launched_at": LAUNCHED,
        "finished_at": None,
    }
    made = CampaignState(**(_TIMES | given | state))
    facts = {"recipients": 0} if kind is CampaignLaunched else {}
    return kind(campaign_id=made.id, occurred_at=LAUNCHED, state=made, **facts)


def member(
    number: int, campaign_number: int, kind: type[CampaignMemberFact] = CampaignMemberAdded, **state: Any
) -> CampaignMemberFact:
    """A member; what is not given has not happened."""
    facts = {name: state.pop(name) for name in set(state) & set(kind.model_fields) - {"state"}}
    empty = {
        name: None
        for name, field in CampaignMemberState.model_fields.items()
        if not field.is_required() or name.endswith("_at")
    }
    given: dict[str, Any] = {
        "id": UUID(int=number),
        "campaign_id": UUID(int=campaign_number),
        "contact_id": UUID(int=number),
        "subject_id": None,
        "purpose": "marketing",
        "channel": "email",
        "status": "pending",
        "reason": None,
        "message_id": None,
    }
    made = CampaignMemberState(**(empty | _TIMES | given | state))
    return kind(campaign_member_id=made.id, occurred_at=LAUNCHED, state=made, **facts)
