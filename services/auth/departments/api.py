"""Departments over HTTP."""

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
from services.auth.departments import commands, queries
from services.auth.departments.schemas import (
    DepartmentCreate,
    DepartmentMove,
    DepartmentRead,
    DepartmentUpdate,
)

router = Router("/departments")
Reader = Depends(Needs("department:read"))
Creator = Annotated[Actor, Depends(Needs("department:create"))]
Editor = Annotated[Actor, Depends(Needs("department:update"))]
Remover = Annotated[Actor, Depends(Needs("department:delete"))]
_CHANGE: dict[str, Any] = {"response_model": DepartmentRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, DepartmentRead))
async def list_departments(request: Request, reads: Reads) -> Response:
    """Return a page of departments."""
    return page(await queries.list_page(reads, request.query_params.multi_items()))


@router.post("", status_code=201, **_CHANGE)
async def create_department(body: DepartmentCreate, session: Session, actor: Creator) -> Response:
    """Add a department to the tree."""
    made = await commands.create_department(session, body, actor, session.info["now"])
    return respond(DepartmentRead.model_validate(made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_departments(body: Batch[DepartmentCreate], request: Request, actor: Creator) -> Response:
    """Add up to 200 departments, with a result for each."""

    async def effect(session: AsyncSession, item: DepartmentCreate) -> Aggregate:
        return await commands.create_department(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, DepartmentCreate, effect)


@router.get("/{identity}", response_model=DepartmentRead, dependencies=[Reader])
async def read_department(identity: UUID, reads: Reads) -> Response:
    """Return one department."""
    return etagged(await queries.read(reads, identity))


@router.patch("/{identity}", **_CHANGE)
async def update_department(
    identity: UUID, body: DepartmentUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Rename a department, or give it another head."""
    done = await commands.change_department(session, identity, version, body, actor, session.info["now"])
    return respond(DepartmentRead.model_validate(done), done)


@router.post("/{identity}/move", **_CHANGE)
async def move_department(identity: UUID, body: DepartmentMove, session: Session, actor: Editor) -> Response:
    """Put a department, with everything below it, under another parent."""
    done = await commands.move_department(session, identity, body.parent_id, actor, session.info["now"])
    return respond(DepartmentRead.model_validate(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_department(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Take an empty department out of the tree."""
    done = await commands.delete_department(session, identity, version, actor, session.info["now"])
    return respond(DepartmentRead.model_validate(done), done)
