"""Every SELECT on notifications; each user sees his own, whatever else he may do."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.common.problems import NotFound
from libs.common.restrictions import Restrictions
from libs.platform.access.actor import Actor
from libs.platform.records.visibility import visible_records
from libs.platform.references.tables import reference
from services.integration.notifications.model import Notification
from services.integration.notifications.schemas import NotificationRead
from services.integration.wording import worded

_NAMES = frozenset({"name", "family_name", "given_name", "subject"})
_COMPUTED = ("label", "text")
_COLUMNS: dict[str, Any] = {
    name: sa.null() if name in _COMPUTED else getattr(Notification, name)
    for name in NotificationRead.model_fields
}
LISTING = Listing(
    "notifications",
    columns=_COLUMNS,
    filters={
        "id": Filter(Notification.id),
        "kind": Filter(Notification.kind),
        "about_type": Filter(Notification.about_type),
        "about_id": Filter(Notification.about_id),
        "read_at": Filter(Notification.read_at),
        "created_at": Filter(Notification.created_at),
    },
    sorts=("created_at", "read_at"),
)
# Every new notification moves the position of the reactions' group; every reading moves `updated_at`.
_NEWS = sa.text("""
SELECT (SELECT sum(position) FROM consumer_offset WHERE "group" = :group),
       (SELECT max(updated_at) FROM notification)
""")


async def list_page(
    source: Source, parameters: Iterable[tuple[str, str]], actor: Actor, language: str
) -> bytes:
    """Return a page of the user's own notifications, as JSON."""
    listing = replace(LISTING, columns=_columns(actor), shape=partial(_shaped, language))
    return await listing.page(source, listing.parse(parameters), Notification.owner_id == actor.user_id)


async def shown(
    connection: AsyncConnection | AsyncSession, notification_id: UUID, actor: Actor, language: str
) -> NotificationRead:
    """Return one of the user's own notifications as the API shows it."""
    found = await _some(connection, actor, language, Notification.id == notification_id)
    if not found:
        raise NotFound
    return NotificationRead.model_validate(found[0])


async def since(
    connection: AsyncConnection, actor: Actor, language: str, at: datetime, but: Collection[UUID], most: int
) -> list[dict[str, Any]]:
    """Return the user's notifications from an instant on, the oldest first, without those named."""
    fresh = sa.and_(Notification.created_at >= at, Notification.id.not_in(but))
    return await _some(connection, actor, language, fresh, most)


async def count_unread(connection: AsyncConnection | AsyncSession, actor: Actor) -> int:
    """Return how many of his notifications the user has not read."""
    unread = sa.select(sa.func.count()).where(
        Notification.owner_id == actor.user_id, Notification.read_at.is_(None)
    )
    return (await connection.execute(unread)).scalar_one()


async def find(session: AsyncSession, notification_id: UUID, actor: Actor) -> Notification:
    """Return, locked, one of the user's own notifications."""
    statement = sa.select(Notification).where(
        Notification.id == notification_id, Notification.owner_id == actor.user_id
    )
    found = (await session.scalars(statement.with_for_update())).one_or_none()
    if found is None:
        raise NotFound
    return found


async def unread(session: AsyncSession, actor: Actor, most: int) -> Sequence[Notification]:
    """Return, locked, what the user has not read yet."""
    statement = sa.select(Notification).where(
        Notification.owner_id == actor.user_id, Notification.read_at.is_(None)
    )
    return (await session.scalars(statement.order_by(Notification.id).limit(most).with_for_update())).all()


async def news(connection: AsyncConnection, group: str) -> tuple[Any, ...]:
    """Return something that is another thing whenever a notification came or was read."""
    return tuple((await connection.execute(_NEWS, {"group": group})).one())


async def _some(
    connection: AsyncConnection | AsyncSession,
    actor: Actor,
    language: str,
    condition: sa.ColumnElement[bool],
    most: int = 1,
) -> list[dict[str, Any]]:
    columns = (column.label(name) for name, column in _columns(actor).items())
    statement = sa.select(*columns).where(Notification.owner_id == actor.user_id, condition)
    statement = statement.order_by(Notification.created_at, Notification.id).limit(most)
    rows = (await connection.execute(statement)).mappings()
    return [_shaped(language, dict(row)) for row in rows]


def _columns(actor: Actor) -> dict[str, Any]:
    """Return what is read; the label of a record only as long as the user may read the record."""
    named = sa.select(reference.c.label).where(
        reference.c.type == Notification.about_type,
        reference.c.id == Notification.about_id,
        visible_records(actor, Notification.about_type, Notification.about_id),
    )
    if unnamed := _unnamed(actor):
        named = named.where(sa.not_(reference.c.type == sa.any_(_texts(unnamed))))
    label = named.scalar_subquery()
    facts = _facts(actor.restricted)
    words = ("kind", Notification.kind, "facts", facts, "label", label)
    return _COLUMNS | {
        "facts": facts,
        "label": label,
        "text": sa.func.jsonb_build_object(*words, type_=JSONB()),
    }


def _facts(restricted: Restrictions) -> Any:
    """Return the facts of a record; of a kind that the reader sees in part, none."""
    if not restricted:
        return Notification.facts
    partly = Notification.about_type == sa.any_(_texts(sorted(restricted)))
    nothing = sa.cast(sa.literal_column("'{}'"), JSONB())
    return sa.case((partly, nothing), else_=Notification.facts)


def _texts(values: list[str]) -> Any:
    return sa.bindparam(None, values, type_=sa.ARRAY(sa.Text()))


def _unnamed(actor: Actor) -> list[str]:
    """Return the kinds of record whose name the reader may not see as it is."""
    return sorted(kind for kind, each in actor.restricted.items() if each.unreadable & _NAMES)


def _shaped(language: str, row: dict[str, Any]) -> dict[str, Any]:
    if "text" in row:
        row["text"] = worded(row["text"]["kind"], row["text"]["facts"], row["text"]["label"], language)
    return row
