"""SLA policies over HTTP."""

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
from services.ticketing.sla_policies import commands, queries
from services.ticketing.sla_policies.schemas import SlaPolicyCreate, SlaPolicyRead, SlaPolicyUpdate

router = Router("/sla-policies")
Reader = Depends(Needs("sla-policy:read"))
Creator = Depends(Needs("sla-policy:create"))
Editor = Annotated[Actor, Depends(Needs("sla-policy:update"))]
Remover = Annotated[Actor, Depends(Needs("sla-policy:delete"))]
_CHANGE: dict[str, Any] = {"response_model": SlaPolicyRead}


@router.get("", dependencies=[Reader], **listed(queries.LISTING, SlaPolicyRead))
async def list_sla_policies(request: Request, reads: Reads) -> Response:
    """Return a page of SLA policies."""
    return page(await queries.list_page(reads, request.query_params.multi_items()))


@router.post("", status_code=201, dependencies=[Creator], **_CHANGE)
async def create_sla_policy(body: SlaPolicyCreate, session: Session) -> Response:
    """Adopt an SLA policy."""
    made = await commands.adopt_sla_policy(session, body, session.info["now"])
    return respond(queries.shown(made), made, 201)


@router.post("/batch", response_model=BatchResults, dependencies=[Creator])
async def create_sla_policies(body: Batch[SlaPolicyCreate], request: Request) -> Response:
    """Adopt up to 200 SLA policies, with a result for each."""

    async def effect(session: AsyncSession, item: SlaPolicyCreate) -> Aggregate:
        return await commands.adopt_sla_policy(session, item, session.info["now"])

    return await run_batch(request, body.items, SlaPolicyCreate, effect)


@router.get("/{identity}", response_model=SlaPolicyRead, dependencies=[Reader])
async def read_sla_policy(identity: UUID, reads: Reads) -> Response:
    """Return one SLA policy."""
    return etagged(await queries.read(reads, identity))


@router.patch("/{identity}", **_CHANGE)
async def update_sla_policy(
    identity: UUID, body: SlaPolicyUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of an SLA policy."""
    done = await commands.revise_sla_policy(session, identity, version, body, actor, session.info["now"])
    return respond(queries.shown(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_sla_policy(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put an SLA policy into the recycle bin."""
    done = await commands.delete_sla_policy(session, identity, version, actor, session.info["now"])
    return respond(queries.shown(done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_sla_policy(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take an SLA policy out of the recycle bin."""
    done = await commands.restore_sla_policy(session, identity, actor, session.info["now"])
    return respond(queries.shown(done), done)
