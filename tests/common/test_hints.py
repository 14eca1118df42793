"""Hints on a real database: told behind a commit, seldom in a burst, and missed without harm."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.hints import EFFECTS, OUTBOX, Ear
from libs.common.journal import Cause, Entry, enqueue
from libs.common.reads import Asked
from libs.common.testing import make_settings
from libs.common.transaction import Transactions

SOON, LONG = 5.0, 30.0


@pytest.fixture
async def listen(database: Database) -> AsyncIterator[Callable[[str], Any]]:
    opened: list[Ear] = []

    async def listening(channel: str) -> Ear:
        opened.append(database.hints.ear(channel))
        await opened[-1].wait(0)
        return opened[-1]

    yield listening
    for each in opened:
        await each.close()


async def waited(ear: Ear, seconds: float) -> float:
    """Return how long a wait took, in seconds."""
    began = monotonic()
    await ear.wait(seconds)
    return monotonic() - began


def enqueuing(*keys: str) -> Callable[[AsyncSession], Any]:
    async def body(session: AsyncSession) -> None:
        for key in keys:
            enqueue(session, Entry("crm.toy.thing", key, {}, b"{}"))

    return body


class TestTell:
    async def test_wakes_who_listens_behind_the_commit(
        self, database: Database, listen: Callable[[str], Any]
    ) -> None:
        ear = await listen(OUTBOX)

        await Transactions(database, "toy").run(Cause("user:1", "request-1"), enqueuing("a"))
        took = await waited(ear, LONG)

        assert took < SOON

    async def test_tells_nothing_of_a_transaction_that_wrote_nothing(
        self, database: Database, listen: Callable[[str], Any]
    ) -> None:
        ear = await listen(OUTBOX)

        await Transactions(database, "toy").run(Cause("user:1", "request-1"), enqueuing())
        took = await waited(ear, 0.2)

        assert took >= 0.2

    async def test_tells_a_burst_at_its_beginning_and_behind_its_end(
        self, database: Database, listen: Callable[[str], Any]
    ) -> None:
        ear = await listen(EFFECTS)
        database.hints.tell(EFFECTS)
        first = await waited(ear, LONG)

        for _ in range(100):
            database.hints.tell(EFFECTS)
        rest = [await waited(ear, LONG), await waited(ear, 0.2)]

        assert first < SOON
        assert rest[0] < SOON
        assert rest[1] >= 0.2

    async def test_never_fails_without_a_database(self) -> None:
        gone = Database.connect(make_settings("toy", "postgresql://nobody@127.0.0.1:1/nothing"))

        gone.hints.tell(OUTBOX)
        await gone.close()


class TestEar:
    async def test_waits_its_time_out_without_a_database(self) -> None:
        gone = Database.connect(make_settings("toy", "postgresql://nobody@127.0.0.1:1/nothing"))
        ear = gone.hints.ear(OUTBOX)

        took = await waited(ear, 0.05)

        assert took >= 0.05
        await gone.close()

    async def test_hears_again_when_its_connection_was_cut(
        self, database: Database, listen: Callable[[str], Any]
    ) -> None:
        ear = await listen(OUTBOX)
        cut = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        await database.reads.rows(Asked(cut, ()))
        async with asyncio.timeout(SOON):
            while not ear._connection or not ear._connection.is_closed():  # noqa: SLF001
                await asyncio.sleep(0.01)
        await ear.wait(0)

        database.hints.tell(OUTBOX)

        assert await waited(ear, LONG) < SOON
