"""integration's application over a scratch database, callers in its directory, and its worker's side."""

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Database
from libs.common.journal import Cause
from libs.common.testing import FakeClock, Scratch
from libs.common.transaction import Transactions
from services.integration.deliveries.api import router as deliveries
from services.integration.deliveries.model import delivery, kept_event
from services.integration.messages.api import router as messages
from services.integration.messages.model import mail_content
from services.integration.notifications.api import router as notifications
from services.integration.settings import Settings
from services.integration.webhooks.api import router as webhooks
from services.integration.webhooks.model import Webhook, webhook_health
from tests.api import bearer, colleague, seed, serving
from tests.integration.acting import transacting

ROUTERS = [webhooks, deliveries, messages, notifications]
DIRECTOR, SELLER, RIVAL, GUEST = 1, 2, 3, 4
_OWN = {f"webhook:{action}": "own" for action in ("read", "create", "update", "delete")}
_OWN |= {"message:read": "own", "message:cancel": "own", "lead:read": "own"}
LOOPBACK = ip_network("127.0.0.0/8")


@pytest.fixture(scope="module")
def service() -> str:
    return "integration"


@pytest.fixture(scope="module")
def settings(scratched: Scratch) -> Settings:
    """integration's own settings; this machine may be posted to."""
    given = scratched.settings.model_dump()
    return Settings(**given, webhook_timeout=0.5, webhook_allowed_networks=(LOOPBACK,))


@pytest.fixture(scope="module")
async def client(scratched: Scratch, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A seller has what is his own; the director sees and may do everything, a guest nothing of ours."""
    entries = [
        *colleague(DIRECTOR, {"*:*": "all"}),
        *colleague(SELLER, _OWN),
        *colleague(RIVAL, _OWN),
        *colleague(GUEST, {"ticket:read": "all"}),
    ]
    await seed(scratched.database, entries)
    async with serving(settings, ROUTERS) as opened:
        yield opened


@pytest.fixture
def director() -> dict[str, str]:
    return bearer(DIRECTOR)


@pytest.fixture
def seller() -> dict[str, str]:
    return bearer(SELLER)


@pytest.fixture
def rival() -> dict[str, str]:
    return bearer(RIVAL)


@pytest.fixture
def guest() -> dict[str, str]:
    return bearer(GUEST)


@pytest.fixture
async def transactions(database: Database, clock: FakeClock) -> AsyncIterator[Transactions]:
    """Transactions as the worker runs them; afterwards nothing waits to leave."""
    opened = transacting(database, clock)
    yield opened
    clock.advance(timedelta(days=1).total_seconds())

    async def sweep(session: AsyncSession) -> None:
        for table in (mail_content, delivery, kept_event, webhook_health):
            await session.execute(delete(table))
        for webhook in await session.scalars(select(Webhook).where(Webhook.deleted_at.is_(None))):
            webhook.delete(clock.now())

    await opened.run(Cause("system", "test"), sweep)
