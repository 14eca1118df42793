"""`make prove-access`: every proof of access in its long form, and one table of all their figures.

A proof is a test in one of the folders below that takes the fixture `proof`, notes its rows there and does at
least what the budget's section `prove-access` says (`prove-access-short` in the suites). It needs no other
line anywhere: what a section of the budget names and no test has counted fails.
"""

import asyncio
import json
import os
import sys

import pytest

from tests.access.lists import measure
from tests.figures import Figures, budget

PROOFS = ("tests/access", "tests/e2e/test_effective.py")


def main() -> int:
    """Run the proofs, or those that the arguments choose; 0 when every figure is right."""
    os.environ["PLEXUS_PROVE"] = "1"
    figures = Figures("prove-access")
    figures.path.unlink(missing_ok=True)
    sizes = budget("prove-access")
    lists = Figures("prove-access")
    asyncio.run(measure(lists, sizes["list rows"], sizes["list pages"]))
    lists.done(part=True)
    failed = pytest.main(["-q", *PROOFS, *sys.argv[1:]])
    if figures.path.exists():
        figures.rows = json.loads(figures.path.read_text("utf-8"))
    return 0 if figures.done() and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
