"""Every SELECT on roles."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from services.auth.roles.model import Role
from services.auth.roles.schemas import RoleRead

LISTING = Listing(
    "roles",
    columns={name: getattr(Role, name) for name in RoleRead.model_fields},
    filters={
        "id": Filter(Role.id),
        "name": Filter(Role.name, text=True),
        "external_system": Filter(Role.external_system),
        "external_id": Filter(Role.external_id),
        "created_at": Filter(Role.created_at),
        "updated_at": Filter(Role.updated_at),
        "deleted_at": Filter(Role.deleted_at),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": Role.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of roles as JSON; they belong to nobody in particular."""
    return await LISTING.page(source, LISTING.parse(parameters))


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    return await LISTING.read(source, identity)


async def is_held(session: AsyncSession, identity: UUID) -> bool:
    """Tell whether any user has the role."""
    statement = text('SELECT EXISTS (SELECT FROM "user" WHERE :id = ANY(role_ids))')
    return bool((await session.execute(statement, {"id": identity})).scalar_one())


async def missing(session: AsyncSession, identities: Iterable[UUID]) -> set[UUID]:
    """Return those that are no living roles."""
    wanted = set(identities)
    statement = select(Role.id).where(Role.id.in_(wanted), Role.deleted_at.is_(None))
    return wanted - set((await session.scalars(statement)).all()) if wanted else set()


async def permissions_of(session: AsyncSession, identities: Iterable[UUID]) -> set[str]:
    """Return every permission that these roles give in some scope."""
    statement = select(Role.permissions).where(Role.id.in_(list(identities)), Role.deleted_at.is_(None))
    return {name for held in await session.scalars(statement) for name in held}
