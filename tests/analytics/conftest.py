"""analytics' application and read models over the module's scratch database."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import TopicPartition
from libs.common.crypto import DataKey, KekRing
from libs.common.envelope import Envelope
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.projection import Version
from libs.common.testing import Scratch
from libs.contracts.customer import AccountCreated, ContactCreated
from libs.platform.records.replica import RecordApplier
from libs.platform.references.replica import ReferenceApplier
from services.analytics.campaigns.api import router as campaigns
from services.analytics.campaigns.projection import Campaigns
from services.analytics.event_log.api import router as events
from services.analytics.event_log.projection import EventLog
from services.analytics.funnel.api import router as funnel
from services.analytics.funnel.projection import Funnel
from services.analytics.performance.api import router as performance
from services.analytics.performance.projection import Performance
from services.analytics.search.api import router as search
from services.analytics.search.projection import Search
from services.analytics.tickets.api import csat, sla, volumes
from services.analytics.tickets.projection import Tickets
from services.analytics.timeline.api import router as timeline
from services.analytics.timeline.projection import Timeline
from tests.api import bearer, colleague, seed, serving
from tests.factories.directory import uid

# Seller and agent are one person: what the factories make is his.
HEAD, SELLER, OTHER = 1, 2, 3
ROUTERS = [funnel, performance, events, volumes, sla, csat, search, timeline, campaigns]
OWN = dict.fromkeys((f"{each}:read" for each in ("opportunity", "account", "contact", "activity")), "own")
PEOPLE = [
    *colleague(HEAD, {"*:*": "all"}),
    *colleague(SELLER, OWN | dict.fromkeys(("event:read", "ticket:read", "campaign:read"), "own")),
    *colleague(OTHER, {"lead:read": "own"}),
]
_REFERENCES = {AccountCreated.topic, ContactCreated.topic}
_OFFSET = text("""
INSERT INTO consumer_offset ("group", topic, partition, start, position, cluster_id)
SELECT g, :topic, :partition, 0, :position, 'cluster'
FROM unnest(ARRAY['analytics.event_log.v1', 'analytics.records']) AS g
ON CONFLICT ("group", topic, partition) DO UPDATE SET position = excluded.position
""")
_KEY = text("""
INSERT INTO subject_key_replica (id, epoch, version, wrapped, erased_at, linked)
VALUES (:id, 1, 1, :wrapped, NULL, '{}')
""")


class Models:
    """Version 1 of each read model; `take` folds events into all that read their topic, or the named."""

    def __init__(self, scratched: Scratch) -> None:
        projections = (
            EventLog(),
            Funnel("UTC"),
            Performance("UTC"),
            Tickets(),
            Search(),
            Timeline(),
            Campaigns(),
        )
        self.versions = [Version("analytics", each, 1) for each in projections]
        self.database = scratched.database
        self.ring = KekRing.load(scratched.settings.kek_file)

    async def create(self) -> None:
        for each in self.versions:
            async with self.database.engine.begin() as connection:
                await each.create(connection)
                await each.note(connection)
                await each.show(connection)

    async def take(self, envelopes: Sequence[Envelope], *names: str) -> None:
        for version in self.versions:
            if names and version.projection.name not in names:
                continue
            wanted = [each for each in envelopes if each.record.topic in version.projection.topics]
            async with self.session() as session:
                await version.apply(PostgresTransaction(session, "analytics"), wanted)
                await session.commit()
        known = [each for each in envelopes if each.record.topic in _REFERENCES]
        async with self.session() as session:
            await RecordApplier().apply(PostgresTransaction(session, "analytics"), list(envelopes))
            await ReferenceApplier().apply(PostgresTransaction(session, "analytics"), known)
            await session.commit()

    def session(self) -> AsyncSession:
        opened = AsyncSession(self.database.engine, autoflush=False, expire_on_commit=False)
        opened.info["ring"] = self.ring
        return opened

    async def reach(self, place: TopicPartition, position: int) -> None:
        """Say how far the log and the record replica are committed."""
        async with self.database.engine.begin() as connection:
            await connection.execute(_OFFSET, place._asdict() | {"position": position})

    async def mint(self, number: int) -> DataKey:
        """Make a subject's key known, as its minting service would tell it."""
        key = DataKey(str(uid(number)), bytes([number % 256] * 32))
        async with self.database.engine.begin() as connection:
            await connection.execute(_KEY, {"id": uid(number), "wrapped": self.ring.wrap(key)})
        return key


def placed(envelope: Envelope, offset: int, partition: int = 0) -> Envelope:
    """The same event elsewhere on its topic."""
    return envelope._replace(record=envelope.record._replace(partition=partition, offset=offset))


@pytest.fixture(scope="module")
async def models(scratched: Scratch) -> Models:
    made = Models(scratched)
    await made.create()
    return made


@pytest.fixture(scope="module")
async def client(scratched: Scratch, models: Models) -> AsyncIterator[httpx.AsyncClient]:
    await seed(scratched.database, PEOPLE)
    async with serving(scratched.settings, ROUTERS) as opened:
        yield opened


@pytest.fixture
def head() -> dict[str, str]:
    return bearer(HEAD)


@pytest.fixture
def seller() -> dict[str, str]:
    return bearer(SELLER)


@pytest.fixture
def agent() -> dict[str, str]:
    return bearer(SELLER)


@pytest.fixture
def other() -> dict[str, str]:
    return bearer(OTHER)
