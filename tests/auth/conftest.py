"""auth's application over the module's scratch database, and callers in its directory."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.testing import FakeClock, Scratch
from libs.platform.access.actor import Actor
from libs.platform.directory.model import Directory
from libs.platform.process import Platform
from services.auth.departments.api import router as departments
from services.auth.roles.api import router as roles
from services.auth.sessions.api import router as sessions
from services.auth.users.api import router as users
from tests.api import bearer, colleague, seed, serving
from tests.factories.directory import uid

ADMINISTRATOR, CLERK = 1, 2


@pytest.fixture(scope="module")
def service() -> str:
    return "auth"


@pytest.fixture(scope="module")
async def client(scratched: Scratch) -> AsyncIterator[httpx.AsyncClient]:
    entries = [*colleague(ADMINISTRATOR, {"*:*": "all"}), *colleague(CLERK, {"department:read": "all"})]
    await seed(scratched.database, entries)
    async with serving(scratched.settings, [sessions, users, departments, roles]) as opened:
        yield opened


@pytest.fixture
def administrator() -> dict[str, str]:
    return bearer(ADMINISTRATOR)


@pytest.fixture
def clerk() -> dict[str, str]:
    return bearer(CLERK)


@pytest.fixture
def stranger() -> UUID:
    return UUID(int=404)


@pytest.fixture
async def working(scratched: Scratch, clock: FakeClock) -> AsyncIterator[AsyncSession]:
    """A session as a command gets it, rolled back after the test."""
    platform = Platform(scratched.settings, scratched.database)
    async with AsyncSession(scratched.database.engine, autoflush=False, expire_on_commit=False) as session:
        session.info.update(platform.transactions.carries, now=clock.now())
        yield session
        await session.rollback()


@pytest.fixture
def master() -> Actor:
    """An actor who may do everything."""
    directory = Directory()
    directory.apply(colleague(ADMINISTRATOR, {"*:*": "all"}))
    return Actor(uid(ADMINISTRATOR), directory)
