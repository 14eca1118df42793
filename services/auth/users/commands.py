"""What can be done with a user."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.external import external_columns
from libs.common.ids import new_id
from libs.common.journal import AuditEntry, audit
from libs.common.problems import Conflict
from libs.platform.access.actor import Actor, load
from libs.platform.subjects.minting import mint
from services.auth.departments import queries as departments
from services.auth.directory import DirectoryHead, lock_head
from services.auth.lockouts import queries as lockouts
from services.auth.lockouts.model import account_key
from services.auth.password_resets import queries as password_resets
from services.auth.password_resets.model import INVITATION, PasswordReset
from services.auth.passwords import demand_foreign, hash_new_password, hash_password
from services.auth.roles import queries as roles
from services.auth.roles.model import ADMINISTRATOR, Role
from services.auth.second_factors import queries as second_factors
from services.auth.security_mails.model import Recipient, SecurityMail
from services.auth.sessions import queries as sessions
from services.auth.sessions.model import Credential, Revocation
from services.auth.users import queries
from services.auth.users.model import User
from services.auth.users.schemas import ServiceAccountCreate, UserCreate, UserUpdate

_ASIDE = {"password", "invite", "external_id", "occurred_at"}


async def invite_user(session: AsyncSession, asked: UserCreate, actor: Actor, now: datetime) -> User:
    occurred_at = actor.instant(asked.occurred_at, now)
    demand_foreign(asked.password or "", asked.email, asked.name)
    password_hash = await asyncio.to_thread(hash_new_password, asked.password) if asked.password else None
    head = await lock_head(session)
    # A load that is repeated is told that this user is there, and not that the address is taken.
    details = asked.model_dump(exclude=_ASIDE) | await external_columns(session, User, asked.external_id)
    await _demand_places(session, details, actor if asked.role_ids else None)
    await _demand_free(session, asked.email, None)
    user = User.invite(head, mint(session), details, occurred_at, now)
    session.add(user)
    if password_hash:
        session.add(Credential(user_id=user.id, password_hash=password_hash, changed_at=now))
    if asked.invite:
        await _invite(session, user)
    return user


async def send_invitation(session: AsyncSession, identity: UUID, actor: Actor) -> None:
    """Have another link mailed to a user who has no password yet; the one before it opens nothing more."""
    user = await load(session, User, identity, actor, "user:update")
    if await session.get(Credential, user.id):
        raise Conflict("already-joined", id=user.id)
    await _invite(session, user)


async def _invite(session: AsyncSession, user: User) -> None:
    """Note that he is to be written to; a job does. Raises Conflict for whom no mail can let in."""
    user.demand_invitable()
    session.add(PasswordReset(id=new_id(), user_id=user.id, kind=INVITATION, created_at=session.info["now"]))
    audit(session, AuditEntry("invitation.asked", "user", str(user.id)))


async def create_service_account(
    session: AsyncSession, asked: ServiceAccountCreate, actor: Actor, now: datetime
) -> User:
    """Take in a user for programs. Its address is one that no mail can ever reach (RFC 2606)."""
    head = await lock_head(session)
    details = asked.model_dump(exclude={"external_id"}) | {"is_service": True, "locale": "en"}
    details |= await external_columns(session, User, asked.external_id)
    details["manager_id"] = asked.manager_id if "manager_id" in asked.model_fields_set else actor.user_id
    identity = new_id()
    details |= {"email": f"{identity}@service.invalid", "time_zone": "UTC"}
    await _demand_places(session, details, actor if asked.role_ids else None)
    await _demand_answerer(session, details["manager_id"])
    user = User.invite(head, mint(session, identity), details, now, now)
    session.add(user)
    return user


async def change_user(
    session: AsyncSession, identity: UUID, version: int, asked: UserUpdate, actor: Actor, now: datetime
) -> User:
    if asked.password and identity == actor.user_id:
        # One's own is changed by the present one: a session that was left open must not be enough.
        raise Conflict("own-account", id=identity)
    password_hash = await asyncio.to_thread(hash_new_password, asked.password) if asked.password else None
    head = await lock_head(session)
    user = await load(session, User, identity, actor, "user:update", for_update=True, version=version)
    details = asked.model_dump(exclude={"password"}, exclude_unset=True)
    await _demand_places(session, details, actor if "role_ids" in details else None)
    await _demand_free(session, details.get("email"), user.id)
    if user.is_service and password_hash:
        raise Conflict("service-account", id=user.id)
    if user.is_service and "manager_id" in details:
        await _demand_answerer(session, asked.manager_id)
    line = await queries.line_of(session, asked.manager_id) if asked.manager_id else []
    if details.get("email", user.email) != user.email:
        # A link in a mailbox that is his no more is nobody's way in.
        await password_resets.end_all(session, user.id, now)
    user.revise(head, details, now, managers_line=line)
    demand_foreign(asked.model_dump(exclude_unset=True).get("password", ""), user.email, user.name)
    if password_hash:
        await session.merge(Credential(user_id=user.id, password_hash=password_hash, changed_at=now))
        await _end_sessions(session, head, user, "password-changed", now)
    return user


async def deactivate_user(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> User:
    head = await lock_head(session)
    user = await load(session, User, identity, actor, "user:update", for_update=True)
    user.deactivate(head, actor.user_id, now)
    await password_resets.end_all(session, user.id, now)
    await _end_sessions(session, head, user, "user-deactivated", now)
    return user


async def reactivate_user(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> User:
    head = await lock_head(session)
    user = await load(session, User, identity, actor, "user:update", for_update=True)
    user.reactivate(head, now)
    return user


async def unlock_user(session: AsyncSession, identity: UUID, actor: Actor) -> None:
    user = await load(session, User, identity, actor, "user:update")
    if await lockouts.clear_account(session, account_key(session.info["ring"], user.email_key)):
        audit(session, AuditEntry("session.unlocked", "user", str(user.id)))


async def end_second_factor(session: AsyncSession, identity: UUID, actor: Actor) -> None:
    """Let another user in by his password alone who lost his app and his recovery codes, and tell him.

    One's own is ended by password and code: a session that was left open must not be enough.
    """
    user = await load(session, User, identity, actor, "user:update")
    if user.id == actor.user_id:
        raise Conflict("own-account", id=user.id)
    if not await second_factors.forget(session, user.id):
        raise Conflict("second-factor-off")
    to = Recipient(user.id, user.email, user.name, user.locale)
    url, now = session.info["settings"].public_url, session.info["now"]
    session.add(SecurityMail.request("second-factor-off", to, url, now))
    audit(session, AuditEntry("second_factor.off", "user", str(user.id)))


async def begin_administration(session: AsyncSession, email: str, password: str) -> None:
    """Make the first administrator; does nothing once there is any user."""
    now: datetime = session.info["now"]
    head = await lock_head(session)
    if await queries.anyone(session):
        return
    role = Role.create(head, {"name": "Administrator", "permissions": dict(ADMINISTRATOR)}, now, now)
    details: dict[str, Any] = {"email": email, "name": "Administrator", "role_ids": [role.id]}
    details |= {"locale": "en", "time_zone": "UTC"}
    user = User.invite(head, mint(session, new_id()), details, now, now)
    password_hash = await asyncio.to_thread(hash_password, password)
    credential = Credential(user_id=user.id, password_hash=password_hash, changed_at=now)
    session.add_all([role, user, credential])


async def _end_sessions(
    session: AsyncSession, head: DirectoryHead, user: User, reason: str, now: datetime
) -> None:
    for each in await sessions.living(session, user.id):
        session.add(Revocation.of(head, each, reason, now))


async def _demand_places(session: AsyncSession, details: dict[str, Any], assigner: Actor | None) -> None:
    """Demand that department, manager and roles exist, and that whoever assigns roles may."""
    if (department_id := details.get("department_id")) and not await departments.path(session, department_id):
        raise Conflict("unknown-department", id=department_id)
    if (manager_id := details.get("manager_id")) and not await queries.line_of(session, manager_id):
        raise Conflict("unknown-user", id=manager_id)
    if assigner is not None:
        assigner.demand("role:assign")
    if missing := await roles.missing(session, details.get("role_ids", ())):
        raise Conflict("unknown-role", id=min(missing))


async def _demand_answerer(session: AsyncSession, manager_id: UUID | None) -> None:
    if manager_id is None or not await queries.is_person(session, manager_id):
        raise Conflict("service-account", id=manager_id)


async def _demand_free(session: AsyncSession, email: str | None, own_id: UUID | None) -> None:
    taken = await queries.by_email(session, email) if email else None
    if taken not in (None, own_id):
        raise Conflict("email-taken", id=taken)
