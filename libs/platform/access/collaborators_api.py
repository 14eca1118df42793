"""Collaborators over HTTP: the same three routes for every kind of record that can be shared."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement

from libs.common.edge import IfMatch, Router, Session, respond
from libs.common.schemas import Instant
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor, load
from libs.platform.access.collaborators import MOST_COLLABORATORS, Access, Shared
from libs.platform.access.edge import Needs


class CollaboratorPut(BaseModel):
    """How far a record is shared with a user, and until when; without an end until it is taken back."""

    model_config = ConfigDict(extra="forbid")

    access: Access
    expires_at: Instant | None = None


class CollaboratorRead(BaseModel):
    """A user with whom a record is shared; after `expires_at` it is not."""

    user_id: UUID
    access: str
    expires_at: Instant | None


class Collaborators(BaseModel):
    """Everybody with whom a record is shared."""

    items: Annotated[list[CollaboratorRead], Field(max_length=MOST_COLLABORATORS)]


def collaborators(
    prefix: str, resource: str, also: Callable[[Actor], ColumnElement[bool]] | None = None
) -> Router:
    """Return the router of one aggregate's collaborators; `also` opens its records to more readers.

    To share a record takes `<resource>:share` in a scope that reaches its owner: who was let in as a
    collaborator lets nobody else in.
    """
    kind = Shared.kinds[resource]
    router = Router(prefix)
    path = "/{identity}/collaborators"
    reader = Annotated[Actor, Depends(Needs(f"{resource}:read"))]
    sharing = f"{resource}:share"
    sharer = Annotated[Actor, Depends(Needs(sharing))]

    @router.get(path, response_model=Collaborators)
    async def list_collaborators(identity: UUID, session: Session, actor: reader) -> Response:
        """Return everybody with whom a record is shared."""
        opened = also(actor) if also is not None else None
        return _shown(await load(session, kind, identity, actor, f"{resource}:read", also=opened))

    @router.put(f"{path}/{{user_id}}", response_model=Collaborators)
    async def put_collaborator(
        identity: UUID,
        user_id: UUID,
        body: CollaboratorPut,
        version: IfMatch,
        session: Session,
        actor: sharer,
    ) -> Response:
        """Share a record with a user, or change how far and how long."""
        found = await load(session, kind, identity, actor, sharing, for_update=True, version=version)
        if user_id not in actor.directory.users:
            raise UnknownReference(detail=f"user {user_id}")
        found.share(user_id, body.access, body.expires_at, session.info["now"])
        return _shown(found)

    @router.delete(f"{path}/{{user_id}}", response_model=Collaborators)
    async def delete_collaborator(
        identity: UUID,
        user_id: UUID,
        version: IfMatch,
        session: Session,
        actor: sharer,
    ) -> Response:
        """Take a record back from a user; for who is none of its collaborators nothing changes."""
        found = await load(session, kind, identity, actor, sharing, for_update=True, version=version)
        found.unshare(user_id, session.info["now"])
        return _shown(found)

    return router


def _shown(found: Shared) -> Response:
    return respond(Collaborators.model_validate({"items": found.collaborators or []}), found)
