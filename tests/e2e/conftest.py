"""One stack for all journeys, and its administrator."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.e2e.stack import Stack, shared_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with shared_stack() as running:
        yield running


@pytest.fixture
async def administrator(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with stack.as_administrator() as client:
        yield client
