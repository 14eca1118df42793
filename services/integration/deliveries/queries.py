"""Every SELECT on deliveries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.bus import TopicPartition
from libs.common.listing import Filter, Listing
from libs.common.positions import encode
from libs.platform.access.actor import Actor
from services.integration.deliveries.model import GROUP, PENDING, delivery, kept_event
from services.integration.deliveries.schemas import DeliveryRead
from services.integration.webhooks.model import Webhook, webhook_health
from services.integration.webhooks.queries import read

LISTING = Listing(
    "deliveries",
    columns={name: delivery.c[name] for name in DeliveryRead.model_fields},
    filters={
        name: Filter(delivery.c[name])
        for name in ("id", "event_id", "event_type", "event_time", "status", "last_status", "created_at")
    },
    sorts=("created_at", "event_time", "finished_at"),
)
# The oldest of each webhook first, as many as it has room for; what another process holds is passed over.
_RIPE = sa.text("""
SELECT d.* FROM unnest(:webhooks, :rooms) AS w(id, room)
CROSS JOIN LATERAL (
  SELECT * FROM delivery
  WHERE webhook_id = w.id AND status = 'pending' AND next_at <= :now
    AND (lease_until IS NULL OR lease_until <= :now)
  ORDER BY next_at, id LIMIT w.room FOR UPDATE SKIP LOCKED
) AS d LIMIT :room
""").bindparams(
    sa.bindparam("webhooks", type_=ARRAY(sa.Uuid)),
    sa.bindparam("rooms", type_=ARRAY(sa.Integer)),
    sa.bindparam("now", type_=sa.DateTime(timezone=True)),
)
# Whether a delivery may be waiting at an instant.
IS_RIPE = """
SELECT EXISTS (
  SELECT FROM webhook w WHERE w.is_active AND EXISTS (
    SELECT FROM delivery d WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.next_at <= $1
      AND (d.lease_until IS NULL OR d.lease_until <= $1)
  )
)
"""
_POSITIONS = sa.text('SELECT topic, partition, position FROM consumer_offset WHERE "group" = :group')


async def list_page(
    connection: AsyncConnection, identity: UUID, parameters: Iterable[tuple[str, str]], actor: Actor
) -> bytes:
    """Return a page of a webhook's deliveries, as JSON."""
    await read(connection, identity, actor)
    of_this = delivery.c.webhook_id == identity
    return await LISTING.page(connection, LISTING.parse(parameters), of_this)


async def cursor(connection: AsyncConnection, identity: UUID, actor: Actor) -> str:
    """Return up to where the events were read for a webhook, in the same form as the feed's cursor."""
    await read(connection, identity, actor)
    rows = (await connection.execute(_POSITIONS, {"group": GROUP})).all()
    return encode({TopicPartition(row.topic, row.partition): row.position for row in rows})


async def takers(session: AsyncSession, now: datetime) -> Sequence[sa.Row[Any]]:
    """Return (id, failures) of the webhooks that may be asked now and for which something is due."""
    due = sa.exists().where(
        delivery.c.webhook_id == Webhook.id, delivery.c.status == PENDING, delivery.c.next_at <= now
    )
    health = webhook_health.c
    statement = sa.select(Webhook.id, sa.func.coalesce(health.failures, 0).label("failures"))
    statement = statement.outerjoin(webhook_health, health.webhook_id == Webhook.id)
    rested = sa.or_(health.resume_at.is_(None), health.resume_at <= now)
    found = await session.execute(statement.where(Webhook.is_active, rested, due))
    return list(found)


async def ripe(
    session: AsyncSession, rooms: Mapping[UUID, int], room: int, now: datetime
) -> Sequence[sa.RowMapping]:
    """Return, locked, deliveries whose turn has come, at most as many for each webhook as it has room."""
    given = {"webhooks": list(rooms), "rooms": list(rooms.values()), "room": room, "now": now}
    return (await session.execute(_RIPE, given)).mappings().all()


async def events(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, sa.RowMapping]:
    """Return kept events by their ids."""
    statement = sa.select(kept_event).where(kept_event.c.id.in_(ids))
    return {row["id"]: row for row in (await session.execute(statement)).mappings()}


async def by_ids(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, sa.RowMapping]:
    """Return, locked in order, deliveries by their ids."""
    statement = sa.select(delivery).where(delivery.c.id.in_(ids)).order_by(delivery.c.id).with_for_update()
    return {row["id"]: row for row in (await session.execute(statement)).mappings()}


async def health(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, sa.RowMapping]:
    """Return, locked in order, how webhooks fare."""
    statement = sa.select(webhook_health).where(webhook_health.c.webhook_id.in_(ids))
    rows = await session.execute(statement.order_by(webhook_health.c.webhook_id).with_for_update())
    return {row["webhook_id"]: row for row in rows.mappings()}


def oldest(condition: sa.ColumnElement[bool], most: int) -> sa.Select[UUID]:
    """Return the statement that names the oldest deliveries which meet a condition."""
    return sa.select(delivery.c.id).where(condition).order_by(delivery.c.event_time).limit(most)


def older(table: sa.Table, before: datetime, most: int) -> sa.Select[UUID]:
    """Return the statement that names the oldest rows of deliveries or kept events."""
    at = table.c.event_time if table is delivery else table.c.time
    return sa.select(table.c.id).where(at < before).order_by(at).limit(most)


def behind(cursor: Mapping[TopicPartition, int]) -> sa.ColumnElement[bool]:
    """Return the condition on deliveries whose event stands behind a cursor; a test stands nowhere."""
    given = list(cursor.items())
    known = sa.func.unnest(
        sa.cast([place.topic for place, _ in given], ARRAY(sa.Text)),
        sa.cast([place.partition for place, _ in given], ARRAY(sa.Integer)),
        sa.cast([at for _, at in given], ARRAY(sa.BigInteger)),
    ).table_valued("topic", "partition", "at")
    known = known.render_derived("known")
    seen = sa.select(known.c.at).where(
        known.c.topic == delivery.c.topic, known.c.partition == delivery.c.partition
    )
    reached = sa.func.coalesce(seen.scalar_subquery(), 0)
    return sa.and_(delivery.c.topic != "", delivery.c.offset >= reached)
