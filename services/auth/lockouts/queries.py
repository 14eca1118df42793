"""Every SELECT on lockouts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.journal import AuditEntry, audit
from libs.common.problems import Problem
from services.auth.lockouts.model import RULES, Lockout, account_key, address_key, refusal
from services.auth.origins import Origin

_UNTIL = text("""
SELECT max(locked_until) FROM lockout WHERE locked_until > :now
  AND (kind, key) IN (SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[])))
""")


async def locked_until(session: AsyncSession, keys: Mapping[str, str], now: datetime) -> datetime | None:
    """Return until when whoever these keys stand for has to wait; `keys` has one key of each kind."""
    given = {"kinds": list(keys), "keys": list(keys.values()), "now": now}
    found: datetime | None = (await session.execute(_UNTIL, given)).scalar_one()
    return found


async def locked_out(session: AsyncSession, keys: Mapping[str, str]) -> Problem | None:
    """Return the refusal of whoever has to wait."""
    now: datetime = session.info["now"]
    until = await locked_until(session, keys, now)
    return refusal(until, now) if until else None


def guess_keys(ring: KekRing, email_key: str, origin: Origin) -> dict[str, str]:
    """Return what guesses at an account from an address are counted under."""
    return {"account": account_key(ring, email_key), "address": address_key(ring, origin.address)}


async def counted(session: AsyncSession, kind: str, key: str, now: datetime) -> Lockout:
    """Return what is counted under a key, locked until the transaction ends; begun if need be."""
    begun = insert(Lockout).values(kind=kind, key=key, failures=0, failed_at=now)
    await session.execute(begun.on_conflict_do_nothing())
    found = select(Lockout).where(Lockout.kind == kind, Lockout.key == key).with_for_update()
    return (await session.scalars(found.execution_options(populate_existing=True))).one()


async def note_failure(session: AsyncSession, keys: Mapping[str, str], object_id: str) -> None:
    """Count a failure under each key, in one order everywhere, and tell of what it locks."""
    now: datetime = session.info["now"]
    for kind in sorted(keys):
        found = await counted(session, kind, keys[kind], now)
        if found.note(now):
            facts = {"kind": kind, "failures": found.failures}
            audit(session, AuditEntry("session.locked_out", "user", object_id, None, facts))


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
