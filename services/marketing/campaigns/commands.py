"""What can be done with a campaign: load, ask, done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import due
from libs.common.external import external_columns
from libs.common.problems import Conflict
from libs.platform.access.actor import Actor, load
from services.marketing.campaigns import queries
from services.marketing.campaigns.model import DETAILS, SCHEDULED, Campaign
from services.marketing.campaigns.schemas import CampaignCreate, CampaignUpdate
from services.marketing.templates.model import Template

LAUNCH = "marketing.launch"
# The words stay those of the launch, and so does the audience: one statement sees one moment.
_KEEP_WORDS = text("""
INSERT INTO campaign_content (campaign_id, language, subject, html, text)
SELECT :campaign_id, language, subject, html, text FROM template WHERE id = :template_id
""")
_KEEP_AUDIENCE = text("""
INSERT INTO audience (campaign_id, contact_id)
SELECT :campaign_id, contact_id FROM segment_member_replica WHERE segment_id = :segment_id AND is_member
""")
_BEGIN = text("""
INSERT INTO campaign_pace (campaign_id, released_at, allowance) VALUES (:campaign_id, clock_timestamp(), 0)
""")


async def draft_campaign(
    session: AsyncSession, asked: CampaignCreate, actor: Actor, now: datetime
) -> Campaign:
    """Prepare a campaign; without an owner the caller owns it."""
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("campaign:create", owner_id)
    details = asked.model_dump(include={*DETAILS})
    await _demand_links(session, details, actor)
    external = await external_columns(session, Campaign, asked.external_id)
    made = Campaign.draft(details | external | {"owner_id": owner_id}, now)
    session.add(made)
    return made


async def revise_campaign(
    session: AsyncSession, identity: UUID, version: int, asked: CampaignUpdate, actor: Actor, now: datetime
) -> Campaign:
    """Change what was sent, and the owner when one was; a scheduled one keeps to its new hour."""
    found = await _changing(session, identity, actor, version)
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    await _demand_links(session, details, actor)
    if "owner_id" in asked.model_fields_set:
        actor.demand_owner("campaign:assign", asked.owner_id)
        found.assign(asked.owner_id, now)
    if details:
        found.revise(details, now)
        await _keep_time(session, found)
    return found


async def launch_campaign(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Campaign:
    """Begin now, or let the campaign begin at its hour."""
    found = await load(session, Campaign, identity, actor, "campaign:launch", for_update=True)
    if found.is_for_later(now):
        found.schedule(now)
        await _keep_time(session, found)
    else:
        await _begin(session, found, now)
    return found


async def launch_scheduled(session: AsyncSession, identity: UUID, now: datetime) -> None:
    """Begin a campaign whose hour has come, unless it was taken back meanwhile."""
    found = await queries.of(session, identity)
    if found.status == SCHEDULED and found.scheduled_at is not None and found.scheduled_at <= now:
        await _begin(session, found, now)


async def pause_campaign(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Campaign:
    """Ask for no more mails until it is resumed."""
    found = await load(session, Campaign, identity, actor, "campaign:launch", for_update=True)
    found.pause(now)
    return found


async def resume_campaign(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Campaign:
    """Go on."""
    found = await load(session, Campaign, identity, actor, "campaign:launch", for_update=True)
    found.resume(now)
    return found


async def cancel_campaign(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Campaign:
    """End a campaign before its time."""
    found = await load(session, Campaign, identity, actor, "campaign:launch", for_update=True)
    found.cancel(now)
    await due.cancel(session, [LAUNCH], str(identity))
    return found


async def delete_campaign(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Campaign:
    """Put it into the recycle bin."""
    found = await load(
        session, Campaign, identity, actor, "campaign:delete", for_update=True, version=version
    )
    found.delete(now)
    return found


async def restore_campaign(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Campaign:
    """Take it out of the recycle bin."""
    found = await load(session, Campaign, identity, actor, "campaign:delete", for_update=True)
    found.restore(now)
    return found


async def _changing(session: AsyncSession, identity: UUID, actor: Actor, version: int) -> Campaign:
    return await load(session, Campaign, identity, actor, "campaign:update", for_update=True, version=version)


async def _begin(session: AsyncSession, campaign: Campaign, now: datetime) -> None:
    """Keep words and audience as they are at this moment; the release makes members of them."""
    given: dict[str, Any] = {"campaign_id": campaign.id}
    await session.execute(_KEEP_WORDS, given | {"template_id": campaign.template_id})
    kept = await session.execute(_KEEP_AUDIENCE, given | {"segment_id": campaign.segment_id})
    await session.execute(_BEGIN, given)
    recipients: int = kept.rowcount  # type: ignore[attr-defined]
    campaign.launch(recipients, now)


async def _keep_time(session: AsyncSession, campaign: Campaign) -> None:
    await due.cancel(session, [LAUNCH], str(campaign.id))
    if campaign.status == SCHEDULED and campaign.scheduled_at is not None:
        await due.schedule(session, LAUNCH, str(campaign.id), campaign.scheduled_at)


async def _demand_links(session: AsyncSession, details: dict[str, Any], actor: Actor) -> None:
    """Raise for a template or segment that this actor could not use by himself."""
    if "template_id" in details:
        template = await session.get(Template, details["template_id"])
        # It is our own table: what is not there now will not come by waiting.
        visible = template is not None and actor.may("template:read", template.owner_id)
        if template is None or not visible or template.deleted_at is not None:
            raise Conflict("unknown-reference", detail=f"template {details['template_id']}")
    if "segment_id" in details:
        await queries.demand_segment(session, details["segment_id"], actor)
