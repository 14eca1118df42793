"""What can be done about a password that is forgotten, or was never set."""

import asyncio
import contextlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.ids import new_id
from libs.common.journal import AuditEntry, audit
from libs.common.problems import Conflict, NotFound, Problem
from libs.platform.links import opened
from services.auth.directory import lock_head
from services.auth.lockouts import queries as lockouts
from services.auth.lockouts.model import account_key, address_key, refusal
from services.auth.origins import Origin
from services.auth.password_resets import queries
from services.auth.password_resets.model import INVITATION, KINDS, RESET, PasswordReset
from services.auth.password_resets.schemas import PasswordResetAsk, PasswordResetConfirm
from services.auth.passwords import demand_foreign, hash_new_password
from services.auth.security_mails.model import MailLink, SecurityMail
from services.auth.sessions import queries as sessions
from services.auth.sessions.model import Credential, Revocation

_ID_BYTES = 16
_DONE = {RESET: "password.reset", INVITATION: "invitation.accepted"}


async def ask_reset(session: AsyncSession, asked: PasswordResetAsk, origin: Origin) -> Problem | None:
    """Note who asked, by the same statements whether there is such a user or not; a job writes the mail."""
    now: datetime = session.info["now"]
    email_key = asked.email.strip().casefold()
    ring = session.info["ring"]
    keys = {
        "reset-account": account_key(ring, email_key),
        "reset-address": address_key(ring, origin.address),
    }
    if until := await lockouts.locked_until(session, keys, now):
        return refusal(until, now)
    user_id = await queries.known(session, email_key)
    await lockouts.note_failure(session, keys, str(user_id or "unknown"))
    session.add(PasswordReset(id=new_id(), user_id=user_id, kind=RESET, created_at=now))
    audit(session, AuditEntry("password.reset_asked", "user", str(user_id or "unknown")))
    return None


async def mail_links(session: AsyncSession) -> None:
    """Write to whoever asked; only the link of the newest mail opens anything."""
    now: datetime = session.info["now"]
    for each in await queries.waiting(session):
        holder = await queries.holder(session, each.user_id) if each.user_id else None
        if holder is None or not holder.awaits(each) or now >= each.until:
            each.ended_at = now
            continue
        await queries.end_all(session, holder.recipient.user_id, now)
        link = MailLink(each.kind, each.id, KINDS[each.kind].page, each.until)
        url = session.info["settings"].public_url
        session.add(SecurityMail.request(each.kind, holder.recipient, url, now, link))
        each.mailed_at = now
        await session.flush()


async def confirm_reset(session: AsyncSession, asked: PasswordResetConfirm) -> None:
    """Set the password of whoever holds the link, and end everything that was opened with an old one."""
    now: datetime = session.info["now"]
    reset = await _opened(session, asked.token)
    if reset is None or reset.user_id is None or not reset.opens_at(now):
        raise Conflict("link-ended")
    holder = await queries.holder(session, reset.user_id)
    if holder is None or not holder.awaits(reset):
        raise Conflict("link-ended")
    to = holder.recipient
    demand_foreign(asked.password, to.email, to.name)
    password_hash = await asyncio.to_thread(hash_new_password, asked.password)
    reset.ended_at = now
    head = await lock_head(session)
    for each in await sessions.living(session, to.user_id):
        session.add(Revocation.of(head, each, "password-reset", now))
    await session.merge(Credential(user_id=to.user_id, password_hash=password_hash, changed_at=now))
    await lockouts.clear_account(session, account_key(session.info["ring"], holder.email_key))
    if reset.kind == RESET:
        url = session.info["settings"].public_url
        session.add(SecurityMail.request("password-was-reset", to, url, now))
    audit(session, AuditEntry(_DONE[reset.kind], "user", str(to.user_id)))


async def _opened(session: AsyncSession, token: str) -> PasswordReset | None:
    """Return the request that a token was made for, locked."""
    for kind in KINDS:
        with contextlib.suppress(NotFound):
            named = opened(session.info["ring"], kind, token)
            found = await queries.locked(session, UUID(bytes=named)) if len(named) == _ID_BYTES else None
            return found if found is not None and found.kind == kind else None
    return None
