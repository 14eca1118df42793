"""Users over HTTP."""

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
from services.auth.users import commands, queries
from services.auth.users.schemas import (
    ServiceAccountCreate,
    UserCreate,
    UserRead,
    UserUpdate,
)

router = Router("/users")
Reader = Annotated[Actor, Depends(Needs("user:read"))]
Creator = Annotated[Actor, Depends(Needs("user:create"))]
Editor = Annotated[Actor, Depends(Needs("user:update"))]
_CHANGE: dict[str, Any] = {"response_model": UserRead}


@router.get("", **listed(queries.LISTING, UserRead))
async def list_users(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the users in scope."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def create_user(body: UserCreate, session: Session, actor: Creator) -> Response:
    """Take a user in."""
    made = await commands.invite_user(session, body, actor, session.info["now"])
    return respond(UserRead.model_validate(made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_users(body: Batch[UserCreate], request: Request, actor: Creator) -> Response:
    """Take in up to 200 users, with a result for each."""

    async def effect(session: AsyncSession, item: UserCreate) -> Aggregate:
        return await commands.invite_user(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, UserCreate, effect)


@router.post("/service-accounts", status_code=201, **_CHANGE)
async def create_service_account(body: ServiceAccountCreate, session: Session, actor: Creator) -> Response:
    """Take in a service account, for API keys alone; `GET /users?is_service=true` lists them."""
    made = await commands.create_service_account(session, body, actor, session.info["now"])
    return respond(UserRead.model_validate(made), made, 201)


@router.get("/{identity:uuid}", response_model=UserRead)
async def read_user(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one user."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity:uuid}", **_CHANGE)
async def update_user(
    identity: UUID, body: UserUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change a user's profile, place, roles or password."""
    done = await commands.change_user(session, identity, version, body, actor, session.info["now"])
    return respond(UserRead.model_validate(done), done)


@router.post("/{identity:uuid}/deactivate", **_CHANGE)
async def deactivate_user(identity: UUID, session: Session, actor: Editor) -> Response:
    """End everything that a user may do, and his sessions."""
    done = await commands.deactivate_user(session, identity, actor, session.info["now"])
    return respond(UserRead.model_validate(done), done)


@router.post("/{identity:uuid}/unlock", status_code=204)
async def unlock_user(identity: UUID, session: Session, actor: Editor) -> Response:
    """Let a user sign in at once whom too many wrong passwords had locked out."""
    await commands.unlock_user(session, identity, actor)
    return Response(status_code=204)


@router.post("/{identity:uuid}/invite", status_code=204)
async def invite_user_again(identity: UUID, session: Session, actor: Editor) -> Response:
    """Have a link mailed to a user by which he sets his first password; only the newest one works."""
    await commands.send_invitation(session, identity, actor)
    return Response(status_code=204)


@router.post("/{identity:uuid}/end-second-factor", status_code=204)
async def end_second_factor_of_user(identity: UUID, session: Session, actor: Editor) -> Response:
    """Turn off the second factor of a user who lost his app and his recovery codes; he is told."""
    await commands.end_second_factor(session, identity, actor)
    return Response(status_code=204)


@router.post("/{identity:uuid}/reactivate", **_CHANGE)
async def reactivate_user(identity: UUID, session: Session, actor: Editor) -> Response:
    """Let a deactivated user sign in again."""
    done = await commands.reactivate_user(session, identity, actor, session.info["now"])
    return respond(UserRead.model_validate(done), done)
