"""Seconds per suite folder, printed at the end of each run."""

from collections import Counter, defaultdict
from pathlib import PurePosixPath

import pytest

_spent: dict[str, float] = defaultdict(float)
_count: Counter[str] = Counter()


def suite(nodeid: str) -> str:
    """Return the folder right below tests/, the way a suite is called by name."""
    parts = PurePosixPath(nodeid.partition("::")[0]).parts
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up set-up, call and tear-down; under xdist only the controller hears all of them."""
    name = suite(report.nodeid)
    _spent[name] += report.duration
    _count[name] += report.when == "call"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per suite, the slowest first."""
    terminalreporter.section("seconds per suite")
    for name, seconds in sorted(_spent.items(), key=lambda item: -item[1]):
        terminalreporter.write_line(f"{seconds:9.1f} s  {_count[name]:6d} tests  {name}")
