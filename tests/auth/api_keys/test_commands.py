from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.problems import Conflict, Forbidden, NotFound
from libs.contracts.auth import ApiKeyIssued, ApiKeyReplaced, ApiKeyRevoked
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.auth.api_keys import commands
from services.auth.api_keys.model import ApiKey, PresentedKey
from services.auth.api_keys.schemas import ApiKeyCreate, ApiKeyRotate
from services.auth.users.model import User
from tests.api import colleague
from tests.factories.auth import NOW, make_role, make_user
from tests.factories.directory import api_key, uid


def limited(permissions: dict[str, str], scopes: list[str] | None = None) -> Actor:
    """A user of these permissions; with scopes he acts through a key."""
    directory = Directory()
    directory.apply([*colleague(5, permissions), api_key(9, 5, scopes or [])])
    key = directory.api_keys[uid(9)] if scopes is not None else None
    return Actor(uid(5), directory, None, key)


def through(actor: Actor, scope: str) -> Actor:
    """The same user, acting through a key of this one scope."""
    actor.directory.apply([api_key(9, 1, [scope])])
    return Actor(actor.user_id, actor.directory, uid(9), actor.directory.api_keys[uid(9)])


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


async def an_account(session: AsyncSession, manager: Actor, **permissions: str) -> User:
    """A service account, the roles of which give these permissions to read."""
    role = make_role(permissions={f"{kind}:read": scope for kind, scope in permissions.items()})
    boss = make_user(user_id=manager.user_id)
    account = make_user(
        email="x@service.invalid", is_service=True, manager_id=boss.id, role_ids=[role.id], name="ERP"
    )
    session.add_all([role, boss])
    await session.flush()
    session.add(account)
    await session.flush()
    return account


class TestServiceAccount:
    async def test_gets_keys_for_what_its_roles_give(self, working: AsyncSession, master: Actor) -> None:
        account = await an_account(working, master, lead="all")
        asked = ApiKeyCreate(name="ERP", scopes=["lead:read"], service_account_id=account.id)

        key, _ = await commands.issue_key(working, asked, master, NOW)

        assert key.user_id == account.id

    @pytest.mark.parametrize("wrong", ["wider", "a person", "through a key", "disabled", "another's"])
    async def test_gets_no_key(self, working: AsyncSession, master: Actor, wrong: str) -> None:
        account = await an_account(working, master, lead="all")
        scopes = ["lead:update"] if wrong == "wider" else ["lead:read"]
        if wrong in ("a person", "disabled"):
            account.is_service, account.is_active = wrong != "a person", wrong != "disabled"
        other = {
            "through a key": limited({"*:*": "all"}, ["*:*"]),
            "another's": limited({"api-key:create": "all"}),
        }
        asked = ApiKeyCreate(name="x", scopes=scopes, service_account_id=account.id)

        with pytest.raises(Forbidden):
            await commands.issue_key(working, asked, other.get(wrong, master), NOW)


class TestRotate:
    async def test_names_both_and_ends_the_old_one(self, working: AsyncSession, master: Actor) -> None:
        old, first = await issued(working, master, "lead:read")

        new, second = await commands.rotate_key(working, old.id, ApiKeyRotate(), master, NOW)

        await working.flush()
        assert (new.replaces_id, new.name, new.scopes) == (old.id, old.name, old.scopes)
        assert (first.secret, new.expires_at) != (second.secret, old.expires_at)
        assert [type(each) for each in recorded(working)][-2:] == [ApiKeyReplaced, ApiKeyIssued]

    async def test_rejects_a_key_that_was_replaced(self, working: AsyncSession, master: Actor) -> None:
        old, _ = await issued(working, master, "lead:read")
        await commands.rotate_key(working, old.id, ApiKeyRotate(), master, NOW)
        await working.flush()

        with pytest.raises(Conflict, match="already-replaced"):
            await commands.rotate_key(working, old.id, ApiKeyRotate(), master, NOW)

    async def test_gives_nobody_anothers_secret(self, working: AsyncSession, master: Actor) -> None:
        """Whoever sees all keys could act for everyone otherwise."""
        working.add(make_user(user_id=master.user_id))
        old, _ = await issued(working, master, "lead:read")

        with pytest.raises(Forbidden):
            await commands.rotate_key(working, old.id, ApiKeyRotate(), limited({"*:*": "all"}), NOW)
        narrow = through(master, "api-key:create")
        with pytest.raises(Forbidden):
            await commands.rotate_key(working, old.id, ApiKeyRotate(), narrow, NOW)

        assert old.expires_at is None


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
