"""Every SELECT on signing keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.problems import Unavailable
from services.auth.signing_keys.model import SigningKey


async def living(session: AsyncSession) -> Sequence[SigningKey]:
    """Return the keys that tokens may be signed with, the newest first."""
    statement = select(SigningKey).where(SigningKey.deleted_at.is_(None))
    return (await session.scalars(statement.order_by(SigningKey.usable_from.desc()))).all()


async def current(session: AsyncSession, now: datetime) -> SigningKey:
    """Return the newest key whose time has come."""
    statement = (
        select(SigningKey)
        .where(SigningKey.deleted_at.is_(None), SigningKey.usable_from <= now)
        .order_by(SigningKey.usable_from.desc())
        .limit(1)
    )
    key = (await session.scalars(statement)).one_or_none()
    if key is None:
        raise Unavailable
    return key


async def public_keys(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Return the living public keys as JWKs."""
    statement = select(SigningKey.jwk).where(SigningKey.deleted_at.is_(None))
    return list((await connection.scalars(statement.order_by(SigningKey.usable_from.desc()))).all())
