"""API keys over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.edge import Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.common.problems import responses
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.auth.api_keys import commands, queries
from services.auth.api_keys.schemas import ApiKeyCreate, ApiKeyIssued, ApiKeyRead, ApiKeyRotate

router = Router("/api-keys")
Reader = Annotated[Actor, Depends(Needs("api-key:read"))]
Creator = Annotated[Actor, Depends(Needs("api-key:create"))]
Revoker = Annotated[Actor, Depends(Needs("api-key:revoke"))]


@router.get("", **listed(queries.LISTING, ApiKeyRead))
async def list_api_keys(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the API keys in scope."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, response_model=ApiKeyIssued, responses=responses(404))
async def create_api_key(body: ApiKeyCreate, session: Session, actor: Creator) -> Response:
    """Make a key for yourself or a service account; its secret is in this answer alone."""
    made, minted = await commands.issue_key(session, body, actor, session.info["now"])
    shown = ApiKeyRead.model_validate(made).model_dump()
    return respond(ApiKeyIssued(**shown, secret=str(minted)), made, 201)


@router.get("/{identity}", response_model=ApiKeyRead)
async def read_api_key(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one API key, without its secret."""
    return etagged(await queries.read(reads, identity, actor))


@router.post("/{identity}/rotate", status_code=201, response_model=ApiKeyIssued)
async def rotate_api_key(identity: UUID, body: ApiKeyRotate, session: Session, actor: Creator) -> Response:
    """Put a new key in the place of one, which stays good for the overlap; both are in the list."""
    made, minted = await commands.rotate_key(session, identity, body, actor, session.info["now"])
    shown = ApiKeyRead.model_validate(made).model_dump()
    return respond(ApiKeyIssued(**shown, secret=str(minted)), made, 201)


@router.post("/{identity}/revoke", response_model=ApiKeyRead)
async def revoke_api_key(identity: UUID, session: Session, actor: Revoker) -> Response:
    """End a key at once and everywhere."""
    done = await commands.revoke_key(session, identity, actor, session.info["now"])
    return respond(ApiKeyRead.model_validate(done), done)
