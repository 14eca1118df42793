from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.problems import Conflict, Forbidden, NotFound
from libs.contracts.auth import ApiKeyIssued, ApiKeyRevoked
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.auth.api_keys import commands
from services.auth.api_keys.model import ApiKey, PresentedKey
from services.auth.api_keys.schemas import ApiKeyCreate
from tests.api import colleague
from tests.factories.auth import NOW
from tests.factories.directory import api_key, uid


def limited(permissions: dict[str, str], scopes: list[str] | None = None) -> Actor:
    """A user of these permissions; with scopes he acts through a key."""
    directory = Directory()
    directory.apply([*colleague(5, permissions), api_key(9, 5, scopes or [])])
    key = directory.api_keys[uid(9)] if scopes is not None else None
    return Actor(uid(5), directory, None, key)


async def issued(session: AsyncSession, actor: Actor, *scopes: str) -> tuple[ApiKey, PresentedKey]:
    made = await commands.issue_key(session, ApiKeyCreate(name="Reports", scopes=list(scopes)), actor, NOW)
    await session.flush()
    return made


class TestIssue:
    async def test_makes_a_key_of_ones_own(self, working: AsyncSession, master: Actor) -> None:
        key, minted = await issued(working, master, "lead:read")

        assert (key.user_id, key.secret_hash) == (master.user_id, minted.hash)
        assert recorded(working) == [ApiKeyIssued(occurred_at=NOW, state=key.state())]

    async def test_stores_the_secret_nowhere(self, working: AsyncSession, master: Actor) -> None:
        _, minted = await issued(working, master, "lead:read")

        rows = (await working.execute(text("SELECT api_key::text FROM api_key"))).scalars().all()
        assert rows
        assert not any(minted.secret in row for row in rows)

    @pytest.mark.parametrize("scope", ["lead:update", "*:*"])
    async def test_gives_nothing_that_the_user_does_not_hold(self, working: AsyncSession, scope: str) -> None:
        actor = limited({"lead:read": "own", "api-key:create": "own"})

        with pytest.raises(Forbidden):
            await issued(working, actor, "lead:read", scope)

        assert recorded(working) == []

    async def test_gives_nothing_that_the_acting_key_does_not_hold(self, working: AsyncSession) -> None:
        actor = limited({"*:*": "all"}, ["api-key:create", "lead:read"])

        await issued(working, actor, "lead:read")
        with pytest.raises(Forbidden):
            await issued(working, actor, "account:read")

    async def test_is_not_for_the_system(self, working: AsyncSession) -> None:
        with pytest.raises(Forbidden):
            await issued(working, Actor(None, Directory()), "lead:read")


class TestRevoke:
    async def test_ends_a_key(self, working: AsyncSession, master: Actor) -> None:
        key, _ = await issued(working, master, "lead:read")

        await commands.revoke_key(working, key.id, master, NOW)

        await working.flush()
        assert isinstance(recorded(working)[-1], ApiKeyRevoked)

    async def test_rejects_a_revoked_key(self, working: AsyncSession, master: Actor) -> None:
        key, _ = await issued(working, master, "lead:read")
        await commands.revoke_key(working, key.id, master, NOW)
        await working.flush()

        with pytest.raises(Conflict, match="already-revoked"):
            await commands.revoke_key(working, key.id, master, NOW)

    async def test_does_not_find_anothers_key(self, working: AsyncSession, master: Actor) -> None:
        key, _ = await issued(working, master, "lead:read")

        with pytest.raises(NotFound):
            await commands.revoke_key(working, key.id, limited({"api-key:revoke": "own"}), NOW)

        assert key.deleted_at is None

    async def test_does_not_find_an_unknown_key(self, working: AsyncSession, master: Actor) -> None:
        with pytest.raises(NotFound):
            await commands.revoke_key(working, UUID(int=404), master, NOW)
