from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import recorded
from libs.common.problems import BadRequest, Conflict, Forbidden, NotFound
from libs.contracts.auth import (
    DirectoryFact,
    SessionRevoked,
    UserChanged,
    UserDeactivated,
    UserInvited,
)
from libs.contracts.subjects import AuthSubjectKeyMinted
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from services.auth.passwords import is_password
from services.auth.sessions.model import Session
from services.auth.users import commands, queries
from services.auth.users.model import User
from services.auth.users.schemas import UserCreate, UserUpdate
from tests.api import colleague
from tests.factories.auth import NOW, make_department, make_role
from tests.factories.directory import uid


async def invited(session: AsyncSession, actor: Actor, **details: object) -> User:
    given = {"email": "ada@example.org", "name": "Ada"} | details
    user = await commands.invite_user(session, UserCreate.model_validate(given), actor, NOW)
    await session.flush()
    return user


def facts(session: AsyncSession) -> list[type[DirectoryFact]]:
    return [type(each) for each in recorded(session) if isinstance(each, DirectoryFact)]


def limited(permissions: dict[str, str]) -> Actor:
    directory = Directory()
    directory.apply(colleague(5, permissions))
    return Actor(uid(5), directory)


class TestInvite:
    async def test_mints_his_key_before_he_is_told(self, working: AsyncSession, master: Actor) -> None:
        user = await invited(working, master)

        minted, told = recorded(working)
        assert isinstance(minted, AuthSubjectKeyMinted)
        assert minted.subject_id == user.id
        assert told == UserInvited(occurred_at=NOW, state=user.state())

    async def test_keeps_his_password_as_a_hash(self, working: AsyncSession, master: Actor) -> None:
        user = await invited(working, master, password="correct horse")

        stored = text("SELECT password_hash FROM credential WHERE user_id = :id")
        kept = (await working.execute(stored, {"id": user.id})).scalar_one()
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert is_password("correct horse", kept)

    async def test_refuses_a_taken_address(self, working: AsyncSession, master: Actor) -> None:
        first = await invited(working, master)

        with pytest.raises(Conflict, match="email-taken") as refused:
            await invited(working, master, email="ADA@example.org")

        assert refused.value.facts["id"] == first.id

    @pytest.mark.parametrize(
        ("field", "slug"),
        [
            ({"department_id": UUID(int=404)}, "unknown-department"),
            ({"manager_id": UUID(int=404)}, "unknown-user"),
            ({"role_ids": [UUID(int=404)]}, "unknown-role"),
        ],
    )
    async def test_refuses_unknown_places(
        self, working: AsyncSession, master: Actor, field: dict[str, object], slug: str
    ) -> None:
        with pytest.raises(Conflict, match=slug):
            await invited(working, master, **field)

        assert recorded(working) == []

    async def test_demands_more_of_whoever_assigns_roles(self, working: AsyncSession) -> None:
        role = make_role()
        working.add(role)
        await working.flush()
        clerk = limited({"user:create": "all"})

        with pytest.raises(Forbidden):
            await invited(working, clerk, role_ids=[role.id])

        assert (await invited(working, clerk)).role_ids == []


class TestChange:
    async def test_records_user_changed(self, working: AsyncSession, master: Actor) -> None:
        user, department = await invited(working, master), make_department()
        working.add(department)
        await working.flush()

        asked = UserUpdate(department_id=department.id)
        await commands.change_user(working, user.id, 1, asked, master, NOW)
        await working.flush()

        assert isinstance(recorded(working)[-1], UserChanged)
        assert user.department_id == department.id

    async def test_refuses_a_manager_who_reports_to_him(self, working: AsyncSession, master: Actor) -> None:
        boss = await invited(working, master)
        middle = await invited(working, master, email="m@example.org", manager_id=boss.id)
        low = await invited(working, master, email="l@example.org", manager_id=middle.id)

        with pytest.raises(Conflict, match="reporting-cycle"):
            await commands.change_user(working, boss.id, 1, UserUpdate(manager_id=low.id), master, NOW)

        assert boss.manager_id is None

    async def test_refuses_a_password_of_his_new_name(self, working: AsyncSession, master: Actor) -> None:
        user = await invited(working, master)
        asked = UserUpdate(name="Countess", password="the countess writes")

        with pytest.raises(BadRequest, match="password-own-words"):
            await commands.change_user(working, user.id, 1, asked, master, NOW)

    async def test_ends_all_sessions_with_a_new_password(self, working: AsyncSession, master: Actor) -> None:
        user = await invited(working, master)
        ring: KekRing = working.info["ring"]
        working.add(Session.open(user.id, ring, NOW))
        await working.flush()

        await commands.change_user(working, user.id, 1, UserUpdate(password="battery staple"), master, NOW)
        await working.flush()

        assert facts(working) == [UserInvited, SessionRevoked]

    async def test_does_not_find_users_out_of_scope(self, working: AsyncSession, master: Actor) -> None:
        user = await invited(working, master)

        with pytest.raises(NotFound):
            await commands.change_user(
                working, user.id, 1, UserUpdate(name="X"), limited({"user:update": "own"}), NOW
            )

        assert user.name == "Ada"


class TestDeactivate:
    async def test_ends_his_sessions_too(self, working: AsyncSession, master: Actor) -> None:
        user = await invited(working, master)
        ring: KekRing = working.info["ring"]
        working.add_all([Session.open(user.id, ring, NOW) for _ in range(2)])
        await working.flush()

        await commands.deactivate_user(working, user.id, master, NOW)
        await working.flush()

        assert facts(working) == [UserInvited, UserDeactivated, SessionRevoked, SessionRevoked]


class TestBeginAdministration:
    async def test_makes_one_administrator_once(self, working: AsyncSession) -> None:
        for _ in range(2):
            await commands.begin_administration(working, "root@example.org", "correct horse")
            await working.flush()

        assert len([each for each in recorded(working) if isinstance(each, UserInvited)]) == 1
        assert await queries.by_email(working, "Root@example.org") is not None
