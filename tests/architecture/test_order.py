from collections import Counter

import pytest

from tests.order import LONG, spread

LONG_ONES = [name for names in LONG for name in names for _ in range(7)]
SUITES = ["tests/auth"] * 50 + LONG_ONES + ["tests/sdk"] * 40


class TestSpread:
    @pytest.mark.parametrize("workers", [2, 3, 4, 7])
    def test_keeps_every_test_once(self, workers: int) -> None:
        assert sorted(spread(SUITES, workers)) == list(range(len(SUITES)))

    def test_begins_each_share_with_long_suites(self) -> None:
        found = [SUITES[at] for at in spread(SUITES, 3)]
        first = len(found) // 3
        # xdist's own arithmetic: what is left, by who has no share yet.
        starts = (0, first, first + (len(found) - first) // 2)

        begun = [Counter(found[at:][: 7 * len(names)]) for at, names in zip(starts, LONG, strict=True)]

        assert begun == [Counter(dict.fromkeys(names, 7)) for names in LONG]

    def test_copes_with_long_suites_alone(self) -> None:
        assert spread(["tests/fuzz", "tests/fuzz", "tests/e2e"], 3) == [2, 0, 1]
