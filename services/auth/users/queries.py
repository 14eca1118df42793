"""Every SELECT on users."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from services.auth.users.model import User, email_key
from services.auth.users.schemas import UserRead

LISTING = Listing(
    "users",
    columns={name: getattr(User, name) for name in UserRead.model_fields},
    filters={
        "id": Filter(User.id),
        "name": Filter(User.name, text=True),
        "email": Filter(User.email, match=lambda value: User.email_key == email_key(value)),
        "department_id": Filter(User.department_id),
        "manager_id": Filter(User.manager_id),
        "role_id": Filter(User.id, match=lambda value: literal(value, Uuid()) == func.any(User.role_ids)),
        "is_active": Filter(User.is_active),
        "is_service": Filter(User.is_service),
        "external_system": Filter(User.external_system),
        "external_id": Filter(User.external_id),
        "created_at": Filter(User.created_at),
        "updated_at": Filter(User.updated_at),
    },
    sorts=("created_at", "updated_at", "name", "email"),
    unless_filtered={"is_service": ~User.is_service},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the users in scope as JSON; each owns his own record."""
    return await LISTING.page(source, LISTING.parse(parameters), actor.sees("user:read", User.id))


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    return await LISTING.read(source, identity, actor.sees("user:read", User.id))


async def by_email(session: AsyncSession, email: str) -> UUID | None:
    """Return the id of the user with this address."""
    statement = select(User.id).where(User.email_key == email_key(email))
    return (await session.execute(statement)).scalar_one_or_none()


async def line_of(session: AsyncSession, manager_id: UUID) -> list[UUID]:
    """Return a manager and everyone he reports to; empty for an unknown one."""
    up = select(User.id, User.manager_id).where(User.id == manager_id).cte("up", recursive=True)
    above = select(User.id, User.manager_id).join(up, User.id == up.c.manager_id)
    return list((await session.scalars(select(up.union(above).c.id))).all())


async def is_person(session: AsyncSession, user_id: UUID) -> bool:
    """Tell whether there is an active user of this id who is no service account."""
    statement = select(User.id).where(User.id == user_id, User.is_active, ~User.is_service)
    return (await session.execute(statement)).first() is not None


async def anyone(session: AsyncSession) -> bool:
    """Tell whether there is any user at all."""
    return (await session.execute(select(User.id).limit(1))).first() is not None
