"""What can be done with an SLA policy."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.platform.access.actor import Actor, load
from services.ticketing.calendars.queries import demand_calendar
from services.ticketing.sla_policies.model import SlaPolicy
from services.ticketing.sla_policies.schemas import SlaPolicyCreate, SlaPolicyUpdate


async def adopt_sla_policy(session: AsyncSession, asked: SlaPolicyCreate, now: datetime) -> SlaPolicy:
    """Adopt a policy."""
    await demand_calendar(session, asked.calendar_id)
    named = await external_columns(session, SlaPolicy, asked.external_id)
    made = SlaPolicy.adopt(asked.model_dump(exclude={"external_id"}) | named, now)
    session.add(made)
    return made


async def revise_sla_policy(
    session: AsyncSession, identity: UUID, version: int, asked: SlaPolicyUpdate, actor: Actor, now: datetime
) -> SlaPolicy:
    """Change what was sent."""
    found = await load(
        session, SlaPolicy, identity, actor, "sla-policy:update", for_update=True, version=version
    )
    if "calendar_id" in asked.model_fields_set:
        await demand_calendar(session, asked.calendar_id)
    found.revise(asked.model_dump(exclude_unset=True), now)
    return found


async def delete_sla_policy(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> SlaPolicy:
    """Put it into the recycle bin."""
    found = await load(
        session, SlaPolicy, identity, actor, "sla-policy:delete", for_update=True, version=version
    )
    found.delete(now)
    return found


async def restore_sla_policy(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> SlaPolicy:
    """Take it out of the recycle bin."""
    found = await load(session, SlaPolicy, identity, actor, "sla-policy:delete", for_update=True)
    found.restore(now)
    return found
