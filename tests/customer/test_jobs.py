"""The upkeep of segments: bounded steps, one process at a time, and a bad one that holds up no other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.common.transaction import Transactions
from libs.platform.process import Platform
from services.customer import jobs
from services.customer.jobs import Upkeep, keep_members
from services.customer.segment_checks.queries import begin_filling, lead
from services.customer.segment_members.commands import check_changed
from tests.factories.contacts import make_contact
from tests.factories.segments import CHINESE, make_segment

CAUSE = Cause("system", "test")


@pytest.fixture
async def transactions(scratched: Scratch, database: Database) -> AsyncIterator[Transactions]:
    yield Platform(scratched.settings, database).transactions
    async with database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM segment_check"))


async def a_segment(transactions: Transactions, language: str) -> UUID:
    segment = make_segment(filter=CHINESE | {"value": language})

    async def body(session: AsyncSession) -> None:
        session.add(segment)
        await begin_filling(session, segment.id, segment.version)

    await transactions.run(CAUSE, body)
    return segment.id


async def count(database: Database, sql: str, **given: object) -> int:
    async with database.reading.connect() as connection:
        return int((await connection.execute(text(sql), given)).scalar_one())


async def mark(transactions: Transactions) -> UUID:
    """Leave a mark as a changed contact does."""
    record_id = new_id()

    async def body(session: AsyncSession) -> None:
        sql = "INSERT INTO segment_check (source, record_id) VALUES ('contact', :id)"
        await session.execute(text(sql), {"id": record_id})

    await transactions.run(CAUSE, body)
    return record_id


class TestTurn:
    async def test_takes_a_step_of_each_kind_until_nothing_waits(
        self, transactions: Transactions, database: Database
    ) -> None:
        await a_segment(transactions, "none")
        await mark(transactions)

        upkeep = Upkeep(transactions)
        turns = 0
        while await upkeep.turn():
            turns += 1

        assert turns == 1
        assert await count(database, "SELECT count(*) FROM segment_check") == 0
        assert await count(database, "SELECT count(*) FROM segment_filling") == 0

    async def test_leaves_the_work_to_the_one_who_leads(
        self, transactions: Transactions, database: Database
    ) -> None:
        await mark(transactions)

        async def led(session: AsyncSession) -> bool:
            assert await lead(session)
            return await Upkeep(transactions).turn()

        assert not await transactions.run(CAUSE, led)
        assert await count(database, "SELECT count(*) FROM segment_check") == 1


class TestBadStep:
    async def test_is_taken_smaller_until_the_bad_mark_stands_alone_behind_the_others(
        self, transactions: Transactions, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad = await mark(transactions)
        others = {await mark(transactions) for _ in range(10)}

        async def following(session: AsyncSession, size: int, now: datetime) -> None:
            sql = "SELECT record_id FROM segment_check ORDER BY id LIMIT :size"
            taken = (await session.scalars(text(sql), {"size": size})).all()
            if bad in taken:
                raise ArithmeticError
            await check_changed(session, size, now)

        monkeypatch.setattr(jobs, "check_changed", following)
        upkeep = Upkeep(transactions)
        for _ in range(20):
            try:
                await upkeep.turn()
            except ArithmeticError:
                continue

        left = "SELECT count(*) FROM segment_check WHERE record_id = ANY(:ids)"
        assert await count(database, left, ids=list(others)) == 0
        assert await count(database, left, ids=[bad]) == 1


class TestKeepMembers:
    async def test_follows_until_it_is_stopped(self, transactions: Transactions, database: Database) -> None:
        segment_id = await a_segment(transactions, "kl")
        stop = asyncio.Event()
        running = asyncio.create_task(keep_members(transactions, stop))
        contact = make_contact(language="kl")

        async def body(session: AsyncSession) -> None:
            session.add(contact)

        plain = Transactions(database, "customer")
        await plain.run(CAUSE, body)
        sql = "SELECT count(*) FROM segment_member WHERE segment_id = :id AND is_member"
        async with asyncio.timeout(60):
            while await count(database, sql, id=segment_id) == 0:
                await asyncio.sleep(0.05)
        stop.set()
        await running

        assert await count(database, sql, id=segment_id) == 1
