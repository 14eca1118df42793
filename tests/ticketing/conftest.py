"""ticketing's application over the module's scratch database, and callers in its directory."""

from collections.abc import AsyncIterator

import httpx
import pytest

from libs.common.testing import Scratch
from services.ticketing.calendars.api import router as calendars
from services.ticketing.queues.api import router as queues
from services.ticketing.settings import Settings
from services.ticketing.sla_policies.api import router as sla_policies
from services.ticketing.surveys.api import links
from services.ticketing.surveys.api import router as surveys
from services.ticketing.ticket_messages.api import router as ticket_messages
from services.ticketing.tickets.api import router as tickets
from tests.api import bearer, colleague, seed, serving

DIRECTOR, AGENT, RIVAL, GUEST, LEAVER = 1, 2, 3, 4, 5
_OWN = {f"ticket:{action}": "own" for action in ("read", "create", "update", "delete")}
_SHARED = {f"{kind}:read": "all" for kind in ("queue", "sla-policy", "calendar")}


@pytest.fixture(scope="module")
def service() -> str:
    return "ticketing"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    """An agent sees his own and what stands in his queues; a guest sees nothing of ours."""
    entries = [
        *colleague(DIRECTOR, {"*:*": "all"}),
        *colleague(AGENT, _OWN | _SHARED),
        *colleague(RIVAL, _OWN | _SHARED),
        *colleague(GUEST, {"lead:read": "all"}),
        *colleague(LEAVER, _OWN, is_active=False),
    ]
    await seed(scratched.database, entries)
    settings = Settings.model_validate(scratched.settings.model_dump())
    routers = [calendars, sla_policies, queues, tickets, ticket_messages, surveys, links]
    async with serving(settings, routers) as opened:
        yield opened


@pytest.fixture
def director() -> dict[str, str]:
    return bearer(DIRECTOR)


@pytest.fixture
def agent() -> dict[str, str]:
    return bearer(AGENT)


@pytest.fixture
def rival() -> dict[str, str]:
    return bearer(RIVAL)


@pytest.fixture
def guest() -> dict[str, str]:
    return bearer(GUEST)
