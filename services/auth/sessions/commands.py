"""Signing in, refreshing, signing out."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import AuditEntry, audit
from libs.common.problems import Conflict, NotFound, Problem, Unauthenticated
from libs.common.tokens import MAX_LIFETIME, Claims, issue
from libs.platform.access.actor import Actor
from services.auth.directory import lock_head
from services.auth.lockouts import queries as lockouts
from services.auth.origins import Origin
from services.auth.passwords import demand_foreign, hash_new_password, is_password
from services.auth.proofs import demand_person, refused_password
from services.auth.second_factors import queries as second_factors
from services.auth.second_factors.model import SecondFactor
from services.auth.sessions import queries
from services.auth.sessions.model import Cookie, Credential, RefreshToken, Revocation, Session, Verdict
from services.auth.sessions.schemas import PasswordChange, Refresh, SignIn, Tokens
from services.auth.signing_keys import queries as signing_keys


async def sign_in(session: AsyncSession, asked: SignIn, origin: Origin) -> Tokens | Problem:
    """Return tokens, or the refusal of everything that is not right."""
    opened = await _open(session, asked, origin)
    return opened if isinstance(opened, Problem) else await _tokens(session, opened)


async def sign_in_browser(
    session: AsyncSession, asked: SignIn, origin: Origin
) -> tuple[Session, str] | Problem:
    """Return a session and the value of its cookie, or the refusal of everything that is not right."""
    opened = await _open(session, asked, origin)
    if isinstance(opened, Problem):
        return opened
    cookie, value = Cookie.bake(opened, session.info["now"])
    session.add(cookie)
    return opened, value


async def _open(session: AsyncSession, asked: SignIn, origin: Origin) -> Session | Problem:
    """Return a new session, or the refusal, after the same work whether there is such a user or not."""
    now: datetime = session.info["now"]
    email_key = asked.email.strip().casefold()
    ring = session.info["ring"]
    keys = lockouts.guess_keys(ring, email_key, origin)
    if refused := await lockouts.locked_out(session, keys):
        return _refuse(session, None, refused)
    facts = await queries.by_email(session, email_key)
    matches = await asyncio.to_thread(is_password, asked.password, facts.password_hash if facts else None)
    if facts is None or not facts.is_active or not matches:
        await lockouts.note_failure(session, keys, str(facts.user_id) if facts else "unknown")
        return _refuse(session, facts, Unauthenticated("bad-credentials"))
    # Guesses sent at once wait for one another here, and each then knows what the ones before it brought.
    factor = await second_factors.locked(session, facts.user_id)
    if refused := await lockouts.locked_out(session, keys):
        return _refuse(session, facts, refused)
    if refused := await _refused_code(session, facts, factor, asked.code, keys):
        return refused
    await lockouts.clear_account(session, keys["account"])
    opened = Session.open(facts.user_id, ring, now, device=origin.device, address=origin.masked)
    session.add(opened)
    audit(
        session, AuditEntry("session.opened", "user", str(facts.user_id), None, {"session": str(opened.id)})
    )
    return opened


async def _refused_code(
    session: AsyncSession,
    facts: queries.SignInFacts,
    factor: SecondFactor | None,
    code: str | None,
    keys: Mapping[str, str],
) -> Problem | None:
    """Return why a right password alone opens nothing; None when it does, or the code is right too."""
    if factor is None or factor.confirmed_at is None:
        return None
    if code is None:
        return _refuse(session, facts, Unauthenticated("code-required"))
    if await second_factors.proves(session, factor, code):
        return None
    await lockouts.note_failure(session, keys, str(facts.user_id))
    return _refuse(session, facts, Unauthenticated("wrong-code"))


def _refuse(session: AsyncSession, facts: queries.SignInFacts | None, problem: Problem) -> Problem:
    object_id = str(facts.user_id) if facts else "unknown"
    audit(session, AuditEntry("session.refused", "user", object_id, None, {"problem": problem.slug}))
    return problem


async def refresh(session: AsyncSession, asked: Refresh) -> Tokens | Problem:
    """Return the next tokens, or the refusal; a token used twice ends its whole family."""
    ended = Unauthenticated("session-ended")
    token = RefreshToken.parse(asked.refresh_token)
    found = await session.get(Session, token.session_id, with_for_update=True) if token else None
    if token is None or found is None:
        return ended
    verdict = found.refresh(token, session.info["ring"], session.info["now"])
    if verdict is Verdict.REUSED:
        await _revoke(session, found, "refresh-token-reused")
    if verdict in (Verdict.REUSED, Verdict.ENDED) or not await queries.is_active(session, found.user_id):
        return ended
    return await _tokens(session, found)


async def sign_out(session: AsyncSession, session_id: UUID | None) -> None:
    """End a session everywhere; one that has ended already stays so."""
    found = await session.get(Session, session_id, with_for_update=True) if session_id else None
    if found is not None and found.revoked_at is None:
        await _revoke(session, found, "signed-out")


async def revoke_session(session: AsyncSession, identity: UUID, actor: Actor) -> None:
    """End one of the actor's own sessions everywhere; another's is as unknown to him as none."""
    demand_person(actor)
    found = await session.get(Session, identity, with_for_update=True)
    if found is None or found.user_id != actor.user_id or found.revoked_at is not None:
        raise NotFound
    await _revoke(session, found, "signed-out")


async def revoke_others(session: AsyncSession, actor: Actor) -> None:
    """End every session of the actor but the one that he asks through."""
    demand_person(actor)
    if actor.user_id is not None:
        await _end_all(session, actor.user_id, "signed-out", but=actor.session_id)


async def change_password(
    session: AsyncSession, asked: PasswordChange, actor: Actor, origin: Origin
) -> Problem | None:
    """Give the actor a new password and end all his sessions, or return the refusal (a guess too)."""
    demand_person(actor)
    facts = await queries.by_id(session, actor.user_id) if actor.user_id else None
    if facts is None:
        return Conflict("wrong-password")
    keys = lockouts.guess_keys(session.info["ring"], facts.email_key, origin)
    given = asked.current_password
    if refused := await refused_password(session, keys, facts.user_id, given, facts.password_hash):
        return refused
    demand_foreign(asked.password, facts.email, facts.name)
    password_hash = await asyncio.to_thread(hash_new_password, asked.password)
    await _end_all(session, facts.user_id, "password-changed")
    now: datetime = session.info["now"]
    await session.merge(Credential(user_id=facts.user_id, password_hash=password_hash, changed_at=now))
    audit(session, AuditEntry("password.changed", "user", str(facts.user_id)))
    return None


async def _end_all(session: AsyncSession, user_id: UUID, reason: str, but: UUID | None = None) -> None:
    head = await lock_head(session)
    for each in await queries.living(session, user_id):
        if each.id != but:
            session.add(Revocation.of(head, each, reason, session.info["now"]))


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
