"""Every SELECT on second factors and recovery codes."""

from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.problems import Forbidden
from libs.platform.access.actor import Actor
from services.auth.second_factors.model import RecoveryCode, SecondFactor, code_hash, plain
from services.auth.security_mails.model import Recipient

_READ = text("""
SELECT f.confirmed_at AS since, (
  SELECT count(*) FROM recovery_code c WHERE c.user_id = CAST(:user_id AS uuid) AND c.used_at IS NULL
) AS recovery_codes_left
FROM (SELECT 1) AS one LEFT JOIN second_factor f
  ON f.user_id = CAST(:user_id AS uuid) AND f.confirmed_at IS NOT NULL
""")

_HOLDER = text("""
SELECT u.id, u.email, u.name, u.locale, u.email_key, c.password_hash
FROM "user" u JOIN credential c ON c.user_id = u.id WHERE u.id = :id
""")


class Holder(NamedTuple):
    """Whose second factor it is, and what he proves himself with."""

    recipient: Recipient
    email_key: str
    password_hash: str


async def holder(session: AsyncSession, user_id: UUID) -> Holder | None:
    """Return a user who signs in by a password."""
    row = (await session.execute(_HOLDER, {"id": user_id})).first()
    return Holder(Recipient(*row[:4]), *row[4:]) if row else None


async def read(connection: AsyncConnection, actor: Actor) -> dict[str, Any]:
    """Return whether the actor's second factor is on; raises Forbidden for a program."""
    if actor.key is not None:
        raise Forbidden
    row = (await connection.execute(_READ, {"user_id": actor.user_id})).mappings().one()
    return {**row, "is_on": row["since"] is not None}


async def locked(session: AsyncSession, user_id: UUID) -> SecondFactor | None:
    """Return a user's second factor, on or not, locked until the transaction ends."""
    found = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return (await session.scalars(found)).one_or_none()


async def proves(session: AsyncSession, factor: SecondFactor, code: str) -> bool:
    """Tell whether a code is the app's, or a recovery code; it is none any more behind this."""
    now: datetime = session.info["now"]
    ring = session.info["ring"]
    return factor.accepts(ring, plain(code), now) or await _spend(session, factor.user_id, code, now)


async def _spend(session: AsyncSession, user_id: UUID, code: str, now: datetime) -> bool:
    hashed = code_hash(session.info["ring"], user_id, code)
    # arch: allow bulk-write because a recovery code is no aggregate, and its use no event.
    spent = update(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.hash == hashed, RecoveryCode.used_at.is_(None)
    )
    return cast("CursorResult[Any]", await session.execute(spent.values(used_at=now))).rowcount > 0


async def forget(session: AsyncSession, user_id: UUID) -> bool:
    """Take a user's second factor away, and its recovery codes; tell whether it was on."""
    found = await locked(session, user_id)
    if found is None:
        return False
    await session.delete(found)
    await forget_codes(session, user_id)
    return found.confirmed_at is not None


async def forget_codes(session: AsyncSession, user_id: UUID) -> None:
    """Take all recovery codes of a user away."""
    # arch: allow bulk-write because a recovery code is no aggregate, and its end no event.
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
