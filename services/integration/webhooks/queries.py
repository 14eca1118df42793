"""Every SELECT on webhooks."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from services.integration.webhooks.model import Webhook, webhook_health
from services.integration.webhooks.schemas import WebhookRead


def _of_health(name: str) -> sa.ScalarSelect[Any]:
    health = webhook_health.c
    return sa.select(health[name]).where(health.webhook_id == Webhook.id).scalar_subquery()


_PAUSED = sa.func.coalesce(_of_health("resume_at") > sa.func.clock_timestamp(), sa.false())
_HEALTH: dict[str, Any] = {
    "health": sa.case((_PAUSED, "paused"), (_of_health("failing_since").is_not(None), "failing"), else_="ok"),
    "failures": sa.func.coalesce(_of_health("failures"), 0),
    **{
        name: _of_health(name)
        for name in ("failing_since", "resume_at", "last_success_at", "last_failure_at")
    },
    **{name: _of_health(name) for name in ("last_status", "last_error")},
}
_COLUMNS: dict[str, Any] = {
    name: _HEALTH[name] if name in _HEALTH else getattr(Webhook, name) for name in WebhookRead.model_fields
}
LISTING = Listing(
    "webhooks",
    columns=_COLUMNS,
    filters={
        "id": Filter(Webhook.id),
        "name": Filter(Webhook.name, text=True),
        "owner_id": Filter(Webhook.owner_id),
        "is_active": Filter(Webhook.is_active),
        "disabled_reason": Filter(Webhook.disabled_reason),
        "created_at": Filter(Webhook.created_at),
        "updated_at": Filter(Webhook.updated_at),
        "deleted_at": Filter(Webhook.deleted_at),
        "external_system": Filter(Webhook.external_system),
        "external_id": Filter(Webhook.external_id),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": Webhook.deleted_at.is_(None)},
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the webhooks in the actor's scope, as JSON."""
    scope = actor.sees("webhook:read", Webhook.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one webhook in the actor's scope, with its health."""
    return await LISTING.read(source, identity, actor.sees("webhook:read", Webhook.owner_id))


async def shown(session: AsyncSession, webhook: Webhook) -> WebhookRead:
    """Return a webhook as the API shows it, with its health."""
    await session.flush()
    columns = (column.label(name) for name, column in _HEALTH.items())
    row = (await session.execute(sa.select(*columns).where(Webhook.id == webhook.id))).mappings().one()
    return WebhookRead.model_validate(webhook).model_copy(update=dict(row))


async def subscriptions(session: AsyncSession) -> Sequence[sa.Row[Any]]:
    """Return what each webhook wants, on or off."""
    names = ("id", "owner_id", "types", "filter", "is_active", "created_at")
    columns = (getattr(Webhook, name) for name in names)
    found = await session.execute(sa.select(*columns).where(Webhook.deleted_at.is_(None)))
    return list(found)


async def by_ids(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Webhook]:
    """Return webhooks by their ids."""
    statement = sa.select(Webhook).where(Webhook.id.in_(ids))
    return {each.id: each for each in await session.scalars(statement)}


async def failing(session: AsyncSession, before: datetime) -> Sequence[Webhook]:
    """Return, locked, active webhooks whose receiver has not answered well since before an instant."""
    long = sa.select(webhook_health.c.webhook_id).where(webhook_health.c.failing_since < before)
    statement = sa.select(Webhook).where(Webhook.is_active, Webhook.id.in_(long)).order_by(Webhook.id)
    return (await session.scalars(statement.with_for_update())).all()


async def active(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Webhook]:
    """Return, locked in order, those of these webhooks that are on."""
    if not ids:
        return ()
    statement = sa.select(Webhook).where(Webhook.id.in_(ids), Webhook.is_active).order_by(Webhook.id)
    return (await session.scalars(statement.with_for_update())).all()
