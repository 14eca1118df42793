"""A new handler on an old topic begins now: nobody wants yesterday's mails sent today."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Topic
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer, Group
from libs.common.envelope import Envelope
from libs.common.handlers import HandlerApplier, Handlers, Since, on, starting_offsets
from libs.common.inbox_postgres import PostgresInbox
from libs.common.kafka import KafkaBus
from libs.common.migrate import migrate
from libs.common.plan import Plan
from libs.common.testing import Scratch, make_settings, scratch
from libs.common.transaction import Transactions
from tests.chaos import toy
from tests.figures import Figures


async def count_it(session: AsyncSession, envelope: Envelope) -> None:
    """What has been there from the beginning."""
    await _note(session, "old", envelope)


async def mail_it(session: AsyncSession, envelope: Envelope) -> None:
    """What the second release adds."""
    await _note(session, "new", envelope)


async def _note(session: AsyncSession, handler: str, envelope: Envelope) -> None:
    values = {"handler": handler, "key": envelope.key, "sequence": envelope.sequence}
    sql = text("INSERT INTO handled (handler, key, sequence) VALUES (:handler, :key, :sequence)")
    await session.execute(sql, values)


FIRST: Handlers = {toy.ThingHappened: [on(count_it, Since.BEGINNING)]}
SECOND: Handlers = {toy.ThingHappened: [on(count_it, Since.BEGINNING), on(mail_it, Since.NOW)]}
ONLY_NEW: Handlers = {toy.ThingHappened: [on(mail_it, Since.NOW)]}


@dataclass(slots=True)
class Release:
    """A service that reacts to things, release after release."""

    lent: Scratch
    bus: KafkaBus
    name: str = field(default_factory=lambda: f"sales{uuid4().hex[:6]}")
    keys: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(6)])

    async def send(self, *sequences: int) -> None:
        producer = await self.bus.producer()
        for key in self.keys:
            for sequence in sequences:
                await (await producer.send(toy.message(key, sequence)))
        await producer.close()

    def plan(self, handlers: Handlers) -> Plan:
        return Plan(make_settings(self.name, self.lent.url), "services.sales", handlers)

    async def consume(self, handlers: Handlers, *, starts: bool = True) -> None:
        """Run the release's reactions until they stand at the end."""
        plan, database = self.plan(handlers), self.lent.database
        applier = HandlerApplier(handlers, await starting_offsets(database) if starts else {})
        group = Group(plan.commands_group, plan.command_topics, applier)
        inbox = PostgresInbox(Transactions(database, "sales"))
        consumer = Consumer(group, self.bus, inbox, SystemClock(), "one")
        ends = await self.bus.ends(plan.command_topics)
        while sum((await self.positions()).values()) < sum(ends.values()):
            await consumer.step()
        await consumer.close()

    async def positions(self) -> dict[int, int]:
        async with self.lent.database.reading.connect() as connection:
            rows = await connection.execute(text("SELECT partition, position FROM consumer_offset"))
            return {row.partition: row.position for row in rows}

    async def handled(self, handler: str) -> list[list[int]]:
        """Return what each key's events made of a handler, in order."""
        async with self.lent.database.reading.connect() as connection:
            rows = list(
                await connection.execute(text("SELECT handler, key, sequence FROM handled ORDER BY n"))
            )
        return [
            [row.sequence for row in rows if (row.handler, row.key) == (handler, str(key))]
            for key in self.keys
        ]


@pytest.fixture
async def release(bus: KafkaBus) -> AsyncIterator[Release]:
    async with scratch("sales") as lent:
        async with lent.database.engine.begin() as connection:
            await connection.execute(
                text(
                    "CREATE TABLE handled (n bigint GENERATED ALWAYS AS IDENTITY, handler text, key text,"
                    " sequence bigint)"
                )
            )
        await bus.ensure([Topic(toy.TOPIC)])
        yield Release(lent, bus)


async def two_releases(release: Release, *, starts: bool = True) -> None:
    """Old events, a first release that has not read them yet, then a second one with a new handler."""
    await release.send(1, 2, 3)
    await migrate(release.plan(FIRST), release.lent.database, release.bus)
    await migrate(release.plan(SECOND), release.lent.database, release.bus)
    await release.send(4)
    await release.consume(SECOND, starts=starts)
    await release.send(5)
    await release.consume(SECOND, starts=starts)


class TestNewHandler:
    async def test_hears_only_what_comes_behind_its_migrate_step(self, release: Release) -> None:
        await two_releases(release)

        figures = Figures("event-path")
        figures.exactly("since=NOW: the new handler's events", await release.handled("new"), [[4, 5]] * 6)
        figures.exactly(
            "since=NOW: the old handler's events", await release.handled("old"), [[1, 2, 3, 4, 5]] * 6
        )
        assert figures.done(part=True), figures.failures()

    async def test_of_a_new_service_begins_behind_the_old_events(self, release: Release) -> None:
        await release.send(1, 2, 3)
        await migrate(release.plan(ONLY_NEW), release.lent.database, release.bus)
        await release.send(4)
        await release.consume(ONLY_NEW)

        assert await release.handled("new") == [[4]] * 6

    async def test_keeps_its_start_when_the_step_runs_again(self, release: Release) -> None:
        await migrate(release.plan(ONLY_NEW), release.lent.database, release.bus)
        await release.send(1)
        await migrate(release.plan(ONLY_NEW), release.lent.database, release.bus)
        await release.consume(ONLY_NEW)

        assert await release.handled("new") == [[1]] * 6

    async def test_planted_handler_without_a_start_is_found(self, release: Release) -> None:
        await two_releases(release, starts=False)

        assert await release.handled("new") == [[1, 2, 3, 4, 5]] * 6
