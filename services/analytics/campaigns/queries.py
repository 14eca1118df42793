"""What came of the campaigns in a viewer's scope."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, RowMapping, Text, Uuid, column, func, lateral, select, table, true
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.platform.access.actor import Actor
from services.analytics.campaigns.projection import CAMPAIGN, OUTCOMES

_KINDS: dict[str, Any] = {
    "uuid": Uuid(),
    "timestamptz": TIMESTAMP(timezone=True),
    "boolean": Boolean(),
    "text": Text(),
}
_CAMPAIGN = table("campaign_standing", *(column(name, _KINDS[kind]) for name, kind in CAMPAIGN.items()))
_MEMBER = table("campaign_recipient", column("campaign_id", Uuid()), *(column(f"{o}_at") for o in OUTCOMES))


async def results(
    connection: AsyncConnection, actor: Actor, campaign_id: UUID | None, limit: int
) -> Sequence[RowMapping]:
    """Return the campaigns that the actor may see, the newest first, each with its counts."""
    counts = [func.count(_MEMBER.c[f"{outcome}_at"]).label(outcome) for outcome in OUTCOMES]
    of_campaign = select(func.count().label("recipients"), *counts).where(
        _MEMBER.c.campaign_id == _CAMPAIGN.c.campaign_id
    )
    counted = lateral(of_campaign.correlate(_CAMPAIGN), "counted")
    shown = [_CAMPAIGN.c[name] for name in ("campaign_id", "name", "status", "launched_at")]
    statement = (
        select(*shown, *counted.c)
        .select_from(_CAMPAIGN.join(counted, true()))
        .where(_CAMPAIGN.c.is_deleted.is_(False), actor.sees("campaign:read", _CAMPAIGN.c.owner_id))
        .order_by(_CAMPAIGN.c.launched_at.desc().nulls_last(), _CAMPAIGN.c.campaign_id.desc())
        .limit(limit)
    )
    if campaign_id:
        statement = statement.where(_CAMPAIGN.c.campaign_id == campaign_id)
    rows: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
    return rows
