"""The record replica, as analytics' migrations make it."""

import pytest


@pytest.fixture(scope="module")
def service() -> str:
    """analytics' database has the replica."""
    return "analytics"
