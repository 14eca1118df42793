"""Commands on accounts: what they write, and the events that tell of it."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import recorded
from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, NotFound, StaleVersion
from libs.common.transaction import UnknownReference
from libs.contracts.customer import (
    AccountCreated,
)
from services.customer.accounts.commands import (
    create_account,
    delete_account,
    merge_account,
    revise_account,
    take_in_account,
    unmerge_account,
)
from services.customer.accounts.model import Account
from services.customer.accounts.schemas import AccountCreate, AccountUpdate
from tests.customer.acting import NOW, an_actor, equip
from tests.factories.accounts import make_account
from tests.factories.directory import uid


def kinds(session: AsyncSession) -> list[str]:
    return [type(event).__name__ for event in recorded(session)]


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


async def kept(session: AsyncSession, **details: object) -> Account:
    """An account that is there already, its event forgotten."""
    account = make_account(**details)  # type: ignore[arg-type]
    session.add(account)
    await session.flush()
    session.info["recorded"] = []
    return account


class TestCreateAccount:
    async def test_records_account_created(self, session: AsyncSession) -> None:
        then = NOW - timedelta(days=30)
        asked = AccountCreate(name="Acme", occurred_at=then)

        account = await create_account(session, asked, an_actor(), NOW)
        await session.flush()

        (event,) = recorded(session)
        assert event == AccountCreated(account_id=account.id, occurred_at=then, state=account.state())
        assert (account.owner_id, account.created_at) == (uid(1), NOW)

    async def test_rejects_a_foreign_owner_within_scope_own(self, session: AsyncSession) -> None:
        actor = an_actor({"account:create": "own"})

        with pytest.raises(Forbidden):
            await create_account(session, AccountCreate(name="Acme", owner_id=uid(2)), actor, NOW)

        assert not session.new

    async def test_rejects_an_unknown_parent(self, session: AsyncSession) -> None:
        with pytest.raises(UnknownReference):
            await create_account(session, AccountCreate(name="Acme", parent_id=new_id()), an_actor(), NOW)

        assert not session.new


class TestReviseAccount:
    async def test_tells_of_the_owner_and_of_the_details(self, session: AsyncSession) -> None:
        account = await kept(session, owner_id=uid(1))
        asked = AccountUpdate(name="Apex", owner_id=uid(2))

        await revise_account(session, account.id, 1, asked, an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["AccountReassigned", "AccountDetailsChanged"]
        assert account.version == 3

    async def test_rejects_a_stale_version(self, session: AsyncSession) -> None:
        account = await kept(session)

        with pytest.raises(StaleVersion):
            await revise_account(session, account.id, 2, AccountUpdate(name="Apex"), an_actor(), NOW)

        assert not session.dirty

    async def test_rejects_a_grandchild_as_parent(self, session: AsyncSession) -> None:
        top = await kept(session)
        middle = await kept(session, parent_id=top.id)
        bottom = await kept(session, parent_id=middle.id)

        with pytest.raises(Conflict, match="parent-cycle"):
            await revise_account(session, top.id, 1, AccountUpdate(parent_id=bottom.id), an_actor(), NOW)

        assert not session.dirty


class TestDeleteAccount:
    async def test_records_account_deleted(self, session: AsyncSession) -> None:
        account = await kept(session)

        await delete_account(session, account.id, 1, an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["AccountDeleted"]

    async def test_rejects_what_is_out_of_scope(self, session: AsyncSession) -> None:
        account = await kept(session, owner_id=uid(2))

        with pytest.raises(NotFound):
            await delete_account(session, account.id, 1, an_actor({"account:delete": "own"}), NOW)

        assert account.deleted_at is None


class TestMergeAccount:
    async def test_is_undone_by_unmerge(self, session: AsyncSession) -> None:
        one, two = await kept(session), await kept(session)

        await merge_account(session, one.id, two.id, an_actor(), NOW)
        await unmerge_account(session, one.id, an_actor(), NOW)
        await session.flush()

        assert kinds(session) == ["AccountMerged", "AccountUnmerged"]
        assert one.merged_into_id is None


class TestTakeInAccount:
    async def test_proposes_the_merge_with_one_like_it(self, session: AsyncSession) -> None:
        known, identity = await kept(session, name="Umbrella Corp"), new_id()
        details = {"name": "Umbrella, Inc.", "source": None, "owner_id": uid(2)}

        for _ in range(2):
            await take_in_account(session, identity, details, NOW, NOW)
            await session.flush()

        assert kinds(session) == ["AccountCreated", "AccountMergeProposed"]
        assert (await session.get_one(Account, identity)).possible_duplicate_of_id == known.id
