"""One stack for all journeys, and its administrator."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.access.conftest import proof
from tests.e2e.stack import Stack, shared_stack

__all__ = ["administrator", "proof", "stack"]


# It ends with the journeys: an idle platform would take its share of the machine from the suites after them.
@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    with shared_stack() as running:
        yield running


@pytest.fixture
async def administrator(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with stack.as_administrator() as client:
        yield client
