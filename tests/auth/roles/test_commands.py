import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.problems import Conflict
from libs.contracts.auth import RoleChanged, RoleCreated
from libs.platform.access.actor import Actor
from libs.platform.access.scopes import Scope
from services.auth.roles import commands, queries
from services.auth.roles.model import Role
from services.auth.roles.schemas import RoleCreate, RoleUpdate
from tests.factories.auth import NOW, make_user


async def made(session: AsyncSession, actor: Actor) -> Role:
    asked = RoleCreate(name="Seller", permissions={"lead:read": Scope.ALL})
    role = await commands.create_role(session, asked, actor, NOW)
    await session.flush()
    return role


class TestCreate:
    async def test_records_role_created(self, working: AsyncSession, master: Actor) -> None:
        role = await made(working, master)

        assert recorded(working) == [RoleCreated(occurred_at=NOW, state=role.state())]
        assert role.permissions == {"lead:read": "all"}


class TestChange:
    async def test_records_role_changed(self, working: AsyncSession, master: Actor) -> None:
        role = await made(working, master)

        narrowed = RoleUpdate(permissions={"lead:read": Scope.OWN})
        await commands.change_role(working, role.id, 1, narrowed, master, NOW)
        await working.flush()

        assert isinstance(recorded(working)[-1], RoleChanged)
        assert (role.name, role.permissions) == ("Seller", {"lead:read": "own"})


class TestDelete:
    async def test_refuses_a_role_that_is_held(self, working: AsyncSession, master: Actor) -> None:
        role = await made(working, master)
        working.add(make_user(role_ids=[role.id]))
        await working.flush()

        with pytest.raises(Conflict, match="role-in-use"):
            await commands.delete_role(working, role.id, 1, master, NOW)

        assert role.deleted_at is None

    async def test_takes_the_role_away(self, working: AsyncSession, master: Actor) -> None:
        role = await made(working, master)

        await commands.delete_role(working, role.id, 1, master, NOW)
        await working.flush()

        assert await queries.missing(working, [role.id]) == {role.id}
