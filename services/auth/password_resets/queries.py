"""Every SELECT on requests for a new password."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.password_resets.model import INVITATION, KINDS, RESET, PasswordReset
from services.auth.security_mails.model import Recipient

_AT_ONCE = 50
_KNOWN = text("""
SELECT u.id FROM "user" u JOIN credential c ON c.user_id = u.id WHERE u.email_key = :email_key AND u.is_active
""")
_HOLDER = text("""
SELECT u.id, u.email, u.name, u.locale, u.email_key, c.changed_at
FROM "user" u LEFT JOIN credential c ON c.user_id = u.id WHERE u.id = :id AND u.is_active AND NOT u.is_service
""")


class Holder(NamedTuple):
    """Whose password is set anew."""

    recipient: Recipient
    email_key: str
    changed_at: datetime | None

    def awaits(self, asked: PasswordReset) -> bool:
        """Tell whether he still needs it: an invitation the first password, a reset a newer one."""
        if self.changed_at is None:
            return asked.kind == INVITATION
        return asked.kind == RESET and self.changed_at <= asked.created_at


async def known(session: AsyncSession, email_key: str) -> UUID | None:
    """Return the user who may set a new password by mail under this address."""
    found: UUID | None = (await session.execute(_KNOWN, {"email_key": email_key})).scalar_one_or_none()
    return found


async def holder(session: AsyncSession, user_id: UUID) -> Holder | None:
    """Return him while he may sign in, or could with a password."""
    row = (await session.execute(_HOLDER, {"id": user_id})).first()
    return Holder(Recipient(*row[:4]), *row[4:]) if row else None


async def waiting(session: AsyncSession) -> Sequence[PasswordReset]:
    """Return requests that no mail has answered yet, the oldest first, locked."""
    asked = select(PasswordReset).where(PasswordReset.mailed_at.is_(None), PasswordReset.ended_at.is_(None))
    ordered = asked.order_by(PasswordReset.id).limit(_AT_ONCE)
    return (await session.scalars(ordered.with_for_update(skip_locked=True))).all()


async def locked(session: AsyncSession, identity: UUID) -> PasswordReset | None:
    """Return one request, locked until the transaction ends."""
    return await session.get(PasswordReset, identity, with_for_update=True)


async def end_all(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """Let none of a user's links open anything any more."""
    # arch: allow bulk-write because a request is no aggregate, and its end no event.
    open_ones = update(PasswordReset).where(
        PasswordReset.user_id == user_id, PasswordReset.ended_at.is_(None)
    )
    await session.execute(open_ones.where(PasswordReset.mailed_at.is_not(None)).values(ended_at=now))


async def forget_old(session: AsyncSession) -> None:
    """Forget requests whose links have long been worth nothing."""
    now: datetime = session.info["now"]
    old = [
        (PasswordReset.kind == name) & (PasswordReset.created_at <= now - 2 * kind.lifetime)
        for name, kind in KINDS.items()
    ]
    # arch: allow bulk-write because a request is no aggregate, and its end no event.
    await session.execute(delete(PasswordReset).where(or_(*old)))
