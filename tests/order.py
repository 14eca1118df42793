"""Which test runs when, with several workers: long ones first, or one of them is waited for at the end."""

import os
from collections.abc import Sequence

import pytest

from tests.seconds import suite

# The suites that take minutes, in groups that take about as long as each other; web installs e2e's packages.
LONG = (("tests/chaos",), ("tests/web", "tests/e2e"), ("tests/fuzz", "tests/deploy_local"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put them into the order of their workers' shares; a single worker keeps pytest's own."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = [items[at] for at in spread([suite(each.nodeid) for each in items], workers)]


def spread(suites: Sequence[str], workers: int) -> list[int]:
    """Return the indexes of tests, given by suite, such that each worker's share begins with long suites.

    xdist's worksteal cuts what it is given into equal shares, and takes from a share's end for who is idle.
    """
    lane = {name: group % workers for group, names in enumerate(LONG) for name in names}
    order = [name for names in LONG for name in names]
    short = [at for at, name in enumerate(suites) if name not in lane]
    spread: list[int] = []
    for worker in range(workers):
        share = (len(suites) - len(spread)) // (workers - worker)
        own = [name for name in order if lane[name] == worker]
        mine = [at for name in own for at, other in enumerate(suites) if other == name]
        count = max(0, share - len(mine))
        spread += [*mine, *short[:count]]
        del short[:count]
    return spread + short
