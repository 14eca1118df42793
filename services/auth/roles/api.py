"""Roles over HTTP."""

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
from services.auth.roles import commands, queries
from services.auth.roles.schemas import (
    RoleCreate,
    RoleRead,
    RoleUpdate,
)

router = Router("/roles")
Reader = Depends(Needs("role:read"))
Creator = Annotated[Actor, Depends(Needs("role:create"))]
Editor = Annotated[Actor, Depends(Needs("role:update"))]
Remover = Annotated[Actor, Depends(Needs("role:delete"))]
_CHANGE: dict[str, Any] = {"response_model": RoleRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, RoleRead))
async def list_roles(request: Request, reads: Reads) -> Response:
    """Return a page of roles."""
    return page(await queries.list_page(reads, request.query_params.multi_items()))


@router.post("", status_code=201, **_CHANGE)
async def create_role(body: RoleCreate, session: Session, actor: Creator) -> Response:
    """Define a role."""
    made = await commands.create_role(session, body, actor, session.info["now"])
    return respond(RoleRead.model_validate(made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_roles(body: Batch[RoleCreate], request: Request, actor: Creator) -> Response:
    """Define up to 200 roles, with a result for each."""

    async def effect(session: AsyncSession, item: RoleCreate) -> Aggregate:
        return await commands.create_role(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, RoleCreate, effect)


@router.get("/{identity}", response_model=RoleRead, dependencies=[Reader])
async def read_role(identity: UUID, reads: Reads) -> Response:
    """Return one role."""
    return etagged(await queries.read(reads, identity))


@router.patch("/{identity}", **_CHANGE)
async def update_role(
    identity: UUID, body: RoleUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Rename a role, or give it other permissions."""
    done = await commands.change_role(session, identity, version, body, actor, session.info["now"])
    return respond(RoleRead.model_validate(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_role(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Remove a role that nobody holds."""
    done = await commands.delete_role(session, identity, version, actor, session.info["now"])
    return respond(RoleRead.model_validate(done), done)
