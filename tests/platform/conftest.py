"""The platform's tables, as a service's first migration makes them."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.db import Database
from libs.common.testing import Scratch
from libs.common.transaction import Transactions
from libs.platform.process import Platform


@pytest.fixture(scope="module")
def service() -> str:
    """auth's database: every service's has the platform's tables, and auth's little else."""
    return "auth"


@pytest.fixture
def platform(scratched: Scratch) -> Platform:
    return Platform(scratched.settings, scratched.database)


@pytest.fixture
def transactions(platform: Platform) -> Transactions:
    return platform.transactions


@pytest.fixture
def ring(platform: Platform) -> KekRing:
    return platform.ring


@pytest.fixture
async def carrying(platform: Platform, database: Database) -> AsyncIterator[AsyncSession]:
    """A session that carries what a transaction's session carries; rolled back after the test."""
    async with AsyncSession(database.engine, autoflush=False, expire_on_commit=False) as session:
        session.info.update(platform.transactions.carries, now=platform.transactions.clock.now())
        # customer mints, links and erases; auth never links.
        session.info["service"] = "customer"
        yield session
        await session.rollback()
