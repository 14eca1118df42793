"""Every SELECT on pipelines."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.listing import Filter, Listing
from libs.common.problems import NotFound
from services.sales.pipelines.model import Pipeline

_SHOWN = ("id", "version", "name", "stages", "created_at", "updated_at", "deleted_at")

LISTING = Listing(
    "pipelines",
    columns={name: getattr(Pipeline, name) for name in (*_SHOWN, "external_system", "external_id")},
    filters={
        "name": Filter(Pipeline.name, text=True),
        "external_system": Filter(Pipeline.external_system),
        "external_id": Filter(Pipeline.external_id),
        "deleted_at": Filter(Pipeline.deleted_at),
    },
    sorts=("created_at", "name"),
    unless_filtered={"deleted_at": Pipeline.deleted_at.is_(None)},
)


async def list_page(connection: AsyncConnection, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of pipelines as JSON; they belong to nobody in particular."""
    return await LISTING.page(connection, LISTING.parse(parameters))


async def read(connection: AsyncConnection, identity: UUID) -> dict[str, Any]:
    """Return one pipeline."""
    statement = select(*(getattr(Pipeline, name) for name in _SHOWN)).where(Pipeline.id == identity)
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)
