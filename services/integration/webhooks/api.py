"""Webhooks over HTTP."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from libs.common.edge import IfMatch, Reads, Router, Session, etagged, page, respond
from libs.common.listing_schema import listed
from libs.platform.access.actor import Actor
from libs.platform.access.edge import Needs
from services.integration.outbound import Policy
from services.integration.settings import Settings
from services.integration.webhooks import commands, queries
from services.integration.webhooks.schemas import (
    WebhookCreate,
    WebhookRead,
    WebhookUpdate,
    WebhookWithSecret,
)

router = Router("/webhooks")
Reader = Annotated[Actor, Depends(Needs("webhook:read"))]
Creator = Annotated[Actor, Depends(Needs("webhook:create"))]
Editor = Annotated[Actor, Depends(Needs("webhook:update"))]
Remover = Annotated[Actor, Depends(Needs("webhook:delete"))]
_CHANGE: dict[str, Any] = {"response_model": WebhookRead}


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Configured = Annotated[Settings, Depends(_settings)]


@router.get("", **listed(queries.LISTING, WebhookRead))
async def list_webhooks(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the webhooks in scope."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, response_model=WebhookWithSecret)
async def create_webhook(
    body: WebhookCreate, session: Session, actor: Creator, settings: Configured
) -> Response:
    """Subscribe an address to events; the answer alone shows the secret that signs them."""
    policy = Policy(settings.webhook_allowed_networks)
    made, secret = await commands.subscribe_webhook(session, body, actor, policy, session.info["now"])
    shown = await queries.shown(session, made)
    return respond(WebhookWithSecret(**shown.model_dump(), secret=secret), made, 201)


@router.get("/{identity}", response_model=WebhookRead)
async def read_webhook(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one webhook and how its receiver fares."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity}", **_CHANGE)
async def update_webhook(
    identity: UUID,
    body: WebhookUpdate,
    version: IfMatch,
    session: Session,
    actor: Editor,
    settings: Configured,
) -> Response:
    """Change name, address, types, filter or owner."""
    policy, now = Policy(settings.webhook_allowed_networks), session.info["now"]
    done = await commands.revise_webhook(session, identity, version, body, actor, policy, now)
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_webhook(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """End the subscription for good; its secrets are destroyed."""
    done = await commands.delete_webhook(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/rotate-secret", response_model=WebhookWithSecret)
async def rotate_secret(identity: UUID, session: Session, actor: Editor, settings: Configured) -> Response:
    """Sign with a new secret, and for a while with the old one too."""
    overlap = timedelta(seconds=settings.webhook_secret_overlap)
    done, secret = await commands.rotate_secret(session, identity, overlap, actor, session.info["now"])
    shown = await queries.shown(session, done)
    return respond(WebhookWithSecret(**shown.model_dump(), secret=secret), done)


@router.post("/{identity}/enable", **_CHANGE)
async def enable_webhook(identity: UUID, session: Session, actor: Editor) -> Response:
    """Turn it on: what was pending goes on, what was held can be redelivered."""
    done = await commands.enable_webhook(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/disable", **_CHANGE)
async def disable_webhook(identity: UUID, session: Session, actor: Editor) -> Response:
    """Turn it off: what matches from now on is held."""
    done = await commands.disable_webhook(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)
