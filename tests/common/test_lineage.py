"""Which database this is, told by several processes that start at once."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import lineage
from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.transaction import Transactions

CAUSE = Cause("system", "test")


class TestMark:
    async def test_may_be_made_by_two_processes_at_once(self, database: Database) -> None:
        transactions = Transactions(database, "toy")
        await transactions.run(CAUSE, lambda session: session.execute(text("DELETE FROM lineage")))
        both = asyncio.Barrier(2)

        async def begin(session: AsyncSession) -> None:
            await session.execute(text("SELECT 1"))
            await both.wait()
            await lineage.mark(session)

        await asyncio.gather(transactions.run(CAUSE, begin), transactions.run(CAUSE, begin))

        async with database.reading.connect() as connection:
            assert await lineage.is_known(connection)
