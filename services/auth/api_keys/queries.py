"""Every SELECT on API keys."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.listing import Filter, Listing, Source
from libs.platform.access.actor import Actor
from services.auth.api_keys.model import ApiKey, ApiKeyUse
from services.auth.api_keys.schemas import ApiKeyRead

_LAST_USED = select(ApiKeyUse.last_used_at).where(ApiKeyUse.id == ApiKey.id).scalar_subquery()
LISTING = Listing(
    "api-keys",
    columns={
        name: _LAST_USED.label(name) if name == "last_used_at" else getattr(ApiKey, name)
        for name in ApiKeyRead.model_fields
    },
    filters={
        "id": Filter(ApiKey.id),
        "user_id": Filter(ApiKey.user_id),
        "name": Filter(ApiKey.name, text=True),
        "prefix": Filter(ApiKey.prefix),
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


async def note_use(connection: AsyncConnection, identity: UUID, now: datetime) -> None:
    """Remember when a key was used last."""
    statement = insert(ApiKeyUse).values(id=identity, last_used_at=literal(now))
    changed = {"last_used_at": statement.excluded.last_used_at}
    await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))
