"""What can be done with a webhook: load, ask, done."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.external import external_columns
from libs.common.ids import new_id
from libs.common.problems import BadRequest
from libs.platform.access.actor import Actor, load
from services.integration.matching import checked, demand_readable
from services.integration.outbound import Policy, RefusedError
from services.integration.signing import new_secret, seal_secret, shown
from services.integration.webhooks import queries
from services.integration.webhooks.model import BY_CHOICE, DETAILS, FAILING, Webhook, webhook_health
from services.integration.webhooks.schemas import WebhookCreate, WebhookUpdate


async def subscribe_webhook(
    session: AsyncSession, asked: WebhookCreate, actor: Actor, policy: Policy, now: datetime
) -> tuple[Webhook, str]:
    """Subscribe an address to events; return the webhook and its secret, which is shown this once."""
    owner_id = asked.owner_id or actor.user_id
    actor.demand_owner("webhook:create", owner_id)
    _demand_open(asked.url, policy)
    details = asked.model_dump(by_alias=True, include={*DETAILS, "is_active"}) | {"owner_id": owner_id}
    details["filter"] = checked(details["filter"])
    _demand_readable(details, owner_id, actor)
    details |= await external_columns(session, Webhook, asked.external_id)
    identity, secret, ring = new_id(), new_secret(), _ring(session)
    made = Webhook.subscribe(identity, details, seal_secret(secret, identity, ring), now)
    session.add(made)
    return made, shown(secret)


async def revise_webhook(
    session: AsyncSession,
    identity: UUID,
    version: int,
    asked: WebhookUpdate,
    actor: Actor,
    policy: Policy,
    now: datetime,
) -> Webhook:
    """Change what was sent, and the owner when one was."""
    found = await load(session, Webhook, identity, actor, "webhook:update", for_update=True, version=version)
    details = asked.model_dump(by_alias=True, include={*DETAILS}, exclude_unset=True)
    if "url" in details:
        _demand_open(details["url"], policy)
    checked(details.get("filter"))
    known = {"filter": found.filter, "types": found.types} | details
    _demand_readable(known, asked.owner_id if "owner_id" in asked.model_fields_set else found.owner_id, actor)
    if "owner_id" in asked.model_fields_set:
        actor.demand_owner("webhook:assign", asked.owner_id)
        found.assign(asked.owner_id, now)
    found.revise(details, now)
    return found


async def rotate_secret(
    session: AsyncSession, identity: UUID, overlap: timedelta, actor: Actor, now: datetime
) -> tuple[Webhook, str]:
    """Give a webhook a new secret; the old one signs as well until the overlap is over."""
    found = await load(session, Webhook, identity, actor, "webhook:update", for_update=True)
    secret = new_secret()
    found.rotate_secret(seal_secret(secret, identity, _ring(session)), overlap, now)
    return found, shown(secret)


async def enable_webhook(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Webhook:
    """Turn it on again, with a clean record."""
    found = await load(session, Webhook, identity, actor, "webhook:update", for_update=True)
    found.enable(now)
    await session.execute(sa.delete(webhook_health).where(webhook_health.c.webhook_id == identity))
    return found


async def disable_webhook(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> Webhook:
    """Turn it off until somebody turns it on."""
    found = await load(session, Webhook, identity, actor, "webhook:update", for_update=True)
    found.disable(BY_CHOICE, now)
    return found


async def delete_webhook(
    session: AsyncSession, identity: UUID, version: int, actor: Actor, now: datetime
) -> Webhook:
    """End the subscription for good."""
    found = await load(session, Webhook, identity, actor, "webhook:delete", for_update=True, version=version)
    found.delete(now)
    return found


async def disable_failing(session: AsyncSession, after: timedelta, now: datetime) -> None:
    """Turn off every webhook whose receiver has failed for too long; its owner hears of it."""
    for each in await queries.failing(session, now - after):
        each.disable(FAILING, now)


def _demand_open(url: str, policy: Policy) -> None:
    """Raise BadRequest for an address that is refused whatever its name resolves to."""
    try:
        policy.target(url)
    except RefusedError as error:
        raise BadRequest("webhook-address-refused") from error


def _demand_readable(details: Mapping[str, Any], owner_id: UUID | None, actor: Actor) -> None:
    """Refuse a filter over what the webhook's owner, or who sets it, may not see."""
    for restricted in (actor.restricted, Actor(owner_id, actor.directory).restricted):
        demand_readable(details["filter"], details["types"], restricted)


def _ring(session: AsyncSession) -> KekRing:
    ring: KekRing = session.info["ring"]
    return ring
