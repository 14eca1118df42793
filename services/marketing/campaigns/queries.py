"""Every SELECT on campaigns."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor
from libs.platform.references.replica import label_in
from libs.platform.references.tables import reference
from services.marketing.campaigns.model import Campaign
from services.marketing.campaigns.schemas import CampaignRead

# What stands in side tables: the words of the launch, the pace, and those who are not members yet.
_MEMBERS = sa.table(
    "campaign_member",
    *(sa.column(name) for name in ("campaign_id", "status", "opened_at", "clicked_at", "unsubscribed_at")),
)
_AUDIENCE = sa.table("audience", sa.column("campaign_id"))


def _counted() -> sa.ColumnElement[Any]:
    """Return, as SQL, a campaign's counts: members by what came of them, and who is still to become one."""
    one, of = sa.func.count(), _MEMBERS.c
    left = select(sa.func.count()).where(_AUDIENCE.c.campaign_id == Campaign.id)
    waiting = left.correlate(Campaign).scalar_subquery()
    suppressed = of.status.in_(("skipped", "cancelled"))
    pending = of.status.in_(("pending", "requested"))
    facts = {
        "recipients": one + waiting,
        "pending": one.filter(pending) + waiting,
        "sent": one.filter(of.status == "sent"),
        "failed": one.filter(of.status == "failed"),
        "suppressed": one.filter(suppressed),
        "opened": sa.func.count(of.opened_at),
        "clicked": sa.func.count(of.clicked_at),
        "unsubscribed": sa.func.count(of.unsubscribed_at),
    }
    pairs = [part for name, count in facts.items() for part in (sa.literal_column(f"'{name}'"), count)]
    counts = sa.func.json_build_object(*pairs, type_=sa.JSON())
    return select(counts).where(of.campaign_id == Campaign.id).correlate(Campaign).scalar_subquery()


_DERIVED: dict[str, Any] = {
    "segment_name": label_in("segment", Campaign.segment_id),
    "counts": _counted(),
}
_COLUMNS: dict[str, Any] = {
    name: _DERIVED[name] if name in _DERIVED else getattr(Campaign, name)
    for name in CampaignRead.model_fields
}

LISTING = Listing(
    "campaigns",
    columns=_COLUMNS,
    filters={
        "id": Filter(Campaign.id),
        "name": Filter(Campaign.name, text=True),
        "template_id": Filter(Campaign.template_id),
        "segment_id": Filter(Campaign.segment_id),
        "purpose": Filter(Campaign.purpose),
        "status": Filter(Campaign.status),
        "owner_id": Filter(Campaign.owner_id),
        "scheduled_at": Filter(Campaign.scheduled_at),
        "launched_at": Filter(Campaign.launched_at),
        "finished_at": Filter(Campaign.finished_at),
        "created_at": Filter(Campaign.created_at),
        "updated_at": Filter(Campaign.updated_at),
        "deleted_at": Filter(Campaign.deleted_at),
        "external_system": Filter(Campaign.external_system),
        "external_id": Filter(Campaign.external_id),
    },
    sorts=("created_at", "updated_at", "name", "scheduled_at", "launched_at"),
    unless_filtered={"deleted_at": Campaign.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the campaigns in the actor's scope, as JSON."""
    scope = actor.sees("campaign:read", Campaign.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one campaign in the actor's scope, with its counts."""
    return await LISTING.read(source, identity, actor.sees("campaign:read", Campaign.owner_id))


async def shown(session: AsyncSession, campaign: Campaign) -> CampaignRead:
    """Return a campaign as the API shows it after a change."""
    await session.flush()
    derived = select(*(column.label(name) for name, column in _DERIVED.items()))
    row = (await session.execute(derived.where(Campaign.id == campaign.id))).mappings().one()
    named = {name: getattr(campaign, name) for name in CampaignRead.model_fields if name not in _DERIVED}
    return CampaignRead.model_validate(named | dict(row))


async def demand_segment(session: AsyncSession, segment_id: UUID, actor: Actor) -> None:
    """Raise UnknownReference for a segment that is unknown, deleted, or out of this actor's scope."""
    known = select(reference.c.id).where(
        reference.c.type == "segment",
        reference.c.id == segment_id,
        reference.c.deleted_at.is_(None),
        actor.sees("segment:read", reference.c.owner_id),
    )
    if (await session.execute(known)).first() is None:
        raise UnknownReference(detail=f"segment {segment_id}")


async def of(session: AsyncSession, identity: UUID) -> Campaign:
    """Return a campaign locked, whoever owns it."""
    statement = select(Campaign).where(Campaign.id == identity).with_for_update()
    return (await session.execute(statement)).scalar_one()
