"""A session as a command sees it, who acts, and what is there already."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import Aggregate, recorded
from libs.common.testing import kek_file
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.marketing.campaign_members.commands import advance
from services.marketing.campaign_members.model import CampaignMember
from services.marketing.campaigns.commands import launch_campaign
from services.marketing.campaigns.model import Campaign
from tests.factories.directory import role, uid, user
from tests.factories.marketing import NOW, make_campaign, make_template
from tests.marketing.audiences import know_segment

URL = "https://crm.example.com"


def equip(session: AsyncSession) -> AsyncSession:
    """Give a test's session what the edge gives to every session."""
    session.info.update(ring=KekRing.load(kek_file()), service="marketing", now=NOW)
    return session


def an_actor(permissions: dict[str, str] | None = None) -> Actor:
    """User 1, who may do everything unless `permissions` says less, beside user 2."""
    directory = Directory()
    directory.apply([role(9, permissions or {"*:*": "all"}), user(1, roles=[9]), user(2)])
    return Actor(uid(1), directory)


async def kept[A: Aggregate](session: AsyncSession, aggregate: A) -> A:
    """Keep an aggregate as if it had been there before, its events forgotten."""
    session.add(aggregate)
    await session.flush()
    session.info["recorded"] = []
    return aggregate


async def prepared(session: AsyncSession, segment_id: UUID | None = None, **details: Any) -> Campaign:
    """A draft whose template and segment are there."""
    template = await kept(session, make_template())
    segment_id = segment_id or await know_segment(session)
    return await kept(session, make_campaign(template_id=template.id, segment_id=segment_id, **details))


async def launched(session: AsyncSession, segment_id: UUID, **details: Any) -> Campaign:
    """A campaign that was launched, its members taken in."""
    campaign = await prepared(session, segment_id, **details)
    await launch_campaign(session, campaign.id, an_actor(), NOW)
    await session.flush()
    while await advance(session, campaign.id, URL, NOW):
        await session.flush()
    await fill_up(session, campaign)
    session.info["recorded"] = []
    return campaign


async def fill_up(session: AsyncSession, campaign: Campaign, allowance: float = 1000.0) -> None:
    """Let the campaign's pace stand at an allowance, at the tests' instant."""
    sql = text("UPDATE campaign_pace SET allowance = :allowance, released_at = :now WHERE campaign_id = :id")
    await session.execute(sql, {"allowance": allowance, "now": NOW, "id": campaign.id})


async def members(session: AsyncSession, campaign: Campaign) -> list[CampaignMember]:
    await session.flush()
    found = select(CampaignMember).where(CampaignMember.campaign_id == campaign.id)
    return list((await session.scalars(found.order_by(CampaignMember.contact_id))).all())


def kinds(session: AsyncSession) -> list[str]:
    """Name the events recorded since, in order."""
    return [type(event).__name__ for event in recorded(session)]
