"""Every SELECT on messages."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from services.integration.messages.model import Message, consent_withdrawal, mail_content
from services.integration.messages.schemas import MessageRead

_UNDER_WAY = sa.exists().where(
    mail_content.c.id == Message.id, mail_content.c.lease_until > sa.func.clock_timestamp()
)
_COLUMNS: dict[str, Any] = {
    name: getattr(Message, name) for name in MessageRead.model_fields if name != "is_being_sent"
}
# Whether a mail may be waiting at an instant.
IS_RIPE = """
SELECT EXISTS (
  SELECT FROM mail_content WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
)
"""
LISTING = Listing(
    "messages",
    columns=_COLUMNS | {"is_being_sent": _UNDER_WAY},
    filters={
        "id": Filter(Message.id),
        "owner_id": Filter(Message.owner_id),
        "about_type": Filter(Message.about_type),
        "about_id": Filter(Message.about_id),
        "contact_id": Filter(Message.contact_id),
        "purpose": Filter(Message.purpose),
        "message_id": Filter(Message.message_id),
        "status": Filter(Message.status),
        "reason": Filter(Message.reason),
        "reply_code": Filter(Message.reply_code),
        "finished_at": Filter(Message.finished_at),
        "created_at": Filter(Message.created_at),
    },
    sorts=("created_at", "finished_at", "updated_at"),
)


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the messages in the actor's scope, as JSON."""
    scope = actor.sees("message:read", Message.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    """Return one message in the actor's scope."""
    return await LISTING.read(source, identity, actor.sees("message:read", Message.owner_id))


async def is_known(session: AsyncSession, identity: UUID) -> bool:
    """Tell whether a mail was asked for before."""
    return bool(await session.scalar(sa.select(sa.exists().where(Message.id == identity))))


async def has_withdrawn(session: AsyncSession, contact_id: UUID | None, purpose: str) -> bool:
    """Tell whether a contact said no to this purpose, as far as has been heard."""
    found = sa.exists().where(
        consent_withdrawal.c.contact_id == contact_id, consent_withdrawal.c.purpose == purpose
    )
    return bool(await session.scalar(sa.select(found)))


async def ripe(
    session: AsyncSession, room: int, now: datetime, but: Collection[UUID] = ()
) -> Sequence[sa.RowMapping]:
    """Return, locked, the mails whose turn has come and that nobody sends now, the oldest first."""
    content = mail_content.c
    idle = sa.or_(content.lease_until.is_(None), content.lease_until <= now)
    statement = sa.select(mail_content).where(content.next_at <= now, idle, content.id.not_in(but))
    statement = statement.order_by(content.next_at, content.id).limit(room).with_for_update(skip_locked=True)
    return (await session.execute(statement)).mappings().all()


async def contents(
    session: AsyncSession, condition: sa.ColumnElement[bool], most: int | None = None
) -> dict[UUID, sa.RowMapping]:
    """Return, locked in order, the mails that have not left and meet a condition."""
    statement = sa.select(mail_content).where(condition).order_by(mail_content.c.id).limit(most)
    return {row["id"]: row for row in (await session.execute(statement.with_for_update())).mappings()}


async def by_ids(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Message]:
    """Return, locked in order, these messages."""
    if not ids:
        return {}
    statement = sa.select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()
    return {each.id: each for each in await session.scalars(statement)}
