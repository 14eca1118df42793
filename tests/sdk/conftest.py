"""Each test of a client runs for both."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.sdk.acting import Served

type Open = Callable[..., Any]


@pytest.fixture(params=["blocking", "asyncio"])
def opened(request: pytest.FixtureRequest) -> Open:
    """Return how a client of either kind is made before a Served."""

    def make(served: Served, **given: Any) -> Any:
        given = given or {"api_key": "plx_key"}
        return served.client(**given) if request.param == "blocking" else served.async_client(**given)

    return make
