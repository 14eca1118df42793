from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.problems import Unavailable
from libs.common.testing import FakeClock
from libs.contracts.auth import (
    DIRECTORY_ID,
    DIRECTORY_TOPIC,
    DepartmentDeleted,
    DepartmentMoved,
    DepartmentState,
    RoleChanged,
    RoleState,
    SessionRevoked,
    SessionState,
)
from libs.platform.directory.entries import Role
from libs.platform.directory.model import Directory
from libs.platform.directory.replica import DirectoryReplica
from libs.platform.directory.stream import DirectoryApplier
from libs.platform.directory.tables import directory_entry
from tests.factories.envelopes import NOW, make_envelope, make_unknown

HOUR = timedelta(hours=1)
SALES, SELLER, SEEN = UUID(int=1), UUID(int=2), UUID(int=3)


def moved(parent: UUID | None) -> DepartmentMoved:
    state = DepartmentState(
        id=SALES, name="Sales", parent_id=parent, head_id=None, created_at=NOW, updated_at=NOW
    )
    return DepartmentMoved(occurred_at=NOW, from_parent_id=None, state=state)


def narrowed(scope: str) -> RoleChanged:
    state = RoleState(
        id=SELLER, name="Seller", permissions={"lead:read": scope}, created_at=NOW, updated_at=NOW
    )
    return RoleChanged(occurred_at=NOW, state=state)


def revoked(forget_at: datetime) -> SessionRevoked:
    state = SessionState(
        id=SEEN,
        user_id=SALES,
        revoked_at=NOW,
        forget_at=forget_at,
        created_at=NOW,
        updated_at=NOW,
    )
    return SessionRevoked(occurred_at=NOW, reason="signed-out", state=state)


@pytest.fixture
async def transaction(database: Database) -> AsyncIterator[PostgresTransaction]:
    async with AsyncSession(database.engine) as session:
        await session.execute(directory_entry.delete())
        yield PostgresTransaction(session, "auth")
        await session.commit()


async def known(database: Database) -> Directory:
    replica = DirectoryReplica(database)
    await replica.look()
    return replica.directory


class TestApply:
    async def test_keeps_the_newest_whatever_the_order(
        self, transaction: PostgresTransaction, database: Database
    ) -> None:
        wide, narrow = make_envelope(narrowed("all"), 4), make_envelope(narrowed("own"), 5)

        await DirectoryApplier().apply(transaction, [narrow])
        await DirectoryApplier().apply(transaction, [wide, narrow])
        await transaction.session.commit()

        directory = await known(database)
        assert directory.roles == {SELLER: Role(SELLER, 5, "Seller", {"lead:read": "own"})}
        assert directory.dv == 5

    async def test_knows_of_deletions_and_revocations(
        self, transaction: PostgresTransaction, database: Database
    ) -> None:
        gone = moved(None).state.model_copy(update={"deleted_at": NOW})
        deleted = make_envelope(DepartmentDeleted(occurred_at=NOW, state=gone), 2)

        await DirectoryApplier().apply(
            transaction,
            [make_envelope(moved(None), 1), deleted, make_envelope(revoked(datetime.now(UTC) + HOUR), 3)],
        )
        await transaction.session.commit()

        directory = await known(database)
        assert (directory.departments, directory.revoked_sessions) == ({}, {SEEN})

    async def test_moves_its_version_for_a_type_of_a_newer_release(
        self, transaction: PostgresTransaction, database: Database
    ) -> None:
        unknown = make_unknown(DIRECTORY_TOPIC, DIRECTORY_ID, 9)

        await DirectoryApplier().apply(transaction, [make_envelope(moved(None), 8), unknown])
        await transaction.session.commit()

        assert (await known(database)).dv == 9

    async def test_passes_over_revocations_of_which_no_token_is_left(
        self, transaction: PostgresTransaction, database: Database
    ) -> None:
        past = make_envelope(revoked(datetime.now(UTC) - HOUR), 3)

        await DirectoryApplier().apply(transaction, [past])
        await transaction.session.commit()

        directory = await known(database)
        assert (directory.dv, directory.revoked_sessions) == (3, set())


class TestWaitFor:
    async def test_returns_once_the_version_is_there(
        self, transaction: PostgresTransaction, database: Database
    ) -> None:
        replica = DirectoryReplica(database)
        await DirectoryApplier().apply(transaction, [make_envelope(moved(None), 3)])
        await transaction.session.commit()

        await replica.wait_for(3)

        assert replica.directory.dv == 3

    async def test_gives_up_after_two_seconds(
        self, transaction: PostgresTransaction, database: Database, clock: FakeClock
    ) -> None:
        replica = DirectoryReplica(database, clock)

        with pytest.raises(Unavailable, match="directory-behind"):
            await replica.wait_for(10**6)

        assert 2.0 <= clock.monotonic() < 2.2
