"""The clocks on real PostgreSQL: each warning and each breach once, whoever fires it and whoever dies."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Aggregate, Database
from libs.common.due import Alarm
from libs.common.journal import Cause
from libs.common.testing import Scratch
from libs.common.transaction import Transactions
from libs.platform.access.actor import Actor
from libs.platform.process import Platform
from services.ticketing.jobs import JOBS, TIMERS
from services.ticketing.settings import Settings
from services.ticketing.tickets.commands import open_ticket, pause_ticket, resolve_ticket, resume_ticket
from services.ticketing.tickets.schemas import TicketCreate
from tests.factories.directory import uid
from tests.factories.ticketing import make_calendar, make_queue, make_sla_policy
from tests.ticketing.acting import a_directory

CAUSE = Cause("system", "test")
TICKETS = 12
BREACHED, WARNED = "ticketing.ticket.sla_breached.v1", "ticketing.ticket.sla_warned.v1"


@pytest.fixture(scope="module")
def transactions(scratched: Scratch) -> Transactions:
    """Those of a worker, with the users of our tests in its directory."""
    settings = Settings.model_validate(scratched.settings.model_dump())
    platform = Platform(settings, scratched.database)
    platform.replica.directory.entries.update(a_directory().entries)
    platform.replica.directory.apply(a_directory().entries.values())
    platform.replica.directory.users.update(a_directory().users)
    platform.replica.directory.roles.update(a_directory().roles)
    return platform.transactions


@pytest.fixture
async def clean(database: Database) -> AsyncIterator[None]:
    """Forget everything afterwards."""
    yield
    async with database.engine.begin() as connection:
        await connection.execute(
            text("TRUNCATE due, outbox, ticket, sla_policy, calendar, queue, queue_turn")
        )


async def keep(transactions: Transactions, *aggregates: Aggregate) -> None:
    async def body(session: AsyncSession) -> None:
        session.add_all(aggregates)

    await transactions.run(CAUSE, body)


async def opened(transactions: Transactions, then: datetime, **fields: object) -> UUID:
    """A ticket that was opened at an instant, by a process that knew of nothing later."""

    async def body(session: AsyncSession) -> UUID:
        asked = TicketCreate.model_validate({"subject": "It does not work", "channel": "email", **fields})
        ticket = await open_ticket(session, asked, _actor(session), then)
        return ticket.id

    return await transactions.run(CAUSE, body)


def _actor(session: AsyncSession) -> Actor:
    return Actor(uid(1), session.info["directory"])


async def told(database: Database) -> Counter[tuple[str, str, str]]:
    """How often each clock of each ticket was told of: (type, ticket, clock)."""
    sql = text(
        "SELECT headers->>'ce_type' AS type, key, convert_from(value, 'UTF8')::jsonb->>'clock' AS clock"
        " FROM outbox WHERE headers->>'ce_type' IN (:breached, :warned)"
    )
    async with database.reading.connect() as connection:
        rows = await connection.execute(sql, {"breached": BREACHED, "warned": WARNED})
        return Counter((row.type, row.key, row.clock) for row in rows)


def expected(ids: list[UUID]) -> Counter[tuple[str, str, str]]:
    clocks = ("first_response", "resolution")
    return Counter((kind, str(id), clock) for kind in (BREACHED, WARNED) for id in ids for clock in clocks)


async def a_policy(transactions: Transactions) -> None:
    calendar = make_calendar()
    await keep(transactions, calendar, make_sla_policy(calendar.id))


async def ring(alarm: Alarm) -> None:
    """Call until nothing is due."""
    while await alarm.call_one():
        pass


@pytest.mark.usefixtures("clean")
class TestClocks:
    async def test_are_told_of_once_by_two_workers(
        self, transactions: Transactions, database: Database
    ) -> None:
        await a_policy(transactions)
        then = datetime.now(UTC) - timedelta(days=2)
        ids = [await opened(transactions, then) for _ in range(TICKETS)]

        await asyncio.gather(*(ring(Alarm(TIMERS, transactions)) for _ in range(2)))

        assert await told(database) == expected(ids)

    @pytest.mark.parametrize("seed", range(3))
    async def test_are_told_of_once_though_workers_die(
        self, transactions: Transactions, database: Database, seed: int
    ) -> None:
        await a_policy(transactions)
        chance, then = random.Random(seed), datetime.now(UTC) - timedelta(days=2)
        ids = [await opened(transactions, then) for _ in range(TICKETS)]
        killed = 0

        for _ in range(TICKETS * 2):
            worker = asyncio.create_task(Alarm(TIMERS, transactions).call_one())
            await asyncio.wait([worker], timeout=chance.uniform(0, 0.004))
            killed += not worker.done()
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
        await asyncio.gather(*(ring(Alarm(TIMERS, transactions)) for _ in range(2)))

        assert killed > 0
        assert await told(database) == expected(ids)

    async def test_are_told_of_once_though_agents_work_meanwhile(
        self, transactions: Transactions, database: Database
    ) -> None:
        await a_policy(transactions)
        then = datetime.now(UTC) - timedelta(days=2)
        ids = [await opened(transactions, then) for _ in range(TICKETS)]

        async def resolve(id: UUID) -> None:
            async def body(session: AsyncSession) -> None:
                await resolve_ticket(session, id, None, _actor(session), session.info["now"])

            await transactions.run(CAUSE, body)

        await asyncio.gather(*(ring(Alarm(TIMERS, transactions)) for _ in range(2)), *map(resolve, ids))

        breaches = {key: count for key, count in (await told(database)).items() if key[0] == BREACHED}
        assert breaches == {key: 1 for key in expected(ids) if key[0] == BREACHED}

    async def test_are_silent_about_an_instant_that_a_pause_moved(
        self, transactions: Transactions, database: Database
    ) -> None:
        await a_policy(transactions)
        then = datetime.now(UTC) - timedelta(minutes=25)
        id = await opened(transactions, then, priority="low")

        async def wait_and_go_on(session: AsyncSession) -> None:
            early = then + timedelta(minutes=1)
            await pause_ticket(session, id, "waiting-for-customer", None, _actor(session), early)
            await session.flush()
            await resume_ticket(session, id, None, _actor(session), datetime.now(UTC))

        await transactions.run(CAUSE, wait_and_go_on)
        await ring(Alarm(TIMERS, transactions))

        assert await told(database) == Counter()

    def test_are_all_that_is_due(self) -> None:
        assert (JOBS, sorted(TIMERS)) == ((), ["ticketing.sla-breach", "ticketing.sla-warning"])


@pytest.mark.usefixtures("clean")
class TestQueueUnderConcurrency:
    @pytest.mark.parametrize("assignment", ["round-robin", "least-open"])
    async def test_gives_each_the_same(
        self, transactions: Transactions, database: Database, assignment: str
    ) -> None:
        queue = make_queue(uid(1), uid(2), uid(3), uid(4), assignment=assignment)
        await keep(transactions, queue)
        now = datetime.now(UTC)

        await asyncio.gather(*(opened(transactions, now, queue_id=queue.id) for _ in range(18)))

        sql = text("SELECT owner_id, count(*) FROM ticket GROUP BY owner_id")
        async with database.reading.connect() as connection:
            given = {row[0]: row[1] for row in await connection.execute(sql)}
        # The fourth has left.
        assert given == {uid(1): 6, uid(2): 6, uid(3): 6}
