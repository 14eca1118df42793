from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.roles import queries
from tests.factories.auth import make_role, make_user


class TestMissing:
    async def test_names_what_is_no_living_role(self, working: AsyncSession) -> None:
        role = make_role()
        working.add(role)
        await working.flush()

        assert await queries.missing(working, [role.id, UUID(int=404)]) == {UUID(int=404)}

    async def test_asks_nothing_for_no_roles(self, working: AsyncSession) -> None:
        assert await queries.missing(working, []) == set()


class TestIsHeld:
    async def test_sees_users_with_the_role(self, working: AsyncSession) -> None:
        role = make_role()
        working.add(role)
        await working.flush()
        before = await queries.is_held(working, role.id)
        working.add(make_user(role_ids=[role.id]))
        await working.flush()

        assert (before, await queries.is_held(working, role.id)) == (False, True)
