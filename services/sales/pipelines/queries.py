"""Every SELECT on pipelines."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.common.problems import Conflict
from services.sales.pipelines.model import Pipeline
from services.sales.pipelines.schemas import PipelineRead

_COLUMNS = {name: getattr(Pipeline, name) for name in PipelineRead.model_fields}

LISTING = Listing(
    "pipelines",
    columns=_COLUMNS,
    filters={
        "id": Filter(Pipeline.id),
        "name": Filter(Pipeline.name, text=True),
        "external_system": Filter(Pipeline.external_system),
        "external_id": Filter(Pipeline.external_id),
        "deleted_at": Filter(Pipeline.deleted_at),
    },
    sorts=("created_at", "name"),
    unless_filtered={"deleted_at": Pipeline.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a page of pipelines as JSON; they belong to nobody in particular."""
    return await LISTING.page(source, LISTING.parse(parameters))


async def read(source: Source, identity: UUID) -> dict[str, Any]:
    """Return one pipeline."""
    return await LISTING.read(source, identity)


async def find_pipeline(session: AsyncSession, identity: UUID, *, closed: bool = False) -> Pipeline:
    """Return a pipeline that takes opportunities; with `closed`, also one that does no more."""
    found = await session.get(Pipeline, identity)
    if found is None or (found.deleted_at is not None and not closed):
        # It is our own table: what is not there now will not come by waiting.
        raise Conflict("unknown-reference", detail=f"pipeline {identity}")
    return found
