"""sales' application over the module's scratch database, and callers in its directory."""

from collections.abc import AsyncIterator

import httpx
import pytest

from libs.common.testing import Scratch
from services.sales.leads.api import router as leads
from services.sales.opportunities.api import router as opportunities
from services.sales.pipelines.api import router as pipelines
from services.sales.products.api import router as products
from tests.api import bearer, colleague, seed, serving

DIRECTOR, SELLER, RIVAL, GUEST = 1, 2, 3, 4
_KINDS = ("lead", "opportunity", "account", "contact")
_OWN = {f"{kind}:{action}": "own" for kind in _KINDS for action in ("read", "create", "update", "delete")}
_SHARED = {"product:read": "all", "pipeline:read": "all"}


@pytest.fixture(scope="module")
def service() -> str:
    return "sales"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    """Who sells sees his own; the director sees and may do everything, a guest nothing of ours."""
    entries = [
        *colleague(DIRECTOR, {"*:*": "all"}),
        *colleague(SELLER, _OWN | _SHARED),
        *colleague(RIVAL, _OWN | _SHARED),
        *colleague(GUEST, {"ticket:read": "all"}),
    ]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, [products, pipelines, opportunities, leads]) as opened:
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
