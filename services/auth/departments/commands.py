"""What can be done with a department."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.problems import Conflict
from libs.platform.access.actor import Actor, load
from services.auth.departments import queries
from services.auth.departments.model import Department
from services.auth.departments.schemas import DepartmentCreate, DepartmentUpdate
from services.auth.directory import lock_head


async def create_department(
    session: AsyncSession, asked: DepartmentCreate, actor: Actor, now: datetime
) -> Department:
    occurred_at = actor.instant(asked.occurred_at, now)
    head = await lock_head(session)
    await _demand_parent(session, asked.parent_id)
    await _demand_user(session, asked.head_id)
    details = asked.model_dump(exclude={"external_id", "occurred_at"})
    details |= await external_columns(session, Department, asked.external_id)
    made = Department.create(head, details, occurred_at, now)
    session.add(made)
    return made


async def change_department(
    session: AsyncSession, identity: UUID, version: int, asked: DepartmentUpdate, actor: Actor, now: datetime
) -> Department:
    head = await lock_head(session)
    found = await load(
        session, Department, identity, actor, "department:update", for_update=True, version=version
    )
    await _demand_user(session, asked.head_id)
    found.revise(head, asked.model_dump(exclude_unset=True), now)
    return found


async def move_department(
    session: AsyncSession, identity: UUID, parent_id: UUID | None, actor: Actor, now: datetime
) -> Department:
    head = await lock_head(session)
    found = await load(session, Department, identity, actor, "department:update", for_update=True)
    found.move(head, parent_id, await _demand_parent(session, parent_id), now)
    return found


async def delete_department(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Department:
    head = await lock_head(session)
    found = await load(
        session, Department, identity, actor, "department:delete", for_update=True, version=version
    )
    found.delete(head, is_empty=not await queries.is_in_use(session, identity), now=now)
    return found


async def _demand_user(session: AsyncSession, user_id: UUID | None) -> None:
    if user_id is not None and not await queries.user_exists(session, user_id):
        raise Conflict("unknown-user", id=user_id)


async def _demand_parent(session: AsyncSession, parent_id: UUID | None) -> list[UUID]:
    """Return the parent's path; the head's lock keeps it from moving meanwhile."""
    path = await queries.path(session, parent_id) if parent_id else []
    if parent_id is not None and not path:
        raise Conflict("unknown-department", id=parent_id)
    return path
