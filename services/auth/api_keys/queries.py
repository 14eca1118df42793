"""Every SELECT on API keys."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from services.auth.api_keys.model import ApiKey, ApiKeyUse
from services.auth.api_keys.schemas import ApiKeyRead

_USE = {
    name: select(getattr(ApiKeyUse, name)).where(ApiKeyUse.id == ApiKey.id).scalar_subquery().label(name)
    for name in ("last_used_at", "last_used_address")
}
LISTING = Listing(
    "api-keys",
    columns={name: _USE[name] if name in _USE else getattr(ApiKey, name) for name in ApiKeyRead.model_fields},
    filters={
        "id": Filter(ApiKey.id),
        "user_id": Filter(ApiKey.user_id),
        "name": Filter(ApiKey.name, text=True),
        "prefix": Filter(ApiKey.prefix),
        "replaces_id": Filter(ApiKey.replaces_id),
        "expires_at": Filter(ApiKey.expires_at),
        "created_at": Filter(ApiKey.created_at),
        "deleted_at": Filter(ApiKey.deleted_at),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": ApiKey.deleted_at.is_(None)},
)
_BY_PREFIX = text("""
SELECT k.id, k.user_id, k.dv, k.secret_hash, k.expires_at, k.requests_per_minute, u.is_active, l.last_used_at
FROM api_key k JOIN "user" u ON u.id = k.user_id LEFT JOIN api_key_use l ON l.id = k.id
WHERE k.prefix = :prefix AND k.deleted_at IS NULL
""")


class KeyFacts(NamedTuple):
    """What a presented key is judged by."""

    id: UUID
    user_id: UUID
    dv: int
    secret_hash: str
    expires_at: datetime | None
    requests_per_minute: int | None
    is_active: bool
    last_used_at: datetime | None


async def list_page(source: Source, parameters: Iterable[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the keys in scope as JSON; each belongs to its user."""
    scope = actor.sees("api-key:read", ApiKey.user_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, identity: UUID, actor: Actor) -> dict[str, Any]:
    return await LISTING.read(source, identity, actor.sees("api-key:read", ApiKey.user_id))


async def by_prefix(connection: AsyncConnection, prefix: str) -> KeyFacts | None:
    """Return the living key that begins with this."""
    row = (await connection.execute(_BY_PREFIX, {"prefix": prefix})).first()
    return KeyFacts(*row) if row else None


async def is_replaced(session: AsyncSession, identity: UUID) -> bool:
    """Tell whether another key has taken this one's place."""
    statement = select(ApiKey.id).where(ApiKey.replaces_id == identity).limit(1)
    return (await session.execute(statement)).first() is not None


async def note_use(connection: AsyncConnection, identity: UUID, address: str | None, now: datetime) -> None:
    """Remember when a key was used last, and from which network."""
    statement = insert(ApiKeyUse).values(id=identity, last_used_at=literal(now), last_used_address=address)
    changed = {name: statement.excluded[name] for name in _USE}
    await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))
