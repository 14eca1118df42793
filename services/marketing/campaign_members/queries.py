"""Every SELECT on campaign members, and on what their mails are made of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing import Filter, Listing
from libs.common.problems import NotFound
from libs.common.reads import Asked, ReadPool
from libs.platform.access.actor import Actor
from libs.platform.references.people import people
from services.marketing.audience import RECIPIENT, consents
from services.marketing.campaign_members.model import PENDING, REQUESTED, CampaignMember
from services.marketing.campaign_members.schemas import CampaignMemberRead
from services.marketing.campaigns.model import Campaign
from services.marketing.rendering import Words

# Opens and clicks are counted beside the members, so that a scanner's hundredth look makes no version.
_COUNTS = ("opens", "machine_opens", "clicks", "machine_clicks")
_ENGAGEMENT = sa.table(
    "engagement", *(sa.column(name) for name in ("campaign_member_id", "campaign_id", *_COUNTS))
)
_PACE = sa.table(
    "campaign_pace", *(sa.column(name) for name in ("campaign_id", "released_at", "allowance", "is_over"))
)
# One worker at a time walks a campaign: who does not get its row goes on to another.
_HOLD = text("""
SELECT released_at, allowance FROM campaign_pace WHERE campaign_id = :id AND NOT is_over
FOR UPDATE SKIP LOCKED
""")
_OPEN = """
SELECT p.campaign_id FROM campaign_pace p JOIN campaign c ON c.id = p.campaign_id
WHERE NOT p.is_over AND c.status IN ('running', 'cancelled') ORDER BY p.released_at
"""
_WORDS = text("SELECT subject, html, text, language FROM campaign_content WHERE campaign_id = :id")
_TAKE_IN = text("""
WITH next AS (SELECT contact_id FROM audience WHERE campaign_id = :id ORDER BY contact_id LIMIT :limit)
DELETE FROM audience USING next WHERE campaign_id = :id AND audience.contact_id = next.contact_id
RETURNING audience.contact_id
""")


def _counted(name: str) -> sa.ColumnElement[int]:
    counted = select(_ENGAGEMENT.c[name]).where(_ENGAGEMENT.c.campaign_member_id == CampaignMember.id)
    return sa.func.coalesce(counted.scalar_subquery(), 0, type_=sa.BigInteger)


_DERIVED: dict[str, Any] = {"opens": _counted("opens"), "clicks": _counted("clicks")}
_COLUMNS: dict[str, Any] = {
    name: _DERIVED[name] if name in _DERIVED else getattr(CampaignMember, name)
    for name in CampaignMemberRead.model_fields
}
LISTING = Listing(
    "campaign-members",
    columns=_COLUMNS,
    filters={
        name: Filter(getattr(CampaignMember, name))
        for name in (
            *(
                "id",
                "contact_id",
                "status",
                "reason",
                "requested_at",
                "sent_at",
                "failed_at",
                "suppressed_at",
            ),
            *("opened_at", "clicked_at", "unsubscribed_at", "created_at", "updated_at"),
        )
    },
    sorts=("created_at", "updated_at", "sent_at", "opened_at", "clicked_at"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A waiting member, what is known of his contact (None: nothing), and whether he agreed."""

    member: CampaignMember
    contact: Any
    is_consented: bool


async def list_page(
    connection: AsyncConnection, campaign_id: UUID, parameters: Iterable[tuple[str, str]], actor: Actor
) -> bytes:
    """Return a page of a campaign's members, whose campaign is in the actor's scope, as JSON."""
    seen = select(Campaign.id).where(
        Campaign.id == campaign_id, actor.sees("campaign:read", Campaign.owner_id)
    )
    query = LISTING.parse(parameters)
    if (await connection.execute(seen)).first() is None:
        raise NotFound
    return await LISTING.page(connection, query, CampaignMember.campaign_id == campaign_id)


async def open_campaigns(reads: ReadPool) -> list[UUID]:
    """Return the campaigns that have something to do, those that waited longest first."""
    return [UUID(id) for (id,) in await reads.rows(Asked(_OPEN, ()))]


async def hold(session: AsyncSession, campaign_id: UUID) -> Any:
    """Return a campaign's pace, held until the transaction ends; None when another worker holds it."""
    return (await session.execute(_HOLD, {"id": campaign_id})).first()


async def words_of(session: AsyncSession, campaign_id: UUID) -> Words:
    """Return the words that a campaign was launched with."""
    row = (await session.execute(_WORDS, {"id": campaign_id})).one()
    return Words(row.subject, row.html, row.text, row.language)


async def take_in(session: AsyncSession, campaign_id: UUID, limit: int) -> list[UUID]:
    """Take the next contacts out of those who are not members yet."""
    return list((await session.execute(_TAKE_IN, {"id": campaign_id, "limit": limit})).scalars())


async def in_flight(session: AsyncSession, campaign_id: UUID) -> int:
    """Return for how many members a mail was asked, and it is not known yet what came of it."""
    asked = select(sa.func.count()).where(
        CampaignMember.campaign_id == campaign_id, CampaignMember.status == REQUESTED
    )
    return int((await session.execute(asked)).scalar_one())


async def pending(session: AsyncSession, campaign_id: UUID, limit: int) -> list[CampaignMember]:
    """Return waiting members, locked."""
    statement = (
        select(CampaignMember)
        .where(CampaignMember.campaign_id == campaign_id, CampaignMember.status == PENDING)
        .order_by(CampaignMember.id)
        .limit(limit)
        .with_for_update()
    )
    return list((await session.scalars(statement)).all())


async def candidates(session: AsyncSession, campaign: Campaign, limit: int) -> list[Candidate]:
    """Return the next waiting members, locked, with what decides whether they get their mail."""
    members = await pending(session, campaign.id, limit)
    agreed = (
        select(consents.c.is_given)
        .where(
            consents.c.contact_id == people.c.id,
            consents.c.purpose == campaign.purpose,
            consents.c.channel == campaign.channel,
        )
        .scalar_subquery()
    )
    told = (people.c.id, people.c.subject_id, people.c.merged_into_id)
    ends = (people.c.deleted_at, people.c.erased_at, agreed.label("agreed"))
    known = select(*told, *ends, *RECIPIENT).where(people.c.id.in_([each.contact_id for each in members]))
    rows = {row.id: row for row in await session.execute(known)}
    return [
        Candidate(each, row := rows.get(each.contact_id), bool(row is not None and row.agreed))
        for each in members
    ]


async def addressed(session: AsyncSession, campaign_id: UUID, indexes: Collection[str]) -> set[str]:
    """Return which of these hashed addresses the campaign has written to already."""
    known = select(CampaignMember.address_index).where(
        CampaignMember.campaign_id == campaign_id, CampaignMember.address_index.in_(indexes)
    )
    return {index for index in (await session.scalars(known)).all() if index is not None}


async def find(session: AsyncSession, identity: UUID) -> CampaignMember | None:
    """Return a member, locked, whoever owns the campaign."""
    statement = select(CampaignMember).where(CampaignMember.id == identity).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def count(session: AsyncSession, member: CampaignMember, name: str) -> int:
    """Count one more look or click of a member, and return how many there are."""
    made = insert(_ENGAGEMENT).values(
        {"campaign_member_id": member.id, "campaign_id": member.campaign_id, name: 1}
    )
    one_more = made.on_conflict_do_update(
        index_elements=["campaign_member_id"], set_={name: _ENGAGEMENT.c[name] + 1}
    )
    return int((await session.execute(one_more.returning(_ENGAGEMENT.c[name]))).scalar_one())


async def spend(session: AsyncSession, campaign_id: UUID, allowance: float, now: datetime) -> None:
    """Keep what is left of a campaign's pace."""
    kept = sa.update(_PACE).where(_PACE.c.campaign_id == campaign_id)
    await session.execute(kept.values(released_at=now, allowance=allowance))


async def end(session: AsyncSession, campaign_id: UUID) -> None:
    """Look at a campaign no more."""
    await session.execute(sa.update(_PACE).where(_PACE.c.campaign_id == campaign_id).values(is_over=True))
