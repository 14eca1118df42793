"""Pipelines over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.batch import Batch, BatchResults, run_batch
from libs.common.db import Aggregate
from libs.common.edge import IfMatch, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.sales.pipelines import commands, queries
from services.sales.pipelines.schemas import PipelineCreate, PipelineRead, PipelineUpdate

router = Router("/pipelines")
Reader = Depends(Needs("pipeline:read"))
Creator = Depends(Needs("pipeline:create"))
Editor = Annotated[Actor, Depends(Needs("pipeline:update"))]
Remover = Annotated[Actor, Depends(Needs("pipeline:delete"))]
_CHANGE: dict[str, Any] = {"response_model": PipelineRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, PipelineRead))
async def list_pipelines(request: Request, reads: Reads) -> Response:
    """Return a page of pipelines."""
    return page(await queries.list_page(reads, request.query_params.multi_items()))


@router.post("", status_code=201, dependencies=[Creator], **_CHANGE)
async def create_pipeline(body: PipelineCreate, session: Session) -> Response:
    """Open a pipeline."""
    made = await commands.open_pipeline(session, body, session.info["now"])
    return respond(PipelineRead.model_validate(made), made, 201)


@router.post("/batch", response_model=BatchResults, dependencies=[Creator])
async def create_pipelines(body: Batch[PipelineCreate], request: Request) -> Response:
    """Open up to 200 pipelines, with a result for each."""

    async def effect(session: AsyncSession, item: PipelineCreate) -> Aggregate:
        return await commands.open_pipeline(session, item, session.info["now"])

    return await run_batch(request, body.items, PipelineCreate, effect)


@router.get("/{identity}", response_model=PipelineRead, dependencies=[Reader])
async def read_pipeline(identity: UUID, reads: Reads) -> Response:
    """Return one pipeline."""
    return etagged(await queries.read(reads, identity))


@router.patch("/{identity}", **_CHANGE)
async def update_pipeline(
    identity: UUID, body: PipelineUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of a pipeline."""
    done = await commands.reshape_pipeline(session, identity, version, body, actor, session.info["now"])
    return respond(PipelineRead.model_validate(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_pipeline(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a pipeline into the recycle bin."""
    done = await commands.close_pipeline(session, identity, version, actor, session.info["now"])
    return respond(PipelineRead.model_validate(done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_pipeline(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a pipeline out of the recycle bin."""
    done = await commands.reopen_pipeline(session, identity, actor, session.info["now"])
    return respond(PipelineRead.model_validate(done), done)
