"""Campaigns over HTTP."""

from collections.abc import Awaitable, Callable
from datetime import datetime
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
from services.marketing.campaigns import commands, queries
from services.marketing.campaigns.schemas import CampaignCreate, CampaignRead, CampaignUpdate

router = Router("/campaigns")
Reader = Annotated[Actor, Depends(Needs("campaign:read"))]
Creator = Annotated[Actor, Depends(Needs("campaign:create"))]
Editor = Annotated[Actor, Depends(Needs("campaign:update"))]
Launcher = Annotated[Actor, Depends(Needs("campaign:launch"))]
Remover = Annotated[Actor, Depends(Needs("campaign:delete"))]
_CHANGE: dict[str, Any] = {"response_model": CampaignRead}


@router.get("", **listed(queries.LISTING, CampaignRead))
async def list_campaigns(request: Request, reads: Reads, actor: Reader) -> Response:
    """Return a page of the campaigns in scope, with what came of each so far."""
    return page(await queries.list_page(reads, request.query_params.multi_items(), actor))


@router.post("", status_code=201, **_CHANGE)
async def create_campaign(body: CampaignCreate, session: Session, actor: Creator) -> Response:
    """Prepare a campaign."""
    made = await commands.draft_campaign(session, body, actor, session.info["now"])
    return respond(await queries.shown(session, made), made, 201)


@router.post("/batch", response_model=BatchResults)
async def create_campaigns(body: Batch[CampaignCreate], request: Request, actor: Creator) -> Response:
    """Prepare up to 200 campaigns, with a result for each."""

    async def effect(session: AsyncSession, item: CampaignCreate) -> Aggregate:
        return await commands.draft_campaign(session, item, actor, session.info["now"])

    return await run_batch(request, body.items, CampaignCreate, effect)


@router.get("/{identity}", response_model=CampaignRead)
async def read_campaign(identity: UUID, reads: Reads, actor: Reader) -> Response:
    """Return one campaign, with what came of its members so far."""
    return etagged(await queries.read(reads, identity, actor))


@router.patch("/{identity}", **_CHANGE)
async def update_campaign(
    identity: UUID, body: CampaignUpdate, version: IfMatch, session: Session, actor: Editor
) -> Response:
    """Change a campaign before it begins."""
    done = await commands.revise_campaign(session, identity, version, body, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.delete("/{identity}", **_CHANGE)
async def delete_campaign(identity: UUID, version: IfMatch, session: Session, actor: Remover) -> Response:
    """Put a campaign that is not under way into the recycle bin."""
    done = await commands.delete_campaign(session, identity, version, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)


@router.post("/{identity}/restore", **_CHANGE)
async def restore_campaign(identity: UUID, session: Session, actor: Remover) -> Response:
    """Take a campaign out of the recycle bin."""
    return await _moved(commands.restore_campaign, identity, session, actor)


@router.post("/{identity}/launch", **_CHANGE)
async def launch_campaign(identity: UUID, session: Session, actor: Launcher) -> Response:
    """Begin with those who are in the segment now; a campaign with a later hour waits for it."""
    return await _moved(commands.launch_campaign, identity, session, actor)


@router.post("/{identity}/pause", **_CHANGE)
async def pause_campaign(identity: UUID, session: Session, actor: Launcher) -> Response:
    """Ask for no more mails until the campaign is resumed."""
    return await _moved(commands.pause_campaign, identity, session, actor)


@router.post("/{identity}/resume", **_CHANGE)
async def resume_campaign(identity: UUID, session: Session, actor: Launcher) -> Response:
    """Let a paused campaign go on."""
    return await _moved(commands.resume_campaign, identity, session, actor)


@router.post("/{identity}/cancel", **_CHANGE)
async def cancel_campaign(identity: UUID, session: Session, actor: Launcher) -> Response:
    """End a campaign before its time; who was not mailed yet will not be."""
    return await _moved(commands.cancel_campaign, identity, session, actor)


type _Move = Callable[[AsyncSession, UUID, Actor, datetime], Awaitable[Any]]


async def _moved(move: _Move, identity: UUID, session: AsyncSession, actor: Actor) -> Response:
    done = await move(session, identity, actor, session.info["now"])
    return respond(await queries.shown(session, done), done)
