"""A proof's figures: short in every run of the suites, long for `make prove-access`."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.figures import Figures, budget


@dataclass(frozen=True, slots=True)
class Proof:
    """Where one part of the proof notes its rows, and how much it must at least do."""

    figures: Figures
    sizes: dict[str, int]
    is_long: bool


@pytest.fixture
def proof() -> Iterator[Proof]:
    """Lend the figures; when the test has passed, every row of them must be right."""
    is_long = "PLEXUS_PROVE" in os.environ
    target = "prove-access" if is_long else "prove-access-short"
    lent = Proof(Figures(target), budget(target), is_long)
    yield lent
    if lent.figures.rows:
        assert lent.figures.done(part=True), lent.figures.failures()
