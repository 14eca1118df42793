"""What can be done with a suppression."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.problems import Conflict
from libs.platform.access.actor import Actor, load
from services.marketing.audience import address_index
from services.marketing.suppressions import queries
from services.marketing.suppressions.model import Suppression
from services.marketing.suppressions.schemas import SuppressionCreate


async def add_suppression(
    session: AsyncSession, asked: SuppressionCreate, actor: Actor, now: datetime
) -> Suppression:
    """Let no mail go to a contact in the actor's scope, or to an address, from now on."""
    ring: KekRing = session.info["ring"]
    if asked.contact_id is not None:
        await queries.demand_contact(session, asked.contact_id, actor)
    index = address_index(ring, asked.email) if asked.email else None
    standing = await queries.standing(session, asked.contact_id, index, asked.purpose)
    if standing is not None:
        raise Conflict("already-exists", id=standing.id)
    made = Suppression.add(
        contact_id=asked.contact_id, address_index=index, reason=asked.reason, purpose=asked.purpose, now=now
    )
    session.add(made)
    return made


async def delete_suppression(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Suppression:
    """Let mail go there again; a withdrawn consent still stands in its way."""
    found = await load(
        session, Suppression, identity, actor, "suppression:delete", for_update=True, version=version
    )
    found.delete(now)
    return found
