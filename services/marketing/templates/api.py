"""Templates over HTTP."""

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
from services.marketing.templates import commands, queries
from services.marketing.templates.schemas import (
    Preview,
    Previewed,
    TemplateCreate,
    TemplateRead,
    TemplateUpdate,
)

router = Router("/templates")
Reader = Annotated[Actor, Depends(Needs("template:read"))]
Creator = Annotated[Actor, Depends(Needs("template:create"))]
Editor = Annotated[Actor, Depends(Needs("template:update"))]
Remover = Annotated[Actor, Depends(Needs("template:delete"))]
# What of a contact stands in a mail to him.
_WRITTEN: dict[str, Any] = {
    "x-reads": {
        "contact": ["family_name", "given_name", "email", "title", "language"],
        "account": ["name"],
        "template": ["subject", "html", "text"],
    }
}
_CHANGE: dict[str, Any] = {"response_model": TemplateRead}


@router.get("", **listed(queries.LISTING, TemplateRead))
async def list_templates(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the templates in scope."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def create_template(body: TemplateCreate, session: Session, actor: Creator) -> Response:
    """Add a template; its words are checked, and each fault is named with its line."""
    made = await commands.add_template(session, body, actor, session.info["now"])
    return respond(TemplateRead.model_validate(made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_templates(body: Batch[TemplateCreate], request: Request, actor: Creator) -> Response:
    """Add up to 200 templates, with a result for each."""

    async def effect(session: AsyncSession, item: TemplateCreate) -> Aggregate:
        return await commands.add_template(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, TemplateCreate, effect)


@router.get("/{identity}", response_model=TemplateRead)
async def read_template(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one template."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity}", **_CHANGE)
async def update_template(
    identity: UUID, body: TemplateUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change a template's name or words; campaigns that were launched keep theirs."""
    done = await commands.revise_template(session, identity, version, body, actor, session.info["now"])
    return respond(TemplateRead.model_validate(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_template(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a template into the recycle bin."""
    done = await commands.delete_template(session, identity, version, actor, session.info["now"])
    return respond(TemplateRead.model_validate(done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_template(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a template out of the recycle bin."""
    done = await commands.restore_template(session, identity, actor, session.info["now"])
    return respond(TemplateRead.model_validate(done), done)


@router.post("/{identity}/preview", response_model=Previewed, openapi_extra=_WRITTEN)
async def preview_template(identity: UUID, body: Preview, session: Session, actor: Reader) -> Previewed:
    """Show the mail that a contact in the caller's scope would get; nothing is sent."""
    return await commands.preview_template(session, identity, body.contact_id, actor)
