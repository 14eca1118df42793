"""customer's application over the module's scratch database, and callers in its directory."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from libs.common.testing import Scratch
from libs.platform.access.collaborators_api import collaborators
from services.customer.accounts.api import router as accounts
from services.customer.activities.api import router as activities
from services.customer.consents.api import contact_router as contact_consents
from services.customer.consents.api import router as consents
from services.customer.contacts.api import router as contacts
from services.customer.imports.api import router as imports
from services.customer.segment_members.api import router as segment_members
from services.customer.segments.api import router as segments
from tests.api import bearer, colleague, seed, serving

ROUTERS = [accounts, contacts, activities, segments, segment_members, consents, contact_consents, imports]
SHARED = [collaborators("/accounts", "account")]
MANAGER, REP, PEER, READER, CLERK = 1, 2, 3, 4, 5
KINDS = ("account", "contact", "activity", "segment")
OWN = {f"{kind}:{verb}": "own" for kind in KINDS for verb in ("read", "create", "update", "delete")}
OWN |= {"account:share": "own", "account:assign": "own"}
OWN |= {f"import:{verb}": "own" for verb in ("read", "create")}
OWN |= {f"consent:{verb}": "own" for verb in ("read", "create", "withdraw")}
READING = {f"{kind}:read": "all" for kind in (*KINDS, "consent", "import")}

# What a clerk may do with all contacts, and how much of their fields he gets.
CLERKS = {f"contact:{verb}": "all" for verb in ("read", "create", "update", "reveal")}
CLERKS |= {"import:create": "own", "import:read": "own", "segment:read": "all", "segment:create": "own"}
CLERKS |= {"audit:read": "all", "account:read": "all"}
LEVELS = {
    "contact.email": "masked",
    "contact.title": "hidden",
    "contact.language": "read",
    "contact.given_name": "hidden",
    "account.level": "hidden",
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
        *colleague(READER, READING),
        *colleague(CLERK, CLERKS, fields=LEVELS),
    ]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, [*ROUTERS, *SHARED]) as opened:
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
def clerk() -> dict[str, str]:
    return bearer(CLERK)


@pytest.fixture
def stranger() -> UUID:
    return UUID(int=404)
