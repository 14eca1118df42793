"""What somebody who is signed in proves himself with once more; a wrong password counts as a guess."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import AuditEntry, audit
from libs.common.problems import Conflict, Forbidden, Problem
from libs.platform.access.actor import Actor
from services.auth.lockouts import queries as lockouts
from services.auth.passwords import is_password


def demand_person(actor: Actor) -> None:
    """Raise Forbidden for a program: what guards an account is its user's own matter."""
    if actor.key is not None:
        raise Forbidden


async def refused_password(
    session: AsyncSession, keys: Mapping[str, str], user_id: UUID, password: str, password_hash: str
) -> Problem | None:
    """Return why a password proves nothing; None when it is his."""
    if refused := await lockouts.locked_out(session, keys):
        return refused
    if await asyncio.to_thread(is_password, password, password_hash):
        return None
    await lockouts.note_failure(session, keys, str(user_id))
    audit(session, AuditEntry("password.refused", "user", str(user_id)))
    return Conflict("wrong-password")
