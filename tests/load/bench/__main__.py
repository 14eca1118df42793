"""`python -m tests.load.bench`: the platform beside bare code that does the same work, in one run.

`--parts requests --only read,create` measures some figures; `--keep` leaves the stack up for the next run,
which starts its services anew from the code as it is then.
"""

import argparse
import asyncio
import os
import platform as machine
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from deploy.demo.settle import settle
from libs.common.settings import Settings
from tests.load.bench.batches import batches, leads
from tests.load.bench.events import EventPath
from tests.load.bench.freshness import Freshness
from tests.load.bench.imports import imports
from tests.load.bench.people import Tokens, as_administrator, settle_in
from tests.load.bench.platform import SERVICES, Platform, bare, running
from tests.load.bench.processes import cold_start, memory
from tests.load.bench.report import Report
from tests.load.bench.requests import Figure, figures, values
from tests.load.bench.rows import Filler
from tests.load.bench.sides import Sides
from tests.load.bench.telemetry import telemetry
from tests.load.bench.wrk import CLIENTS, LoadError, installed

WORKERS = tuple(f"{name}-worker" for name in SERVICES if name != "auth")
NO_WRK = "wrk is not installed: apt-get install wrk (Debian, Ubuntu), brew install wrk (macOS)."
# More than are converted while both doors are measured.
LEADS_A_SECOND, PATIENCE = 2_000, 600.0
# Seconds of steady writes that are followed into the read models.
FOLLOWED = 20
PARTS = ("events", "requests", "telemetry", "batches", "freshness", "processes", "rebuild", "imports")


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="what to measure, separated by commas")
    parser.add_argument("--only", default="", help="parts of requests' names, separated by commas")
    parser.add_argument("--seconds", type=int, default=5, help="of each run of wrk")
    parser.add_argument("--times", type=int, default=3, help="runs of each side, in turn")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--opportunities", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000, help="of the log that is rebuilt")
    parser.add_argument("--rebuilds", type=int, default=3, help="runs of the rebuild")
    parser.add_argument("--rows", type=int, default=100_000, help="of the file that is imported")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--no-gateway", action="store_true")
    parser.add_argument("--state", type=Path, default=Path(tempfile.gettempdir()) / "plexus-bench")
    parser.add_argument("--keep", action="store_true", help="leave the stack up for the next run")
    parser.add_argument("--strict", action="store_true", help="fail where a figure is short of its bar")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    args = parse(argv)
    if not installed():
        print(NO_WRK, file=sys.stderr)
        return 2
    report = Report()
    is_part = bool(args.only) or args.parts != ",".join(PARTS)
    try:
        with running(args.state, keep=args.keep) as platform:
            Run(platform, args, report).measure(args.parts.split(","))
    except (LoadError, TimeoutError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        report.done(part=True)
        return 1
    return 0 if report.done(strict=args.strict, part=is_part) else 1


class Run:
    """One run over one stack, its tables filled."""

    def __init__(self, platform: Platform, args: argparse.Namespace, report: Report) -> None:
        self.platform, self.args, self.report = platform, args, report
        self.people = asyncio.run(settle_in(platform))
        asyncio.run(Filler(platform, self.people).fill(args.contacts, args.opportunities))
        self.tokens = Tokens(platform)
        self.path = EventPath(platform, self.people, report)
        report.conditions |= conditions(args)

    def measure(self, parts: Iterable[str]) -> None:
        """Measure these parts, in the order in which they do not disturb each other."""
        for part in (name for name in PARTS if name in set(parts)):
            began = time.monotonic()
            try:
                getattr(self, part)()
            except (LoadError, TimeoutError) as error:
                # What was measured stays, and what comes after is measured all the same.
                self.report.failed(part, error)
            print(f"{part}: {time.monotonic() - began:.0f} s", flush=True)

    def events(self) -> None:
        """Let analytics hear of every opportunity, which the funnel is then asked about."""
        self.path.live(self.args.opportunities, self.args.times)

    def requests(self) -> None:
        """The services' processes alone: what follows from a write is measured by itself."""
        args, platform = self.args, self.platform
        if is_wanted("convert a lead", args.only):
            enough = LEADS_A_SECOND * args.seconds * (args.times + 1)
            leads(platform, self.people, self.tokens.fresh(), enough)
        known = asyncio.run(values(platform))
        pool: int = Settings.model_fields["pool_size"].default
        with bare(platform, pool) as reference, platform.held(*WORKERS):
            gateway = None if args.no_gateway else platform.gateway
            sides = Sides(self.report, self.tokens.fresh, gateway, args.seconds, args.times, args.clients)
            for figure in chosen(figures(platform, self.people, known, reference), args.only):
                try:
                    sides.measure(figure)
                except LoadError as error:
                    self.report.failed(figure.name, error)
        self.report.sample("contacts", args.contacts)
        self.report.sample("opportunities", args.opportunities)
        self.report.sample("runs of each side", args.times)

    def telemetry(self) -> None:
        args, known = self.args, asyncio.run(values(self.platform))
        with self.platform.held("customer", *WORKERS):
            telemetry(
                self.platform,
                self.people,
                known,
                self.report,
                token=self.tokens.fresh(),
                seconds=args.seconds,
                times=args.times,
            )

    def batches(self) -> None:
        args, token = self.args, self.tokens.fresh()
        with self.platform.held(*WORKERS):
            batches(self.platform, self.people, self.report, token, args.seconds, args.times)

    def freshness(self) -> None:
        self.settle()
        freshness = Freshness(self.platform, self.people, self.report)
        freshness.measure(self.tokens.fresh(), FOLLOWED)

    def processes(self) -> None:
        self.settle()
        cold_start(self.platform, "customer", self.args.times, self.report)
        memory(self.platform, self.report)

    def rebuild(self) -> None:
        self.settle()
        self.path.rebuild(self.args.opportunities, self.args.events, self.args.rebuilds)

    def imports(self) -> None:
        """The worker that imports also relays; nobody else works meanwhile."""
        args, token = self.args, self.tokens.fresh()
        with self.platform.held("sales-worker", "analytics-worker"):
            imports(self.platform, self.report, token, args.rows, args.times)

    def settle(self) -> None:
        """Wait until everything that was written has been read by everyone."""

        async def wait() -> None:
            async with as_administrator(self.platform) as api:
                await settle(api, services=SERVICES, timeout=PATIENCE)

        asyncio.run(wait())


def chosen(all_figures: list[Figure], only: str) -> list[Figure]:
    """The figures whose names hold one of the words."""
    return [each for each in all_figures if is_wanted(each.name, only)]


def is_wanted(name: str, only: str) -> bool:
    """Tell whether a name holds one of the words; every one does without a word."""
    words = [word.strip() for word in only.split(",") if word.strip()]
    return not words or any(word in name for word in words)


def conditions(args: argparse.Namespace) -> dict[str, object]:
    """What the figures were measured under."""
    return {
        "processors": os.cpu_count(),
        "Python": machine.python_version(),
        "clients": args.clients,
        "contacts": f"{args.contacts:,}",
        "opportunities": f"{args.opportunities:,}",
        "runs": f"{args.times} of {args.seconds} s each, in turn",
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


if __name__ == "__main__":
    sys.exit(main())
