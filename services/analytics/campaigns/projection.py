"""Every campaign and what came of each of its members, as their newest events show it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.envelope import Envelope
from libs.common.projection import arrays, upsert
from libs.contracts.marketing import (
    CampaignDrafted,
    CampaignFact,
    CampaignMemberAdded,
    CampaignMemberFact,
)

CAMPAIGN = {
    **dict.fromkeys(("campaign_id", "owner_id"), "uuid"),
    **dict.fromkeys(("name", "status"), "text"),
    "launched_at": "timestamptz",
    "is_deleted": "boolean",
}
# What is counted of members: the instant says that it happened, and when first.
OUTCOMES = ("sent", "failed", "suppressed", "opened", "clicked", "unsubscribed")
_MEMBER = {
    **dict.fromkeys(("campaign_member_id", "campaign_id"), "uuid"),
    **dict.fromkeys((f"{name}_at" for name in OUTCOMES), "timestamptz"),
}
_KEEP_CAMPAIGNS = upsert("campaign_standing", CAMPAIGN, ("campaign_id",))
_KEEP_MEMBERS = upsert("campaign_recipient", _MEMBER, ("campaign_member_id",))


class Campaigns:
    """The read model."""

    name = "campaigns"
    topics = (CampaignDrafted.topic, CampaignMemberAdded.topic)
    tables = ("campaign_standing", "campaign_recipient")
    ddl = """
    CREATE TABLE campaign_standing (
      campaign_id uuid PRIMARY KEY, owner_id uuid NOT NULL, name text NOT NULL, status text NOT NULL,
      launched_at timestamptz, is_deleted boolean NOT NULL
    );
    CREATE TABLE campaign_recipient (
      campaign_member_id uuid PRIMARY KEY, campaign_id uuid NOT NULL, sent_at timestamptz,
      failed_at timestamptz, suppressed_at timestamptz, opened_at timestamptz, clicked_at timestamptz,
      unsubscribed_at timestamptz
    );
    CREATE INDEX ON campaign_recipient (campaign_id)
    """

    async def fold(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Keep the newest state of each campaign and of each member."""
        campaigns: dict[UUID, dict[str, Any]] = {}
        members: dict[UUID, dict[str, Any]] = {}
        for each in envelopes:
            match each.event:
                case CampaignFact() as fact:
                    gone = {"is_deleted": fact.state.deleted_at is not None}
                    campaigns[fact.campaign_id] = {
                        "campaign_id": fact.campaign_id,
                        **dict(fact.state),
                        **gone,
                    }
                case CampaignMemberFact() as fact:
                    member = {"campaign_member_id": fact.campaign_member_id}
                    members[fact.campaign_member_id] = dict(fact.state) | member
        for rows, columns, statement in (
            (campaigns, CAMPAIGN, _KEEP_CAMPAIGNS),
            (members, _MEMBER, _KEEP_MEMBERS),
        ):
            if rows:
                await session.execute(statement, arrays(columns, [rows[key] for key in sorted(rows)]))
