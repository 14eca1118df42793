"""`python -m deploy.demo`: give the running platform its demo company, and show what it made of it."""

import argparse
import asyncio
import time

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from deploy.demo import company
from deploy.demo.client import Api
from deploy.demo.send import is_there, send
from deploy.demo.settle import settle
from deploy.demo.story import tell
from deploy.demo.target import Target, find_target
from deploy.demo.wire import Json

CONSOLE = Console(highlight=False, soft_wrap=True)
BAR = 8


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--url", help="of the gateway; default: the stack that runs here")
    parser.add_argument("--ca-file", help="PEM, who vouches for the gateway; default: the stack's")
    parser.add_argument("--email", help="of an administrator; default: the stack's")
    parser.add_argument("--password", help="the administrator's; default: the stack's")
    return parser.parse_args(argv)


async def run(target: Target) -> None:
    started = time.monotonic()
    async with Api(target.url, target.email, target.password, ca_file=target.ca_file) as api:
        if await is_there(api):
            CONSOLE.print("The demo company is there already; nothing was written.")
        else:
            with CONSOLE.status("Making up a company …") as status:
                await send(api, tell(), lambda line: status.update(f"Sending {line} …"))
        with CONSOLE.status("Waiting until every report has caught up …"):
            await settle(api)
        await show(api, target, time.monotonic() - started)


async def show(api: Api, target: Target, seconds: float) -> None:
    pipelines = await api.get("/pipelines", external_system=company.SYSTEM)
    funnel = await api.get("/metrics/funnel", pipeline_id=pipelines["items"][0]["id"])
    CONSOLE.print(funnel_table(funnel))
    CONSOLE.print(f"Built from events alone, as of {funnel['as_of']}; {seconds:.0f} s.\n")
    CONSOLE.print(f"Web                {target.url}/")
    CONSOLE.print(f"API documentation  {target.url}/docs")
    CONSOLE.print(f"Events             {target.url}/docs/events")
    if target.ca_file:
        CONSOLE.print(f"Certificate        {target.ca_file} vouches for it")
    CONSOLE.print(f"Login              {company.email_of(company.LOGIN)}  {company.PASSWORD}")
    CONSOLE.print("                   same password, seeing less:")
    for key, what in company.OTHERS.items():
        CONSOLE.print(f"                   {company.email_of(key)}  {what}")


def funnel_table(funnel: Json) -> Table:
    """The stages as analytics counts them: cohorts by entry, and who is there now."""
    stages = funnel["stages"]
    currencies = sorted({one["currency"] for stage in stages for one in stage["current_amounts"]})
    title = f"{company.PIPELINE}: sales funnel"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("stage", no_wrap=True)
    for column in ("entered", "moved on", "now", *(f"{currency} now" for currency in currencies)):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    most = max((stage["entered"] for stage in stages), default=0) or 1
    for stage in stages:
        numbers = (f"{stage[name]:,}" for name in ("entered", "moved_on", "current"))
        amounts = (worth(stage["current_amounts"], currency) for currency in currencies)
        table.add_row(stage["name"], *numbers, *amounts, "█" * round(BAR * stage["entered"] / most))
    return table


def worth(amounts: list[Json], currency: str) -> str:
    """What stands in one currency; sums of different ones are never added up."""
    return f"{sum(one['amount_minor'] for one in amounts if one['currency'] == currency) / 100:,.0f}"


if __name__ == "__main__":
    args = parse()
    asyncio.run(run(find_target(args.url, args.email, args.password, args.ca_file)))
