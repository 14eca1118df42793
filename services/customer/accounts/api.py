"""Accounts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.batch import Batch, BatchResults, run_batch
from libs.common.db import Aggregate
from libs.common.edge import IfMatch, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.customer.accounts import commands, queries
from services.customer.accounts.schemas import (
    AccountCreate,
    AccountCreated,
    AccountRead,
    AccountUpdate,
    Duplicates,
    MergeInto,
)

router = Router("/accounts")
Reader = Annotated[Actor, Depends(Needs("account:read"))]
Creator = Annotated[Actor, Depends(Needs("account:create"))]
Editor = Annotated[Actor, Depends(Needs("account:update"))]
Remover = Annotated[Actor, Depends(Needs("account:delete"))]
Merger = Annotated[Actor, Depends(Needs("account:merge"))]
# What two records are compared by.
_COMPARED: dict[str, Any] = {"x-reads": {"account": ["name", "phone"]}}
_CHANGE: dict[str, Any] = {"response_model": AccountRead}


@router.get("", **listed(queries.LISTING, AccountRead))
async def list_accounts(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the accounts in scope."""
    return page(await queries.listed(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, response_model=AccountCreated)
async def create_account(body: AccountCreate, session: Session, actor: Creator) -> Response:
    """Take an account in, and tell which others it looks like."""
    made = await commands.create_account(session, body, actor, session.info["now"])
    shown = AccountCreated.model_validate(made)
    shown.possible_duplicates = await commands.possible_duplicates(session, made, actor)
    return respond(shown, made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_accounts(body: Batch[AccountCreate], request: Request, actor: Creator) -> Response:
    """Take up to 200 accounts in, with a result for each."""

    async def effect(session: Session, item: AccountCreate) -> Aggregate:
        return await commands.create_account(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, AccountCreate, effect)


@router.get("/{identity}", response_model=AccountRead)
async def read_account(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one account."""
    return etagged(await queries.read(reads, identity, actor))


@router.get("/{identity}/duplicates", response_model=Duplicates, openapi_extra=_COMPARED)
async def list_duplicates(identity: UUID, session: Session, actor: Reader) -> Duplicates:
    """Return the accounts that this one looks like, and why."""
    return Duplicates.model_validate({"items": await commands.find_duplicates(session, identity, actor)})


@router.patch("/{identity}", **_CHANGE)
async def update_account(
    identity: UUID, body: AccountUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change facts of an account."""
    done = await commands.revise_account(session, identity, version, body, actor, session.info["now"])
    return respond(AccountRead.model_validate(done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_account(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put an account into the recycle bin."""
    done = await commands.delete_account(session, identity, version, actor, session.info["now"])
    return respond(AccountRead.model_validate(done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_account(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take an account out of the recycle bin."""
    done = await commands.restore_account(session, identity, actor, session.info["now"])
    return respond(AccountRead.model_validate(done), done)


@router.post("/{identity}/merge", **_CHANGE)
async def merge_account(identity: UUID, body: MergeInto, session: Session, actor: Merger) -> Response:
    """Let an account live on in another; links to it are not rewritten, so this can be undone."""
    done = await commands.merge_account(session, identity, body.into_id, actor, session.info["now"])
    return respond(AccountRead.model_validate(done), done)


@router.post("/{identity}/unmerge", **_CHANGE)
async def unmerge_account(identity: UUID, session: Session, actor: Merger) -> Response:
    """Undo a merge."""
    done = await commands.unmerge_account(session, identity, actor, session.info["now"])
    return respond(AccountRead.model_validate(done), done)
