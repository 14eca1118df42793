"""Prometheus' own checker."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None and os.environ.get("CI"):
        pytest.fail("CI must have the alert rules checked by promtool, and there is none.")
    if found is None:
        # It comes with Debian's package `prometheus`; whoever only works on the product need not have it.
        pytest.skip("The rules are checked by promtool (Debian's package prometheus), which is not here.")
    return found
