"""analytics' application and read models over the module's scratch database."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.envelope import Envelope
from libs.common.inbox import PostgresTransaction
from libs.common.projection import Version
from libs.common.testing import Scratch
from services.analytics.event_log.api import router as events
from services.analytics.event_log.projection import EventLog
from services.analytics.funnel.api import router as funnel
from services.analytics.funnel.projection import Funnel
from services.analytics.performance.api import router as performance
from services.analytics.performance.projection import Performance
from tests.api import bearer, colleague, seed, serving

HEAD, SELLER, OTHER = 1, 2, 3


class Models:
    """Version 1 of each read model; `take` folds events into all that read their topic."""

    def __init__(self, scratched: Scratch) -> None:
        projections = (EventLog(), Funnel("UTC"), Performance("UTC"))
        self.versions = [Version("analytics", each, 1) for each in projections]
        self.scratched = scratched

    async def create(self) -> None:
        for each in self.versions:
            async with self.scratched.database.engine.begin() as connection:
                await each.create(connection)
                await each.show(connection)

    async def take(self, envelopes: Sequence[Envelope]) -> None:
        for version in self.versions:
            wanted = [each for each in envelopes if each.record.topic in version.projection.topics]
            async with AsyncSession(self.scratched.database.engine) as session:
                await version.apply(PostgresTransaction(session, "analytics"), wanted)
                await session.commit()


@pytest.fixture(scope="module")
async def models(scratched: Scratch) -> Models:
    made = Models(scratched)
    await made.create()
    return made


@pytest.fixture(scope="module")
async def client(scratched: Scratch, models: Models) -> AsyncIterator[httpx.AsyncClient]:
    own = {"opportunity:read": "own"}
    entries = [
        *colleague(HEAD, {"opportunity:read": "all", "event:read": "all"}),
        *colleague(SELLER, own | {"event:read": "own"}),
        *colleague(OTHER, {"lead:read": "own"}),
    ]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, [funnel, performance, events]) as opened:
        yield opened


@pytest.fixture
def head() -> dict[str, str]:
    return bearer(HEAD)


@pytest.fixture
def seller() -> dict[str, str]:
    return bearer(SELLER)


@pytest.fixture
def other() -> dict[str, str]:
    return bearer(OTHER)
