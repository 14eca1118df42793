"""What can be done with one's second factor."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import AuditEntry, audit
from libs.common.problems import Conflict, NotFound, Problem
from libs.platform.access.actor import Actor
from services.auth.lockouts import queries as lockouts
from services.auth.origins import Origin
from services.auth.proofs import demand_person, refused_password
from services.auth.second_factors import queries
from services.auth.second_factors.model import RecoveryCode, SecondFactor, code_hash, new_codes
from services.auth.second_factors.schemas import (
    Enrollment,
    RecoveryCodes,
    SecondFactorBegin,
    SecondFactorConfirm,
    SecondFactorProof,
)
from services.auth.security_mails.model import Recipient, SecurityMail


class _Asking(NamedTuple):
    """Who asks, his second factor, and what his guesses are counted under."""

    holder: queries.Holder
    factor: SecondFactor | None
    keys: dict[str, str]

    @property
    def user_id(self) -> UUID:
        return self.holder.recipient.user_id

    @property
    def confirmed(self) -> SecondFactor | None:
        return self.factor if self.factor is not None and self.factor.confirmed_at is not None else None


async def begin_second_factor(
    session: AsyncSession, asked: SecondFactorBegin, actor: Actor, origin: Origin
) -> Enrollment | Problem:
    """Make a secret for the actor's app in place of one that he never confirmed."""
    asking = await _asking(session, actor, origin)
    if refused := await _refused_password(session, asking, asked.password):
        return refused
    if asking.confirmed is not None:
        raise Conflict("second-factor-on")
    if asking.factor is not None:
        await session.delete(asking.factor)
        await session.flush()
    ring = session.info["ring"]
    made = SecondFactor.begin(asking.user_id, ring, session.info["now"])
    session.add(made)
    audit(session, AuditEntry("second_factor.begun", "user", str(asking.user_id)))
    return Enrollment(secret=made.shown(ring), address=made.address(ring, asking.holder.recipient.email))


async def confirm_second_factor(
    session: AsyncSession, asked: SecondFactorConfirm, actor: Actor, origin: Origin
) -> RecoveryCodes | Problem:
    """Ask for codes from now on, and return the recovery codes; or the refusal (a guess too)."""
    asking = await _asking(session, actor, origin)
    if asking.confirmed is not None:
        raise Conflict("second-factor-on")
    if refused := await _refused_code(session, asking, asking.factor, asked.code):
        return refused
    if asking.factor is not None:
        asking.factor.confirmed_at = session.info["now"]
    audit(session, AuditEntry("second_factor.on", "user", str(asking.user_id)))
    _tell(session, asking.holder.recipient, "second-factor-on")
    return await _renew(session, asking.user_id)


async def renew_recovery_codes(
    session: AsyncSession, asked: SecondFactorProof, actor: Actor, origin: Origin
) -> RecoveryCodes | Problem:
    """Return new recovery codes in place of all earlier ones, or the refusal (a guess too)."""
    asking = await _asking(session, actor, origin)
    if refused := await _refused_both(session, asking, asked):
        return refused
    audit(session, AuditEntry("second_factor.codes_renewed", "user", str(asking.user_id)))
    return await _renew(session, asking.user_id)


async def end_second_factor(
    session: AsyncSession, asked: SecondFactorProof, actor: Actor, origin: Origin
) -> Problem | None:
    """Ask the actor for no codes any more, or return the refusal (a guess too)."""
    asking = await _asking(session, actor, origin)
    if refused := await _refused_both(session, asking, asked):
        return refused
    await queries.forget(session, asking.user_id)
    audit(session, AuditEntry("second_factor.off", "user", str(asking.user_id)))
    _tell(session, asking.holder.recipient, "second-factor-off")
    return None


async def _asking(session: AsyncSession, actor: Actor, origin: Origin) -> _Asking:
    demand_person(actor)
    holder = await queries.holder(session, actor.user_id) if actor.user_id else None
    if holder is None:
        raise NotFound
    keys = lockouts.guess_keys(session.info["ring"], holder.email_key, origin)
    return _Asking(holder, await queries.locked(session, holder.recipient.user_id), keys)


async def _refused_both(session: AsyncSession, asking: _Asking, asked: SecondFactorProof) -> Problem | None:
    refused = await _refused_password(session, asking, asked.password)
    return refused or await _refused_code(session, asking, asking.confirmed, asked.code)


async def _refused_password(session: AsyncSession, asking: _Asking, password: str) -> Problem | None:
    known = asking.holder.password_hash
    return await refused_password(session, asking.keys, asking.user_id, password, known)


async def _refused_code(
    session: AsyncSession, asking: _Asking, factor: SecondFactor | None, code: str
) -> Problem | None:
    """Return why a code proves nothing; Conflict where there is nothing that it could prove."""
    if factor is None:
        raise Conflict("second-factor-off")
    if refused := await lockouts.locked_out(session, asking.keys):
        return refused
    if await queries.proves(session, factor, code):
        return None
    await lockouts.note_failure(session, asking.keys, str(asking.user_id))
    audit(session, AuditEntry("second_factor.refused", "user", str(asking.user_id)))
    return Conflict("wrong-code")


async def _renew(session: AsyncSession, user_id: UUID) -> RecoveryCodes:
    await queries.forget_codes(session, user_id)
    codes = new_codes()
    ring = session.info["ring"]
    session.add_all([RecoveryCode(user_id=user_id, hash=code_hash(ring, user_id, each)) for each in codes])
    return RecoveryCodes(codes=codes)


def _tell(session: AsyncSession, to: Recipient, kind: str) -> None:
    now: datetime = session.info["now"]
    session.add(SecurityMail.request(kind, to, session.info["settings"].public_url, now))
