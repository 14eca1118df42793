"""What an opaque credential is worth, as the database says it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.api_keys import queries as api_keys
from services.auth.api_keys.model import PresentedKey
from services.auth.exchanges.schemas import NOTED, REMEMBERED, Credential, Grant
from services.auth.sessions import queries as sessions
from services.auth.sessions.model import IDLE, cookie_hash

# The hash of no secret: a key that does not exist takes the same comparison.
_NOBODYS = "0" * 64


async def judge(
    connection: AsyncConnection, credential: Credential, address: str | None, now: datetime
) -> Grant | None:
    """Return what a credential is worth now, None for nothing; its use and the network are noted."""
    if credential.kind == "api-key":
        return await _key(connection, credential, address, now)
    return await _cookie(connection, credential, now)


async def _key(
    connection: AsyncConnection, credential: Credential, address: str | None, now: datetime
) -> Grant | None:
    presented = PresentedKey.parse(credential.value)
    if presented is None:
        return None
    facts = await api_keys.by_prefix(connection, presented.prefix)
    fits = presented.fits(facts.secret_hash if facts else _NOBODYS)
    if facts is None or not fits or not facts.is_active:
        return None
    if facts.expires_at is not None and facts.expires_at <= now:
        return None
    if facts.last_used_at is None or now - facts.last_used_at >= NOTED:
        await api_keys.note_use(connection, facts.id, address, now)
    dv = max(facts.dv, await sessions.needed_dv(connection, facts.user_id))
    until = min(now + REMEMBERED, facts.expires_at or now + REMEMBERED)
    return Grant(facts.user_id, facts.id, "api-key", dv, until, facts.requests_per_minute)


async def _cookie(connection: AsyncConnection, credential: Credential, now: datetime) -> Grant | None:
    hashed = cookie_hash(credential.value)
    facts = await sessions.by_cookie(connection, hashed)
    if facts is None or facts.revoked_at is not None or not facts.is_active:
        return None
    if facts.expires_at <= now or facts.used_at + IDLE <= now:
        return None
    if now - facts.used_at >= NOTED:
        await sessions.note_cookie_use(connection, hashed, now)
    dv = await sessions.needed_dv(connection, facts.user_id)
    until = min(now + REMEMBERED, facts.expires_at)
    return Grant(facts.user_id, facts.session_id, "cookie", dv, until)
