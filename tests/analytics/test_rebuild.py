"""Every read model: built once from the log, each event twice, and again beside it, with the same result."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Message
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer, Group
from libs.common.crypto import ERASED, DataKey, KekRing
from libs.common.db import Database
from libs.common.events import Event
from libs.common.inbox_postgres import PostgresInbox
from libs.common.memory import MemoryBroker
from libs.common.migrate import migrate
from libs.common.plan import Plan
from libs.common.projection import Projection, Version, versions
from libs.common.rebuild import Rebuild
from libs.common.testing import Scratch
from libs.common.transaction import Transactions
from libs.contracts.customer import AccountCreated, ContactCreated
from libs.contracts.subjects import CustomerSubjectErased, CustomerSubjectKeyMinted, SubjectKeyState
from libs.contracts.ticketing import TicketOpened, TicketReopened
from libs.platform.process import replicas
from libs.platform.records.replica import records_group
from services.analytics.campaigns.projection import Campaigns
from services.analytics.event_log.projection import EventLog
from services.analytics.funnel.projection import Funnel, FunnelFold
from services.analytics.performance.projection import Performance
from services.analytics.search.projection import Search, blank
from services.analytics.tickets.projection import Tickets
from services.analytics.timeline.projection import Timeline
from tests.factories.customer_facts import account, activity, contact, sealed
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.marketing_facts import campaign, member
from tests.factories.sales_facts import moved, opened, pipeline, won
from tests.factories.ticketing_facts import message, queue, survey, ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROJECTIONS: tuple[Projection, ...] = (
    *(EventLog(), Funnel("UTC"), Performance("UTC"), Tickets(), Campaigns(), Search(), Timeline()),
)
WAITING = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'"""
SUBJECTS = (40, 50, 60, 61, 70)


class EarlierLog(EventLog):
    """The log as a release knew it that had not heard of ticketing and marketing."""

    topics = tuple(each for each in EventLog.topics if each.split(".")[1] in {"auth", "customer", "sales"})


class World:
    """A broker, and analytics' groups over it, run until they have read everything."""

    def __init__(self, scratched: Scratch) -> None:
        self.scratched = scratched
        self.broker = MemoryBroker(SystemClock())
        self.ring = KekRing.load(scratched.settings.kek_file)
        self.keys = {number: DataKey(str(uid(number)), bytes([number] * 32)) for number in SUBJECTS}
        carries: dict[str, Any] = {"ring": self.ring, "service": "analytics"}
        self.transactions = Transactions(scratched.database, "analytics", carries=carries)

    def plan(self, projections: Sequence[Projection], references: Sequence[type[Event]]) -> Plan:
        follow = replicas(self.scratched.settings, references=references, blank=blank)
        groups = (*follow, records_group("analytics"))
        return Plan(self.scratched.settings, "services.analytics", projections=projections, replicas=groups)

    async def migrate(self, plan: Plan) -> None:
        await migrate(plan, self.scratched.database, self.broker)

    def tell(self, event: Event, sequence: int, times: int = 2) -> None:
        """Put an event on its topic, as often as a relay that was killed would."""
        record = make_envelope(event, sequence, sealed(event, *self.keys.values())).record
        for _ in range(times):
            self.broker.append(Message(record.topic, record.key, record.value, record.headers))

    async def read(self, plan: Plan) -> None:
        """Let every group read to the end."""
        async with self.scratched.database.reading.connect() as connection:
            kept = await versions(connection, "analytics", plan.projections)
        for group in (*plan.replicas, *(each.group for each in kept)):
            await self._read(group)

    async def _read(self, group: Group) -> None:
        inbox = PostgresInbox(self.transactions)
        consumer = Consumer(group, self.broker, inbox, SystemClock(), "0")
        ends = await self.broker.ends(group.topics)
        for _ in range(40):
            await consumer.step()
            rows = await inbox.placements(group.name, ends)
            if all(rows[place].position == end for place, end in ends.items()):
                break
        await consumer.close()


def minted(number: int, world: World) -> CustomerSubjectKeyMinted:
    state = SubjectKeyState(subject_id=uid(number), wrapped=world.ring.wrap(world.keys[number]))
    return CustomerSubjectKeyMinted(subject_id=uid(number), occurred_at=NOW, state=state)


def history() -> list[tuple[Event, int]]:
    """A little of everything, each with its place in its aggregate's order."""
    first: list[Event] = [
        *(pipeline(), opened(1), opened(2), account(10), account(11), queue(800, 2)),
        *(contact(40, given_name="Ada", account_id=uid(10)), activity(50, contact_id=uid(40))),
        *(ticket(60, hours=2, contact_id=uid(40), queue_id=uid(800)), ticket(70), survey(61, 60)),
        *(campaign(90), member(91, 90)),
    ]
    sent: dict[str, Any] = {"status": "sent", "sent_at": NOW}
    second: list[Event] = [moved(1), won(2), member(91, 90, **sent)]
    again = ticket(60, TicketReopened, from_status="resolved")
    told = [(each, 1) for each in first] + [
        (each, 2) for each in second if each.topic != message(61, 60).topic
    ]
    return [*told, (message(61, 60), 1), (again, 2)]


@pytest.fixture(scope="module")
async def world(scratched: Scratch) -> World:
    """An installation that an earlier release has run, and everything since."""
    made = World(scratched)
    earlier = made.plan((EarlierLog(), Funnel("UTC"), Performance("UTC")), (AccountCreated,))
    await made.migrate(earlier)
    for number in SUBJECTS:
        made.tell(minted(number, made), 1)
    for event, sequence in history():
        if event.topic in EarlierLog.topics:
            made.tell(event, sequence)
    await made.read(earlier)
    plan = made.plan(PROJECTIONS, (AccountCreated, ContactCreated))
    await made.migrate(plan)
    for event, sequence in history():
        if event.topic not in EarlierLog.topics:
            made.tell(event, sequence)
    await made.read(plan)
    return made


async def count(database: Database, sql: str) -> int:
    async with database.reading.connect() as connection:
        return int((await connection.execute(text(sql))).scalar_one())


class TestUpgrade:
    async def test_reads_topics_that_are_new_to_an_existing_log(
        self, world: World, database: Database
    ) -> None:
        assert TicketOpened.topic not in EarlierLog.topics
        assert await count(database, "SELECT count(*) FROM event_log") == len(history())
        assert await count(database, "SELECT count(*) FROM event_log WHERE topic LIKE '%.ticket'") == 3
        assert world.broker.knows(TicketOpened.topic)

    async def test_fills_replicas_that_are_new(self, world: World, database: Database) -> None:
        assert await count(database, "SELECT count(*) FROM record_access WHERE type = 'opportunity'") == 2
        assert await count(database, "SELECT count(*) FROM reference WHERE type = 'contact'") == 1
        del world

    async def test_parks_nothing(self, world: World, database: Database) -> None:
        assert await count(database, "SELECT count(*) FROM parked_key") == 0
        del world


class TestRebuild:
    @pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda each: each.name)
    async def test_is_the_same_again(self, world: World, database: Database, projection: Projection) -> None:
        plan = world.plan(PROJECTIONS, (AccountCreated, ContactCreated))

        tables = await Rebuild(plan, projection, database, world.broker).run()

        assert set(tables) == set(projection.tables)
        assert all(rows > 0 for rows, _ in tables.values())

    async def test_forgets_again_who_was_forgotten(self, world: World, database: Database) -> None:
        plan = world.plan(PROJECTIONS, (AccountCreated, ContactCreated))
        gone = SubjectKeyState(subject_id=uid(40), wrapped=None, erased_at=NOW)
        world.tell(CustomerSubjectErased(subject_id=uid(40), occurred_at=NOW, state=gone), 2)
        await world.read(plan)

        for projection in (Search(), Timeline()):
            await Rebuild(plan, projection, database, world.broker).run()

        async with database.reading.connect() as connection:
            sql = "SELECT title FROM search_record WHERE type = 'contact'"
            assert (await connection.execute(text(sql))).scalar_one() == ERASED


class TestDrop:
    async def test_waits_for_a_worker_that_is_keeping_the_version_up(
        self, world: World, database: Database
    ) -> None:
        plan = world.plan(PROJECTIONS, (AccountCreated, ContactCreated))
        await Rebuild(plan, Funnel("UTC"), database, world.broker).run()
        async with database.reading.connect() as connection:
            old = (await versions(connection, "analytics", [Funnel("UTC")]))[0]

        async with database.engine.begin() as worker:
            moved_on = text('UPDATE consumer_offset SET position = position WHERE "group" = :group')
            await worker.execute(moved_on, {"group": old.group.name})
            dropping = asyncio.create_task(dropped(database, old))
            async with asyncio.timeout(30):
                while not await count(database, WAITING):
                    await asyncio.sleep(0.01)
            await worker.execute(text(f"LOCK TABLE {old.schema}.funnel_day IN ROW EXCLUSIVE MODE"))
        await dropping

        left = f"SELECT count(*) FROM pg_namespace WHERE nspname = '{old.schema}'"
        assert await count(database, left) == 0


async def dropped(database: Database, version: Version) -> None:
    async with database.engine.begin() as connection:
        await version.drop(connection)


class Watched(Funnel):
    """Looks, while it is filled, at the versions that workers keep up."""

    def __init__(self) -> None:
        super().__init__("UTC")
        self.noted: list[int] = []

    def in_memory(self) -> FunnelFold:
        noted = self.noted

        class Looking(FunnelFold):
            async def keep(self, session: AsyncSession) -> None:
                sql = text("SELECT max(version) FROM public.projection_version WHERE model = 'funnel'")
                noted.append((await session.execute(sql)).scalar_one())
                await super().keep(session)

        return Looking(ZoneInfo("UTC"))


class TestBulk:
    async def test_no_worker_knows_of_a_version_before_it_is_filled(
        self, world: World, database: Database
    ) -> None:
        sql = "SELECT max(version) FROM projection_version WHERE model = 'funnel'"
        before, watched = await count(database, sql), Watched()

        await Rebuild(world.plan(PROJECTIONS, ()), watched, database, world.broker).run()

        assert watched.noted
        assert set(watched.noted) == {before}
        assert await count(database, sql) == before + 1

    async def test_ends_before_what_it_cannot_read(
        self, world: World, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        plan = world.plan(PROJECTIONS, (AccountCreated, ContactCreated))
        broken = make_envelope(opened(3), 1, {}).record
        world.broker.append(Message(broken.topic, broken.key, b"{", broken.headers))
        for number in range(10, 30):
            world.tell(opened(number), 1)
        # An event is missing here: its key is parked, and others go on behind it.
        world.tell(moved(10), 3)
        await world.read(plan)

        with caplog.at_level("WARNING", "libs.common.bulk"):
            tables = await Rebuild(plan, Funnel("UTC"), database, world.broker).run()

        told = [record.args for record in caplog.records if record.name == "libs.common.bulk"]
        assert {args[2] for args in told if isinstance(args, tuple)} == {"GapError", "PoisonError"}
        assert tables["funnel_ledger"][0] == 22
        parked = "SELECT count(DISTINCT key) FROM parked_key WHERE \"group\" LIKE 'analytics.funnel.%'"
        assert await count(database, parked) == 2
