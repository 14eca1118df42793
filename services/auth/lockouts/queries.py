"""Every SELECT on lockouts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.lockouts.model import RULES, Lockout

_UNTIL = text("""
SELECT max(locked_until) FROM lockout
WHERE locked_until > :now AND ((kind = 'account' AND key = :account) OR (kind = 'address' AND key = :address))
""")


async def locked_until(session: AsyncSession, keys: Mapping[str, str], now: datetime) -> datetime | None:
    """Return until when this account or this address has to wait; `keys` has one key of each kind."""
    found: datetime | None = (await session.execute(_UNTIL, {**keys, "now": now})).scalar_one()
    return found


async def counted(session: AsyncSession, kind: str, key: str, now: datetime) -> Lockout:
    """Return what is counted under a key, locked until the transaction ends; begun if need be."""
    begun = insert(Lockout).values(kind=kind, key=key, failures=0, failed_at=now)
    await session.execute(begun.on_conflict_do_nothing())
    found = select(Lockout).where(Lockout.kind == kind, Lockout.key == key).with_for_update()
    return (await session.scalars(found.execution_options(populate_existing=True))).one()


async def clear_account(session: AsyncSession, key: str) -> bool:
    """Forget an account's failures; tell whether there were any."""
    # arch: allow bulk-write because a lockout is no aggregate, and its end no event.
    gone = delete(Lockout).where(Lockout.kind == "account", Lockout.key == key)
    return cast("CursorResult[Any]", await session.execute(gone)).rowcount > 0


async def forget_old(session: AsyncSession) -> None:
    """Forget what counts no more."""
    now: datetime = session.info["now"]
    old = [
        (Lockout.kind == kind) & (Lockout.failed_at <= now - rule.forgotten) for kind, rule in RULES.items()
    ]
    # arch: allow bulk-write because a lockout is no aggregate, and its end no event.
    await session.execute(delete(Lockout).where(or_(*old)))
