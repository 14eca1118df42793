"""What can be done with a role."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.platform.access.actor import Actor, load
from services.auth.directory import lock_head
from services.auth.roles import queries
from services.auth.roles.model import Role
from services.auth.roles.schemas import RoleCreate, RoleUpdate


async def create_role(session: AsyncSession, asked: RoleCreate, actor: Actor, now: datetime) -> Role:
    occurred_at = actor.instant(asked.occurred_at, now)
    head = await lock_head(session)
    details = asked.model_dump(mode="json", exclude={"external_id", "occurred_at"})
    details |= await external_columns(session, Role, asked.external_id)
    made = Role.create(head, details, occurred_at, now)
    session.add(made)
    return made


async def change_role(
    session: AsyncSession, identity: UUID, version: int, asked: RoleUpdate, actor: Actor, now: datetime
) -> Role:
    head = await lock_head(session)
    found = await load(session, Role, identity, actor, "role:update", for_update=True, version=version)
    found.revise(head, asked.model_dump(mode="json", exclude_unset=True), now)
    return found


async def delete_role(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Role:
    head = await lock_head(session)
    found = await load(session, Role, identity, actor, "role:delete", for_update=True, version=version)
    found.delete(head, is_held=await queries.is_held(session, identity), now=now)
    return found
