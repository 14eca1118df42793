"""Statements past SQLAlchemy are part of the session's transaction, and fail as its own would."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import direct
from libs.common.inbox_postgres import PostgresInbox
from libs.common.testing import Scratch, scratch
from libs.common.transaction import Transactions

ADD = text("INSERT INTO note SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:words AS text[]))")
COUNT = "SELECT count(*) FROM note WHERE id = ANY($1)"


@pytest.fixture(scope="module")
async def scratched() -> AsyncIterator[Scratch]:
    async with scratch() as lent:
        async with lent.database.engine.begin() as connection:
            await connection.execute(text("CREATE TABLE note (id uuid PRIMARY KEY, words text NOT NULL)"))
        yield lent


async def add(session: AsyncSession, *ids: UUID) -> None:
    await direct.run(session, ADD, {"words": ["a"] * len(ids), "ids": list(ids)})


async def count(session: AsyncSession, *ids: UUID) -> int:
    ((found,),) = await direct.rows(session, COUNT, list(ids))
    return int(found)


class TestRows:
    async def test_are_those_of_the_session_s_own_transaction(self, scratched: Scratch) -> None:
        first, second, third = uuid4(), uuid4(), uuid4()

        async with scratched.database.session() as session:
            await add(session, first)
            await add(session, second)
            seen = await count(session, first, second)
            await session.rollback()
            after = await count(session, first, second)
            await add(session, third)
            await session.commit()
            kept = await count(session, third)

        assert (seen, after, kept) == (2, 0, 1)

    async def test_fail_as_the_session_s_own_would(self, scratched: Scratch) -> None:
        inbox, id = PostgresInbox(Transactions(scratched.database, "toy")), uuid4()

        async with scratched.database.session() as session:
            await add(session, id)
            with pytest.raises(IntegrityError) as doubled:
                await add(session, id)
            await session.rollback()
            await count(session, id)
            with pytest.raises(OperationalError) as unfit:
                await direct.rows(session, "SELECT $1::int", 2**80)
            await session.rollback()

        assert not inbox.is_transient(doubled.value)
        assert not inbox.is_transient(unfit.value)
