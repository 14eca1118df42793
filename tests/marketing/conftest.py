"""marketing's application over the module's scratch database, and callers in its directory."""

from collections.abc import AsyncIterator

import httpx
import pytest

from libs.common.testing import Scratch
from services.marketing.campaign_members.api import links
from services.marketing.campaign_members.api import router as campaign_members
from services.marketing.campaigns.api import router as campaigns
from services.marketing.suppressions.api import router as suppressions
from services.marketing.templates.api import router as templates
from tests.api import bearer, colleague, seed, serving

DIRECTOR, MARKETER, RIVAL, GUEST = 1, 2, 3, 4
_KINDS = ("template", "campaign")
_VERBS = ("read", "create", "update", "delete", "launch")
_OWN = {f"{kind}:{verb}": "own" for kind in _KINDS for verb in _VERBS}
_MORE = {"contact:read": "own", "segment:read": "own"}
_SHARED = {f"suppression:{verb}": "all" for verb in ("read", "create", "delete")}
ROUTERS = [templates, campaigns, campaign_members, suppressions, links]


@pytest.fixture(scope="module")
def service() -> str:
    return "marketing"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    """Who does marketing sees his own; the director sees and may do everything, a guest nothing of ours."""
    entries = [
        *colleague(DIRECTOR, {"*:*": "all"}),
        *colleague(MARKETER, _OWN | _MORE | _SHARED),
        *colleague(RIVAL, _OWN | _MORE | _SHARED),
        *colleague(GUEST, {"ticket:read": "all"}),
    ]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, ROUTERS) as opened:
        yield opened


@pytest.fixture
def director() -> dict[str, str]:
    return bearer(DIRECTOR)


@pytest.fixture
def marketer() -> dict[str, str]:
    return bearer(MARKETER)


@pytest.fixture
def rival() -> dict[str, str]:
    return bearer(RIVAL)


@pytest.fixture
def guest() -> dict[str, str]:
    return bearer(GUEST)
