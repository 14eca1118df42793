"""Every SELECT on sessions, and on what a sign-in needs to know of the user."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.problems import Forbidden, NotFound
from libs.platform.access.actor import Actor
from libs.platform.access.fields import levels
from libs.platform.access.scopes import EVERY_PERMISSION, scopes_of
from services.auth.sessions.model import IDLE, Session

# The newest change to what a user may do: himself, his roles, the departments above and below his own. What
# has just left counts as below, or whoever lost sight of it would be the last to hear.
_NEEDED_DV = text("""
WITH RECURSIVE me AS (SELECT * FROM "user" WHERE id = :user_id),
up AS (
  SELECT d.id, d.parent_id, d.dv FROM department d JOIN me ON d.id = me.department_id
  UNION SELECT d.id, d.parent_id, d.dv FROM department d JOIN up ON d.id = up.parent_id
), down AS (
  SELECT d.id, d.dv FROM department d JOIN me ON d.id = me.department_id
  UNION SELECT d.id, d.dv FROM department d JOIN down ON down.id IN (d.parent_id, d.left_parent_id)
)
SELECT greatest(
  (SELECT dv FROM me), (SELECT max(dv) FROM up), (SELECT max(dv) FROM down),
  (SELECT max(r.dv) FROM role r JOIN me ON r.id = ANY(me.role_ids)))
""")
_BY_EMAIL = text("""
SELECT u.id, u.is_active, c.password_hash FROM "user" u JOIN credential c ON c.user_id = u.id
WHERE u.email_key = :email_key AND NOT u.is_service
""")
_BY_ID = text("""
SELECT u.id, u.email_key, u.email, u.name, c.password_hash
FROM "user" u JOIN credential c ON c.user_id = u.id WHERE u.id = :id
""")
# A browser's session is over when its cookie was not used for a while; nothing else opens it.
_DEVICES = text("""
SELECT s.id, s.device, s.address, s.created_at, s.expires_at, s.id = :current AS is_current,
  greatest(s.rotated_at, c.used_at) AS last_seen_at
FROM session s LEFT JOIN LATERAL (
  SELECT max(used_at) AS used_at FROM cookie WHERE session_id = s.id
) c ON true
WHERE s.user_id = :user_id AND s.revoked_at IS NULL AND s.expires_at > :now
  AND (c.used_at IS NULL OR c.used_at > :idle_since)
ORDER BY last_seen_at DESC, s.id LIMIT 200
""")
_BY_COOKIE = text("""
SELECT s.id, s.user_id, s.expires_at, s.revoked_at, c.used_at, u.is_active
FROM cookie c JOIN session s ON s.id = c.session_id JOIN "user" u ON u.id = s.user_id
WHERE c.hash = :hash
""")
# arch: allow bulk-write because a cookie is no aggregate, and its use no event.
_USED = text("UPDATE cookie SET used_at = :now WHERE hash = :hash AND used_at < :now")


class CookieFacts(NamedTuple):
    """What a browser's cookie is judged by."""

    session_id: UUID
    user_id: UUID
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime
    is_active: bool


class SignInFacts(NamedTuple):
    """What a sign-in is judged by."""

    user_id: UUID
    is_active: bool
    password_hash: str


class PasswordFacts(NamedTuple):
    """What a change of one's own password is judged by."""

    user_id: UUID
    email_key: str
    email: str
    name: str
    password_hash: str


async def by_id(session: AsyncSession, user_id: UUID) -> PasswordFacts | None:
    row = (await session.execute(_BY_ID, {"id": user_id})).first()
    return PasswordFacts(*row) if row else None


async def devices(connection: AsyncConnection, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return the actor's open sessions, the one used last first; raises Forbidden for a program."""
    if actor.key is not None:
        raise Forbidden
    given = {"user_id": actor.user_id, "current": actor.session_id, "now": now, "idle_since": now - IDLE}
    return [dict(row) for row in (await connection.execute(_DEVICES, given)).mappings()]


async def by_email(session: AsyncSession, email_key: str) -> SignInFacts | None:
    row = (await session.execute(_BY_EMAIL, {"email_key": email_key})).first()
    return SignInFacts(*row) if row else None


async def by_cookie(connection: AsyncConnection, hashed: str) -> CookieFacts | None:
    row = (await connection.execute(_BY_COOKIE, {"hash": hashed})).first()
    return CookieFacts(*row) if row else None


async def note_cookie_use(connection: AsyncConnection, hashed: str, now: datetime) -> None:
    """Let a cookie live on from now."""
    await connection.execute(_USED, {"hash": hashed, "now": now})


async def is_active(session: AsyncSession, user_id: UUID) -> bool:
    statement = text('SELECT is_active FROM "user" WHERE id = :id')
    return bool((await session.execute(statement, {"id": user_id})).scalar_one_or_none())


async def needed_dv(session: AsyncSession | AsyncConnection, user_id: UUID) -> int:
    """Return the directory version that a service must know before it judges this user."""
    return int((await session.execute(_NEEDED_DV, {"user_id": user_id})).scalar_one() or 0)


async def living(session: AsyncSession, user_id: UUID) -> Sequence[Session]:
    """Return a user's open sessions, locked in order."""
    statement = select(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
    return (await session.scalars(statement.order_by(Session.id).with_for_update())).all()


async def me(connection: AsyncConnection, actor: Actor) -> dict[str, Any]:
    """Return the signed-in user as he sees himself, and how far each of his permissions reaches."""
    statement = text(
        "SELECT id, version, email, name, department_id, manager_id, role_ids, locale, time_zone"
        ' FROM "user" WHERE id = :id'
    )
    row = (await connection.execute(statement, {"id": actor.user_id})).mappings().first()
    if row is None:
        raise NotFound
    granted = {name: sorted(set(_scopes(actor, name))) for name in sorted(_permissions(actor))}
    told = {name: scopes for name, scopes in granted.items() if scopes}
    fields = levels(actor.directory, actor.user_id) if actor.user_id else {}
    return {**row, "permissions": told, "fields": fields}


def _permissions(actor: Actor) -> set[str]:
    """Name what he may do at all: what his roles say, or the key that he acts through."""
    if actor.key is not None and EVERY_PERMISSION not in actor.key.scopes:
        return set(actor.key.scopes)
    user = actor.directory.users.get(actor.user_id) if actor.user_id else None
    roles = (actor.directory.roles.get(role_id) for role_id in (user.role_ids if user else ()))
    return {name for role in roles if role for name in role.permissions}


def _scopes(actor: Actor, permission: str) -> Iterator[str]:
    if actor.user_id is not None:
        yield from (scope.value for scope in scopes_of(actor.directory, actor.user_id, permission))
