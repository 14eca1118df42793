"""What can be done with an API key."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.problems import Conflict, Forbidden
from libs.platform.access.actor import Actor, load
from libs.platform.access.scopes import EVERY_PERMISSION
from services.auth.api_keys import queries
from services.auth.api_keys.model import ApiKey, PresentedKey
from services.auth.api_keys.schemas import ApiKeyCreate, ApiKeyRotate
from services.auth.directory import lock_head
from services.auth.roles import queries as roles
from services.auth.users.model import User


async def issue_key(
    session: AsyncSession, asked: ApiKeyCreate, actor: Actor, now: datetime
) -> tuple[ApiKey, PresentedKey]:
    """Make a key for the actor himself or a service account of his, of what its holder may do."""
    head = await lock_head(session)
    holder = await _holder(session, asked.service_account_id or actor.user_id, asked.scopes, actor)
    minted = PresentedKey.mint()
    details = asked.model_dump(exclude={"service_account_id"})
    key = ApiKey.issue(head, holder, minted, now, **details)
    session.add(key)
    return key, minted


async def rotate_key(
    session: AsyncSession, identity: UUID, asked: ApiKeyRotate, actor: Actor, now: datetime
) -> tuple[ApiKey, PresentedKey]:
    """Put a new key in the place of one; whoever gets its secret must be one who could have made it."""
    head = await lock_head(session)
    old = await load(session, ApiKey, identity, actor, "api-key:create", for_update=True)
    holder = await _holder(session, old.user_id, old.scopes, actor)
    if await queries.is_replaced(session, identity):
        raise Conflict("already-replaced", id=identity)
    minted = PresentedKey.mint()
    end = asked.expires_at if "expires_at" in asked.model_fields_set else old.expires_at
    old.give_way(head, timedelta(seconds=asked.overlap_seconds), now)
    key = ApiKey.issue(
        head,
        holder,
        minted,
        now,
        name=old.name,
        scopes=old.scopes,
        expires_at=end,
        requests_per_minute=old.requests_per_minute,
        replaces_id=old.id,
    )
    session.add(key)
    return key, minted


async def revoke_key(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> ApiKey:
    head = await lock_head(session)
    key = await load(session, ApiKey, identity, actor, "api-key:revoke", for_update=True)
    key.revoke(head, now)
    return key


async def _holder(session: AsyncSession, user_id: UUID | None, scopes: Iterable[str], actor: Actor) -> UUID:
    """Return whom a key acts for; raises Forbidden where that is neither the actor nor one he answers for."""
    if user_id is None or actor.user_id is None:
        raise Forbidden
    if user_id == actor.user_id:
        for permission in scopes:
            actor.demand(permission)
        return user_id
    # A key's own scopes would be no bound of what a service account may do.
    account = await load(session, User, user_id, actor, "api-key:create")
    answers = account.manager_id == actor.user_id or actor.visible("role:assign")
    if actor.key is not None or not account.is_service or not account.is_active or not answers:
        raise Forbidden
    held = await roles.permissions_of(session, account.role_ids)
    if EVERY_PERMISSION not in held and (lacking := set(scopes) - held):
        raise Forbidden(detail=min(lacking))
    return user_id
