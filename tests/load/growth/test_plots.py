"""The plots are drawn from points, and small enough to stand in the documentation."""

from itertools import product
from pathlib import Path

from tests.load.growth.plots import Point, draw, most

SMALL = 60_000


def points() -> list[Point]:
    sizes = [(size, 16) for size in (10_000, 100_000, 1_000_000)]
    crowds = [(100_000, clients) for clients in (1, 4, 64)]
    sides = product((f"figure {n}" for n in range(7)), ("product", "one SELECT"), sizes + crowds)
    return [
        Point(name, side, *at, rate=1000 / (n + 1), p50=n, p99=n) for n, (name, side, at) in enumerate(sides)
    ]


def test_three_small_files(tmp_path: Path) -> None:
    files = draw(points(), tmp_path)

    assert [file.name for file in files] == ["rows.png", "clients.png", "latency.png"]
    assert all(1_000 < file.stat().st_size < SMALL for file in files)


def test_varied_numbers_stand_less_often() -> None:
    assert most([16, 16, 1, 4]) == 16
