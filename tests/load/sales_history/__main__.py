"""`python -m tests.load.sales_history --data FOLDER`: load it, wait, compare, judge."""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.demo.client import Api
from deploy.demo.settle import settle
from deploy.demo.target import Target, find_target
from tests.figures import Figures
from tests.load.sales_history.compare import Comparison
from tests.load.sales_history.kills import Kills
from tests.load.sales_history.load import Loader
from tests.load.sales_history.mapping import Mapping, load_mapping
from tests.load.sales_history.payloads import Payloads
from tests.load.sales_history.people import Eyes
from tests.load.sales_history.readback import Readback
from tests.load.sales_history.rows import History, Refusal, read_history
from tests.load.sales_history.send import Sender, progress_bar
from tests.load.sales_history.truth import read_deals

SECONDS = 180
PASSWORD = "Sales-History-2017"  # Of people who exist in practice data alone.


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load.sales_history", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the four CSV files")
    parser.add_argument("--url", help="of the gateway; default: the stack that runs here")
    parser.add_argument("--email", help="of an administrator; default: the stack's")
    parser.add_argument("--password", help="the administrator's; default: the stack's")
    parser.add_argument("--user-password", default=PASSWORD, help="of the users that are created")
    parser.add_argument("--batch", type=int, default=100, help="records a request (at most 200)")
    parser.add_argument("--concurrency", type=int, default=4, help="requests at a time")
    parser.add_argument("--kill", action="store_true", help="kill -9 worker, relay, broker on the way")
    return parser.parse_args(argv)


async def run(args: argparse.Namespace) -> bool:
    mapping, target = load_mapping(), find_target(args.url, args.email, args.password)
    history = read_history(args.data, mapping)
    rows = Figures("load")
    refusals = await load_and_compare(args, mapping, target, history, rows)
    print_refusals(refusals)
    rows.exactly("rows refused", len(refusals), 0)
    # A load without faults is whole by itself; the faults are counted by a run that has them.
    return rows.done(part=not args.kill)


async def load_and_compare(
    args: argparse.Namespace, mapping: Mapping, target: Target, history: History, rows: Figures
) -> list[Refusal]:
    payloads, kills, started = Payloads(mapping), Kills(), time.monotonic()
    async with Api(target.url, target.email, target.password, concurrency=args.concurrency) as api:
        with progress_bar() as progress:
            sender = Sender(api, progress, args.batch)
            watch = kills if args.kill else lambda _share: None
            known = await Loader(sender, payloads, history, args.user_password, watch).load()
        await settle(api)
        count(rows, sender, history, time.monotonic() - started)
        if args.kill:
            rows.sample("kills", len(kills.done))
        deals = read_deals(args.data, mapping)
        await Comparison(api, mapping, known, deals, rows).run()
        await Readback(api, sender, known, rows).run()
    await Eyes(target.url, args.user_password, payloads, known, deals, rows).run()
    return [*history.refusals, *sender.refusals]


def count(rows: Figures, sender: Sender, history: History, seconds: float) -> None:
    """How much was loaded, and how long it took until every report had caught up."""
    rows.sample("accounts", len(sender.outcomes["accounts"]))
    rows.sample("products", len(sender.outcomes["products"]))
    rows.sample("agents", len(history.agents))
    rows.sample("opportunities", len(sender.outcomes["opportunities"]))
    rows.at_most("seconds until all is read", round(seconds, 1), SECONDS, "s")
    new, old = sender.created("opportunities"), sender.present("opportunities")
    Console().print(f"{new:,} opportunities are new, {old:,} were there already.")


def print_refusals(refusals: list[Refusal]) -> None:
    if refusals:
        table = Table("file", "line", "reason", title="refused")
        for refusal in refusals:
            table.add_row(refusal.file, str(refusal.line), refusal.reason)
        Console().print(table)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run(parse())) else 1)
