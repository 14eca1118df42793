"""`python -m tests.load.growth`: the same figures at more and more rows, and for more and more clients.

Writes build/figures/growth.json, and the plots of it into docs/performance/. The rows are those of
`tests.load.bench`, filled up from size to size in one stack.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from libs.common.settings import Settings
from tests.figures import FOLDER, ROOT
from tests.load.bench.__main__ import LEADS_A_SECOND, NO_WRK, WORKERS
from tests.load.bench.batches import leads
from tests.load.bench.events import EventPath
from tests.load.bench.people import People, Tokens, settle_in
from tests.load.bench.platform import Platform, bare, running
from tests.load.bench.report import Report
from tests.load.bench.requests import Figure, figures, values
from tests.load.bench.rows import Filler
from tests.load.bench.sides import Sides
from tests.load.bench.wrk import CLIENTS, Load, installed
from tests.load.growth.again import put_back
from tests.load.growth.plots import Point, draw

SIZES, CROWDS = (10_000, 100_000, 1_000_000), (1, 4, 16, 64)
# At which size the clients grow.
MIDDLE, OPPORTUNITIES = 100_000, 100_000
DOCS = ROOT / "docs" / "performance"


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load.growth", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="contacts, growing")
    parser.add_argument("--clients", default=",".join(map(str, CROWDS)))
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--state", type=Path, default=Path(tempfile.gettempdir()) / "plexus-growth")
    parser.add_argument("--plots", type=Path, default=DOCS, help="where the plots go")
    return parser.parse_args(argv)


@dataclass
class Growth:
    """Fills and measures; the points are what is plotted."""

    platform: Platform
    args: argparse.Namespace
    people: People
    points: list[Point] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    def run(self) -> None:
        sizes = [int(each) for each in self.args.sizes.split(",")]
        asyncio.run(Filler(self.platform, self.people).fill(sizes[0], OPPORTUNITIES))
        EventPath(self.platform, self.people, Report()).live(OPPORTUNITIES, 1)
        with self.platform.held(*WORKERS):
            for size in sizes:
                asyncio.run(Filler(self.platform, self.people).fill(size, OPPORTUNITIES))
                crowds = [int(each) for each in self.args.clients.split(",")] if size == MIDDLE else [CLIENTS]
                for clients in crowds:
                    with self._going_on(f"{size:,} contacts, {clients} clients"):
                        self._measure(size, clients)
                    self.keep()

    def _measure(self, size: int, clients: int) -> None:
        """Measure every figure once."""
        asyncio.run(put_back(self.platform, self.people))
        tokens = Tokens(self.platform)
        sides = Sides(Report(), tokens.fresh, None, self.args.seconds, self.args.times, clients)
        runs = self.args.seconds * self.args.times + sides.warm
        leads(self.platform, self.people, tokens.fresh(), LEADS_A_SECOND * runs)
        with self._sides() as asked:
            for figure in asked:
                with self._going_on(f"{figure.name}, {size:,} contacts, {clients} clients"):
                    for side, loads in sides.measure(figure).items():
                        self.points.append(point(figure.name, side, size, clients, loads))
        print(f"{size:,} contacts, {clients} clients: measured", flush=True)

    @contextmanager
    def _going_on(self, what: str) -> Iterator[None]:
        """Note what could not be measured, and why: the other figures are not lost with it."""
        try:
            yield
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is told, and fails the run at its end
            self.lacking.append(f"{what}: {type(problem).__name__}: {problem}")
            print(self.lacking[-1], flush=True)

    @contextmanager
    def _sides(self) -> Iterator[list[Figure]]:
        # Each crowd has lists of its own: what the product won or converted stands on them no more.
        known = asyncio.run(values(self.platform))
        pool: int = Settings.model_fields["pool_size"].default
        with bare(self.platform, pool) as reference:
            yield figures(self.platform, self.people, known, reference)

    def keep(self) -> None:
        """Write what was measured until now."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        points = [asdict(each) for each in self.points]
        found = {"processors": os.cpu_count(), "points": points, "lacking": self.lacking}
        (FOLDER / "growth.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def point(figure: str, side: str, size: int, clients: int, loads: list[Load]) -> Point:
    """The medians of one measurement."""
    rate, p50, p99 = (
        statistics.median(getattr(each, name) for each in loads) for name in ("rate", "p50", "p99")
    )
    return Point(figure, side, size, clients, rate, p50, p99)


def main(argv: list[str] | None = None) -> int:
    args = parse(argv)
    if not installed():
        print(NO_WRK, file=sys.stderr)
        return 2
    with running(args.state) as platform:
        growth = Growth(platform, args, asyncio.run(settle_in(platform)))
        growth.run()
    for file in draw(growth.points, args.plots):
        print(file)
    return 1 if growth.lacking else 0


if __name__ == "__main__":
    sys.exit(main())
