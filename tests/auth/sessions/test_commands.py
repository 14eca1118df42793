from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.problems import Unauthenticated, Unavailable
from libs.common.testing import FakeClock
from libs.contracts.auth import SessionRevoked
from services.auth.origins import Origin
from services.auth.passwords import hash_password
from services.auth.sessions import commands, queries
from services.auth.sessions.model import LEEWAY, Credential
from services.auth.sessions.schemas import Refresh, SignIn, Tokens
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.model import User
from tests.factories.auth import make_department, make_head, make_role, make_user

GOOD = SignIn(email="ada@example.org", password="correct horse")


@pytest.fixture
async def ada(working: AsyncSession) -> User:
    await rotate_signing_keys(working)
    user = make_user()
    credential = Credential(
        user_id=user.id, password_hash=hash_password(GOOD.password), changed_at=working.info["now"]
    )
    working.add_all([user, credential])
    await working.flush()
    return user


async def given(session: AsyncSession) -> Tokens:
    tokens = await commands.sign_in(session, GOOD, Origin("192.0.2.1"))
    assert isinstance(tokens, Tokens)
    await session.flush()
    return tokens


class TestSignIn:
    async def test_opens_a_session(self, working: AsyncSession, ada: User) -> None:
        tokens = await given(working)

        assert (tokens.user_id, tokens.expires_in) == (ada.id, 600)
        assert len(await queries.living(working, ada.id)) == 1

    async def test_refuses_a_deactivated_user(self, working: AsyncSession, ada: User) -> None:
        ada.deactivate(make_head(), None, working.info["now"])
        await working.flush()

        assert isinstance(await commands.sign_in(working, GOOD, Origin("192.0.2.1")), Unauthenticated)
        assert await queries.living(working, ada.id) == []

    async def test_waits_for_the_first_signing_key(self, working: AsyncSession, ada: User) -> None:
        await working.execute(text("DELETE FROM signing_key"))

        with pytest.raises(Unavailable):
            await commands.sign_in(working, GOOD, Origin("192.0.2.1"))

    async def test_stores_no_refresh_token(self, working: AsyncSession, ada: User) -> None:
        tokens = await given(working)

        rows = (await working.execute(text("SELECT session::text FROM session"))).scalars().all()
        assert not any(tokens.refresh_token.split(".")[2] in row for row in rows)


class TestRefresh:
    async def test_ends_the_family_on_reuse(self, working: AsyncSession, ada: User, clock: FakeClock) -> None:
        first = await given(working)
        await commands.refresh(working, Refresh(refresh_token=first.refresh_token))
        clock.advance(LEEWAY.total_seconds() + 1)
        working.info["now"] = clock.now()

        stolen = await commands.refresh(working, Refresh(refresh_token=first.refresh_token))

        await working.flush()
        assert isinstance(stolen, Unauthenticated)
        assert isinstance(recorded(working)[-1], SessionRevoked)
        assert await queries.living(working, ada.id) == []

    async def test_refuses_a_deactivated_user(self, working: AsyncSession, ada: User) -> None:
        tokens = await given(working)
        ada.deactivate(make_head(), None, working.info["now"])
        await working.flush()

        refused = await commands.refresh(working, Refresh(refresh_token=tokens.refresh_token))

        assert isinstance(refused, Unauthenticated)


class TestSignOut:
    async def test_is_told_once(self, working: AsyncSession, ada: User) -> None:
        await given(working)
        session_id = (await queries.living(working, ada.id))[0].id

        for _ in range(2):
            await commands.sign_out(working, session_id)
            await working.flush()

        told = [each for each in recorded(working) if isinstance(each, SessionRevoked)]
        assert [each.subject for each in told] == [session_id]

    async def test_passes_over_an_unknown_session(self, working: AsyncSession) -> None:
        await commands.sign_out(working, UUID(int=404))

        assert recorded(working) == []


class TestNeededDv:
    async def test_is_the_newest_of_himself_his_roles_and_his_tree(self, working: AsyncSession) -> None:
        head = make_head(dv=100)
        above = make_department(head)
        own = make_department(head, parent_id=above.id)
        below = make_department(head, parent_id=own.id)
        beside = make_department(head, parent_id=above.id)
        role = make_role(head)
        user = make_user(head, department_id=own.id, role_ids=[role.id])
        for each in (above, own, below, beside, role, user):
            working.add(each)
            await working.flush()
        now = working.info["now"]
        seen = [await queries.needed_dv(working, user.id)]

        for changed in (beside, below, role, above):
            changed.revise(head, {"name": "Changed"}, now)
            await working.flush()
            seen.append(await queries.needed_dv(working, user.id))

        assert seen == [106, 106, 108, 109, 110]

    async def test_counts_what_has_just_left_his_tree(self, working: AsyncSession) -> None:
        head = make_head(dv=200)
        own, elsewhere = make_department(head), make_department(head)
        left = make_department(head, parent_id=own.id)
        user = make_user(head, department_id=own.id)
        for each in (own, elsewhere, left, user):
            working.add(each)
            await working.flush()

        left.move(head, elsewhere.id, [elsewhere.id], working.info["now"])
        await working.flush()

        assert await queries.needed_dv(working, user.id) == left.dv == 205

    async def test_is_zero_for_a_stranger(self, working: AsyncSession) -> None:
        assert await queries.needed_dv(working, UUID(int=404)) == 0
