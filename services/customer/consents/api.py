"""Consents over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.batch import Batch, BatchResults, run_batch
from libs.common.db import Aggregate
from libs.common.edge import Reading, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.customer.consents import commands, queries
from services.customer.consents.schemas import ConsentEntryRead, ConsentGive, ConsentRead, ConsentWithdraw

router = Router("/consents")
contact_router = Router("/contacts")
Reader = Annotated[Actor, Depends(Needs("consent:read"))]
Creator = Annotated[Actor, Depends(Needs("consent:create"))]
Withdrawer = Annotated[Actor, Depends(Needs("consent:withdraw"))]
_CHANGE: dict[str, Any] = {"response_model": ConsentRead}

_ENTRIES = listed(queries.HISTORY, ConsentEntryRead)
# Given or withdrawn, each entry tells how the consent stands.
_ENTRIES["openapi_extra"] |= {"x-reads": {"consent": ["status"]}}


@router.get("", **listed(queries.LISTING, ConsentRead))
async def list_consents(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of what the contacts in scope said last."""
    return page(await queries.listed(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def give_consent(body: ConsentGive, session: Session, actor: Creator) -> Response:
    """Note that a contact agreed to a purpose on a channel."""
    done = await commands.give_consent(session, body, actor, session.info["now"])
    return respond(ConsentRead.model_validate(done), done, 201)


@router.post("/batch", response_model=BatchResults)
async def give_consents(body: Batch[ConsentGive], request: Request, actor: Creator) -> Response:
    """Note up to 200 consents, with a result for each."""

    async def effect(session: Session, item: ConsentGive) -> Aggregate:
        return await commands.give_consent(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, ConsentGive, effect)


@router.post("/withdraw", **_CHANGE)
async def withdraw_consent(body: ConsentWithdraw, session: Session, actor: Withdrawer) -> Response:
    """Note that a contact objects to a purpose on a channel."""
    done = await commands.withdraw_consent(session, body, actor, session.info["now"])
    return respond(ConsentRead.model_validate(done), done)


@router.get("/{identity}", response_model=ConsentRead)
async def read_consent(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one consent."""
    return etagged(await queries.read(reads, identity, actor))


@contact_router.get("/{identity}/consents", **_ENTRIES)
async def list_consent_history(identity: UUID, request: Request, reading: Reading, actor: Reader) -> Response:
    """Return a page of everything that one contact ever agreed or objected to, the newest first."""
    parameters = request.query_params.multi_items()
    return page(await queries.history(reading, identity, parameters, actor))
