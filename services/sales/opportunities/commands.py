"""What can be done with an opportunity: load, ask, done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.problems import BadRequest
from libs.platform.access.actor import Actor, load
from libs.platform.references.replica import refer
from services.sales.opportunities.model import DETAILS, LOST, WON, Opportunity
from services.sales.opportunities.schemas import OpportunityCreate, OpportunityUpdate, StageEntry
from services.sales.pipelines.model import Pipeline
from services.sales.pipelines.queries import find_pipeline
from services.sales.products.queries import demand_product


async def open_opportunity(
    session: AsyncSession, asked: OpportunityCreate, actor: Actor, now: datetime
) -> Opportunity:
    """Open an opportunity, and walk it through its past when it has one."""
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("opportunity:create", owner_id)
    pipeline = await find_pipeline(session, asked.pipeline_id)
    history = _history(asked, pipeline, actor, now)
    details = asked.model_dump(include={*DETAILS})
    await _demand_links(session, details, actor)
    details |= await external_columns(session, Opportunity, asked.external_id)
    first = history[0]
    if first.amount_minor is not None:
        details["amount_minor"] = first.amount_minor
    made = Opportunity.open(
        details | {"owner_id": owner_id},
        pipeline_id=pipeline.id,
        stage=pipeline.stage(first.stage_id),
        occurred_at=first.occurred_at,
        now=now,
    )
    for entry in history[1:]:
        stage = pipeline.stage(entry.stage_id)
        made.enter(stage, entry.occurred_at, now, amount=entry.amount_minor, reason=entry.lost_reason)
    session.add(made)
    return made


async def revise_opportunity(
    session: AsyncSession, identity: UUID, version: int, asked: OpportunityUpdate, actor: Actor, now: datetime
) -> Opportunity:
    """Change what was sent, and the owner when one was."""
    found = await load(
        session, Opportunity, identity, actor, "opportunity:update", for_update=True, version=version
    )
    details = asked.model_dump(include={*DETAILS}, exclude_unset=True)
    news = {name: each for name, each in details.items() if each != getattr(found, name)}
    await _demand_links(session, news, actor)
    if "owner_id" in asked.model_fields_set:
        actor.demand_handover("opportunity", found.owner_id, asked.owner_id)
        found.assign(asked.owner_id, now)
    found.revise(details, now)
    return found


async def advance_opportunity(
    session: AsyncSession, identity: UUID, stage_id: UUID, at: datetime | None, actor: Actor, now: datetime
) -> Opportunity:
    """Move to another open stage."""
    found, pipeline = await _moving(session, identity, at, actor)
    found.advance(pipeline.stage(stage_id), at or now, now)
    return found


async def win_opportunity(
    session: AsyncSession,
    identity: UUID,
    amount: int | None,
    at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Opportunity:
    """Close as won."""
    found, pipeline = await _moving(session, identity, at, actor)
    found.win(pipeline.ending(WON), at or now, now, amount)
    return found


async def lose_opportunity(
    session: AsyncSession, identity: UUID, reason: str, at: datetime | None, actor: Actor, now: datetime
) -> Opportunity:
    """Close as lost."""
    found, pipeline = await _moving(session, identity, at, actor)
    found.lose(pipeline.ending(LOST), reason, at or now, now)
    return found


async def reopen_opportunity(
    session: AsyncSession, identity: UUID, stage_id: UUID, at: datetime | None, actor: Actor, now: datetime
) -> Opportunity:
    """Open a closed one again."""
    found, pipeline = await _moving(session, identity, at, actor)
    found.reopen(pipeline.stage(stage_id), at or now, now)
    return found


async def delete_opportunity(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Opportunity:
    """Put it into the recycle bin."""
    found = await load(
        session, Opportunity, identity, actor, "opportunity:delete", for_update=True, version=version
    )
    found.delete(now)
    return found


async def restore_opportunity(
    session: AsyncSession, identity: UUID, actor: Actor, now: datetime
) -> Opportunity:
    """Take it out of the recycle bin."""
    found = await load(session, Opportunity, identity, actor, "opportunity:delete", for_update=True)
    found.restore(now)
    return found


async def _moving(
    session: AsyncSession, identity: UUID, at: datetime | None, actor: Actor
) -> tuple[Opportunity, Pipeline]:
    """Return the locked opportunity and its pipeline; a past instant needs history:write."""
    if at is not None:
        actor.demand("history:write")
    found = await load(session, Opportunity, identity, actor, "opportunity:update", for_update=True)
    return found, await find_pipeline(session, found.pipeline_id, closed=True)


async def _demand_links(session: AsyncSession, details: dict[str, Any], actor: Actor) -> None:
    """Raise unknown-reference for an id that nobody has heard of, or that is out of scope."""
    await demand_product(session, details.get("product_id"))
    await refer(session, "account", details.get("account_id"), actor=actor)
    await refer(session, "contact", details.get("contact_id"), actor=actor)


def _history(asked: OpportunityCreate, pipeline: Pipeline, actor: Actor, now: datetime) -> list[StageEntry]:
    """Return the past as given, or the one entry that makes a beginning."""
    if not asked.history:
        at = actor.instant(asked.occurred_at, now)
        return [StageEntry(stage_id=asked.stage_id or pipeline.first().id, occurred_at=at)]
    actor.demand("history:write")
    if asked.stage_id is not None or asked.occurred_at is not None:
        raise BadRequest("history-and-stage")
    return asked.history
