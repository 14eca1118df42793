"""Contacts over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.batch import Batch, BatchResults, run_together
from libs.common.db import Aggregate
from libs.common.edge import IfMatch, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from libs.platform.access.revealing import Masked, Revealed
from services.customer.contacts import commands, queries
from services.customer.contacts.schemas import (
    ContactCreate,
    ContactCreated,
    ContactRead,
    ContactUpdate,
    Duplicates,
    MergeInto,
)

router = Router("/contacts")
Reader = Annotated[Actor, Depends(Needs("contact:read"))]
Creator = Annotated[Actor, Depends(Needs("contact:create"))]
Editor = Annotated[Actor, Depends(Needs("contact:update"))]
Remover = Annotated[Actor, Depends(Needs("contact:delete"))]
Merger = Annotated[Actor, Depends(Needs("contact:merge"))]
Revealer = Annotated[Actor, Depends(Needs("contact:reveal"))]
Eraser = Annotated[Actor, Depends(Needs("contact:erase"))]
# What two records are compared by.
_COMPARED: dict[str, Any] = {"x-reads": {"contact": ["email", "phone"]}}
_CHANGE: dict[str, Any] = {"response_model": ContactRead}


@router.get("", **listed(queries.LISTING, ContactRead))
async def list_contacts(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the contacts in scope."""
    parameters = request.query_params.multi_items()
    return page(await queries.listed(reads, parameters, actor, request.app.state.door.keks))


@router.post("", status_code=201, response_model=ContactCreated)
async def create_contact(body: ContactCreate, session: Session, actor: Creator) -> Response:
    """Take a contact in, and tell which others he looks like."""
    made = await commands.create_contact(session, body, actor, session.info["now"])
    shown = (await queries.shown(session, made)).model_dump(exclude={"phone"})
    similar = await commands.possible_duplicates(session, made, actor)
    model = ContactCreated(**shown, phone_mask=made.phone_mask, possible_duplicates=similar)
    return respond(model, made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_contacts(body: Batch[ContactCreate], request: Request, actor: Creator) -> Response:
    """Take up to 200 contacts in, with a result for each."""

    async def effects(session: Session, items: Sequence[ContactCreate]) -> Sequence[Aggregate]:
        return await commands.create_contacts(session, items, actor, session.info["now"])

    return await run_together(request, body.items, ContactCreate, effects)


@router.get("/{identity}", response_model=ContactRead)
async def read_contact(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one contact."""
    return etagged(await queries.read(reads, identity, actor))


@router.get("/{identity}/duplicates", response_model=Duplicates, openapi_extra=_COMPARED)
async def list_duplicates(identity: UUID, session: Session, actor: Reader) -> Duplicates:
    """Return the contacts that this one looks like, and why."""
    return Duplicates.model_validate({"items": await commands.find_duplicates(session, identity, actor)})


@router.patch("/{identity}", **_CHANGE)
async def update_contact(
    identity: UUID, body: ContactUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of a contact."""
    done = await commands.revise_contact(session, identity, version, body, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_contact(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a contact into the recycle bin."""
    done = await commands.delete_contact(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_contact(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a contact out of the recycle bin."""
    done = await commands.restore_contact(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/merge", **_CHANGE)
async def merge_contact(identity: UUID, body: MergeInto, session: Session, actor: Merger) -> Response:
    """Let a contact live on in another; links to him are not rewritten, so this can be undone."""
    done = await commands.merge_contact(session, identity, body.into_id, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/unmerge", **_CHANGE)
async def unmerge_contact(identity: UUID, session: Session, actor: Merger) -> Response:
    """Undo a merge."""
    done = await commands.unmerge_contact(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/reveal", response_model_exclude_unset=True)
async def reveal_contact(
    identity: UUID, session: Session, actor: Revealer, field: Masked = "phone"
) -> Revealed:
    """Show the phone, or another masked field, in the clear; the audit trail keeps who saw it."""
    return Revealed(**{field: await commands.reveal_contact(session, identity, field, actor)})


@router.post("/{identity}/erase", **_CHANGE)
async def erase_contact(identity: UUID, session: Session, actor: Eraser) -> Response:
    """Forget the person, here and everywhere, for good."""
    done = await commands.erase_contact(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)
