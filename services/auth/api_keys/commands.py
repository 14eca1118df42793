"""What can be done with an API key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.problems import Forbidden
from libs.platform.access.actor import Actor, load
from services.auth.api_keys.model import ApiKey, PresentedKey
from services.auth.api_keys.schemas import ApiKeyCreate
from services.auth.directory import lock_head


async def issue_key(
    session: AsyncSession, asked: ApiKeyCreate, actor: Actor, now: datetime
) -> tuple[ApiKey, PresentedKey]:
    """Make a key for the actor himself: of what he may do he gives it what he wants, and nothing else."""
    if actor.user_id is None:
        raise Forbidden
    for permission in asked.scopes:
        actor.demand(permission)
    minted = PresentedKey.mint()
    head = await lock_head(session)
    key = ApiKey.issue(head, actor.user_id, minted, now, **asked.model_dump())
    session.add(key)
    return key, minted


async def revoke_key(session: AsyncSession, identity: UUID, actor: Actor, now: datetime) -> ApiKey:
    head = await lock_head(session)
    key = await load(session, ApiKey, identity, actor, "api-key:revoke", for_update=True)
    key.revoke(head, now)
    return key
