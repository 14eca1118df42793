"""Signing in, refreshing, signing out."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import AuditEntry, audit
from libs.common.tokens import MAX_LIFETIME, Claims, issue
from services.auth.directory import lock_head
from services.auth.sessions import queries
from services.auth.sessions.model import Cookie, RefreshToken, Revocation, Session, Verdict, is_password
from services.auth.sessions.schemas import Refresh, SignIn, Tokens
from services.auth.signing_keys import queries as signing_keys


async def sign_in(session: AsyncSession, asked: SignIn) -> Tokens | None:
    """Return tokens, or None for everything that is not right."""
    opened = await _open(session, asked)
    return await _tokens(session, opened) if opened else None


async def sign_in_browser(session: AsyncSession, asked: SignIn) -> tuple[Session, str] | None:
    """Return a session and the value of its cookie, or None for everything that is not right."""
    opened = await _open(session, asked)
    if opened is None:
        return None
    cookie, value = Cookie.bake(opened, session.info["now"])
    session.add(cookie)
    return opened, value


async def _open(session: AsyncSession, asked: SignIn) -> Session | None:
    """Return a new session, or None for everything that is not right, after the same work either way."""
    facts = await queries.by_email(session, asked.email.strip().casefold())
    expected = facts.password_hash if facts else None
    matches = await asyncio.to_thread(is_password, asked.password, expected)
    if facts is None or not facts.is_active or not matches:
        object_id = str(facts.user_id) if facts else "unknown"
        audit(session, AuditEntry("session.refused", "user", object_id))
        return None
    opened = Session.open(facts.user_id, session.info["ring"], session.info["now"])
    session.add(opened)
    audit(
        session, AuditEntry("session.opened", "user", str(facts.user_id), None, {"session": str(opened.id)})
    )
    return opened


async def refresh(session: AsyncSession, asked: Refresh) -> Tokens | None:
    """Return the next tokens, or None; a token used twice ends its whole family."""
    token = RefreshToken.parse(asked.refresh_token)
    found = await session.get(Session, token.session_id, with_for_update=True) if token else None
    if token is None or found is None:
        return None
    verdict = found.refresh(token, session.info["ring"], session.info["now"])
    if verdict is Verdict.REUSED:
        await _revoke(session, found, "refresh-token-reused")
    if verdict in (Verdict.REUSED, Verdict.ENDED) or not await queries.is_active(session, found.user_id):
        return None
    return await _tokens(session, found)


async def sign_out(session: AsyncSession, session_id: UUID | None) -> None:
    """End a session everywhere; one that has ended already stays so."""
    found = await session.get(Session, session_id, with_for_update=True) if session_id else None
    if found is not None and found.revoked_at is None:
        await _revoke(session, found, "signed-out")


async def _revoke(session: AsyncSession, found: Session, reason: str) -> None:
    head = await lock_head(session)
    session.add(Revocation.of(head, found, reason, session.info["now"]))


async def _tokens(session: AsyncSession, opened: Session) -> Tokens:
    now: datetime = session.info["now"]
    key = await signing_keys.current(session, now)
    dv = await queries.needed_dv(session, opened.user_id)
    claims = Claims(opened.user_id, opened.id, dv, now, now + MAX_LIFETIME)
    return Tokens(
        access_token=issue(claims, key.private_key(session.info["ring"])),
        refresh_token=opened.refresh_token(session.info["ring"]),
        expires_in=int(MAX_LIFETIME.total_seconds()),
        user_id=opened.user_id,
    )
