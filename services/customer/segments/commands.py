"""What can be done with a segment: load, ask, done. Who is in it is kept up in the background."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.platform.access.actor import Actor, load
from services.customer.conditions import demand_readable, read_rule
from services.customer.segment_checks.queries import begin_filling
from services.customer.segments.model import Segment
from services.customer.segments.schemas import SegmentCreate, SegmentUpdate

_NAMES = ("name", "description")


async def create_segment(session: AsyncSession, asked: SegmentCreate, actor: Actor, now: datetime) -> Segment:
    """Make a segment; a rule is asked about everybody from the next moment on."""
    at = actor.instant(asked.occurred_at, now)
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("segment:create", owner_id)
    if asked.filter is not None:
        demand_readable(read_rule(asked.filter), actor.restricted)
    details = asked.model_dump(include={*_NAMES, "kind", "filter"}) | {"owner_id": owner_id}
    details |= await external_columns(session, Segment, asked.external_id)
    return await _define(session, details, at, now)


async def revise_segment(
    session: AsyncSession, identity: UUID, version: int, asked: SegmentUpdate, actor: Actor, now: datetime
) -> Segment:
    """Change what was sent, and the owner when one was; another rule begins to be asked about everybody."""
    if "filter" in asked.model_fields_set:
        demand_readable(read_rule(asked.filter), actor.restricted)
    found = await load(session, Segment, identity, actor, "segment:update", for_update=True, version=version)
    if "owner_id" in asked.model_fields_set:
        actor.demand_owner("segment:assign", asked.owner_id)
        found.reassign(asked.owner_id, now)
    found.rename(asked.model_dump(include={*_NAMES}, exclude_unset=True), now)
    if "filter" in asked.model_fields_set and found.redefine(asked.filter, now):
        await begin_filling(session, found.id, found.version)
    return found


async def delete_segment(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Segment:
    """Put it into the recycle bin."""
    found = await load(session, Segment, identity, actor, "segment:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def restore_segment(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Segment:
    """Take it out of the recycle bin; what it missed there is caught up with."""
    found = await load(session, Segment, identity, actor, "segment:delete", for_update=True)
    found.restore(now)
    if found.is_dynamic:
        await begin_filling(session, found.id, found.version)
    return found


async def _define(
    session: AsyncSession, details: Mapping[str, Any], occurred_at: datetime, now: datetime
) -> Segment:
    made = Segment.define(details, occurred_at, now)
    session.add(made)
    if made.is_dynamic:
        await begin_filling(session, made.id, made.version)
    return made
