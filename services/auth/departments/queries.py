"""Every SELECT on departments."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from services.auth.departments.model import Department
from services.auth.departments.schemas import DepartmentRead

LISTING = Listing(
    "departments",
    columns={name: getattr(Department, name) for name in DepartmentRead.model_fields},
    filters={
        "id": Filter(Department.id),
        "name": Filter(Department.name, text=True),
        "parent_id": Filter(Department.parent_id),
        "head_id": Filter(Department.head_id),
        "external_system": Filter(Department.external_system),
        "external_id": Filter(Department.external_id),
        "created_at": Filter(Department.created_at),
        "updated_at": Filter(Department.updated_at),
        "deleted_at": Filter(Department.deleted_at),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": Department.deleted_at.is_(None)},
)
_IN_USE = text(
    "SELECT EXISTS (SELECT FROM department WHERE parent_id = :id AND deleted_at IS NULL)"
    ' OR EXISTS (SELECT FROM "user" WHERE department_id = :id)'
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of departments as JSON; they belong to nobody in particular."""
    return await LISTING.page(source, LISTING.parse(parameters))


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    return await LISTING.read(source, identity)


async def path(session: AsyncSession, identity: UUID) -> list[UUID]:
    """Return a living department and all above it, the nearest first; empty for an unknown one."""
    up = select(Department.id, Department.parent_id).where(
        Department.id == identity, Department.deleted_at.is_(None)
    )
    tree = up.cte("up", recursive=True)
    parents = select(Department.id, Department.parent_id).join(tree, Department.id == tree.c.parent_id)
    return list((await session.scalars(select(tree.union(parents).c.id))).all())


async def is_in_use(session: AsyncSession, identity: UUID) -> bool:
    """Tell whether users belong to it, or departments stand below it."""
    return bool((await session.execute(_IN_USE, {"id": identity})).scalar_one())


async def user_exists(session: AsyncSession, user_id: UUID) -> bool:
    statement = text('SELECT EXISTS (SELECT FROM "user" WHERE id = :id)')
    return bool((await session.execute(statement, {"id": user_id})).scalar_one())
