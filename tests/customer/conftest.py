"""customer's application over the module's scratch database, and callers in its directory."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from libs.common.testing import Scratch
from services.customer.accounts.api import router as accounts
from services.customer.activities.api import router as activities
from services.customer.contacts.api import router as contacts
from tests.api import bearer, colleague, seed, serving

MANAGER, REP, PEER, READER = 1, 2, 3, 4
OWN = {f"{kind}:{verb}": "own" for kind in ("account", "contact", "activity") for verb in ("read", "create")}
OWN |= {
    f"{kind}:{verb}": "own" for kind in ("account", "contact", "activity") for verb in ("update", "delete")
}


@pytest.fixture(scope="module")
def service() -> str:
    return "customer"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    entries = [
        *colleague(MANAGER, {"*:*": "all"}),
        *colleague(REP, OWN),
        *colleague(PEER, OWN),
        *colleague(READER, {"account:read": "all", "contact:read": "all", "activity:read": "all"}),
    ]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, [accounts, contacts, activities]) as opened:
        yield opened


@pytest.fixture
def manager() -> dict[str, str]:
    return bearer(MANAGER)


@pytest.fixture
def rep() -> dict[str, str]:
    return bearer(REP)


@pytest.fixture
def peer() -> dict[str, str]:
    return bearer(PEER)


@pytest.fixture
def reader() -> dict[str, str]:
    return bearer(READER)


@pytest.fixture
def stranger() -> UUID:
    return UUID(int=404)
