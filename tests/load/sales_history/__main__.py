"""`python -m tests.load.sales_history --data FOLDER`: load sales and support, wait, compare, judge."""

import argparse
import asyncio
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.demo.target import find_target
from tests.figures import Figures
from tests.load.sales_history.mapping import load_mapping
from tests.load.sales_history.rows import Refusal, read_history
from tests.load.sales_history.run import Run
from tests.load.sales_history.truth import read_deals
from tests.load.support_history import rows as support_history
from tests.load.support_history.run import SupportRun
from tests.load.support_history.truth import read_cases

PASSWORD = "Sales-History-2017"  # Of people who exist in practice data alone.


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load.sales_history", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the five CSV files")
    parser.add_argument("--url", help="of the gateway; default: the stack that runs here")
    parser.add_argument("--ca-file", help="PEM, who vouches for the gateway; default: the stack's")
    parser.add_argument("--email", help="of an administrator; default: the stack's")
    parser.add_argument("--password", help="the administrator's; default: the stack's")
    parser.add_argument("--user-password", default=PASSWORD, help="of the users that are created")
    parser.add_argument("--batch", type=int, default=100, help="records a request (at most 200)")
    parser.add_argument("--concurrency", type=int, default=4, help="requests at a time")
    parser.add_argument("--kill", action="store_true", help="kill -9 worker, relay, broker on the way")
    parser.add_argument("--rebuild", action="store_true", help="then rebuild each model and compare again")
    return parser.parse_args(argv)


async def run(args: argparse.Namespace) -> bool:
    mapping, target = load_mapping(), find_target(args.url, args.email, args.password, args.ca_file)
    history, deals = read_history(args.data, mapping), read_deals(args.data, mapping)
    rows = Figures("load")
    load = Run(args, target, mapping, history, deals, rows)
    await load.all()
    support = SupportRun(args, target, support_history.read_history(args.data), read_cases(args.data), rows)
    await support.all()
    refusals = [*load.refusals, *support.refusals]
    print_refusals(refusals)
    rows.exactly("rows refused", len(refusals), 0)
    # A load without faults is whole by itself; the faults are counted by a run that has them.
    return rows.done(part=not args.kill)


def print_refusals(refusals: list[Refusal]) -> None:
    if refusals:
        table = Table("file", "line", "reason", title="refused")
        for refusal in refusals:
            table.add_row(refusal.file, str(refusal.line), refusal.reason)
        Console().print(table)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run(parse())) else 1)
