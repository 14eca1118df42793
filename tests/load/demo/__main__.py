"""`python -m tests.load.demo`: what `make demo` promises, on a stack of its own that it leaves nothing of."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from deploy.demo import company
from deploy.demo.client import Api
from deploy.demo.target import Target
from deploy.demo.wire import Json
from deploy.local.credentials import load_credentials
from deploy.local.places import ROOT
from deploy.local.services import NAMES
from deploy.local.state import State
from tests.e2e.stack import Stack
from tests.figures import Figures
from tests.load.demo.fingerprint import fingerprint

FIRST_RUN, DATA, AGAIN, WARM_START = 300, 60, 60, 30
MEBIBYTE = 1024 * 1024
MEMORY = 1536
KINDS = (
    *("users", "accounts", "contacts", "leads", "opportunities", "activities"),
    *("segments", "tickets"),
)


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="plexus-demo-"))
    # PostgreSQL runs as a user of its own, who passes through.
    folder.chmod(0o711)
    stack, rows = Stack(State(folder / "state")), Figures("demo")
    try:
        prove(stack, rows)
    finally:
        stack.local("down")
        shutil.rmtree(folder)
    return 0 if rows.done(part=True) else 1


def prove(stack: Stack, rows: Figures) -> None:
    started = timed(lambda: stack.local("up"))
    filled = timed(lambda: fill(stack))
    rows.at_most("first run, downloads cached", started + filled, FIRST_RUN, "s")
    rows.at_most("demo company, until every report has caught up", filled, DATA, "s")
    asyncio.run(count(stack, rows))
    before = asyncio.run(fingerprint(stack))
    again = timed(lambda: stack.local("up")) + timed(lambda: fill(stack))
    rows.at_most("second run", again, AGAIN, "s")
    compare(rows, before, asyncio.run(fingerprint(stack)))
    memory = json.loads(stack.local("status", "--json"))["memory"]
    rows.at_most("memory at rest", round(memory / MEBIBYTE), MEMORY, "MiB")
    stop(stack, rows)
    warm = timed(lambda: stack.local("up")) + timed(lambda: asyncio.run(sign_in(stack)))
    rows.at_most("warm start to a working login", warm, WARM_START, "s")


def fill(stack: Stack) -> None:
    target = target_of(stack)
    who = ("--email", target.email, "--password", target.password)
    words = ("--url", target.url, "--ca-file", str(target.ca_file), *who)
    subprocess.run((sys.executable, "-m", "deploy.demo", *words), cwd=ROOT, check=True)


def target_of(stack: Stack) -> Target:
    known = load_credentials(stack.state.path, NAMES)
    return Target(stack.url.removesuffix("/api/v1"), known.admin_email, known.admin_password, stack.ca_file)


async def count(stack: Stack, rows: Figures) -> None:
    """How much there is, in which tree, in which stages, as its director sees it."""
    target = target_of(stack)
    async with Api(target.url, target.email, target.password, ca_file=target.ca_file) as api:
        for kind in KINDS:
            held = await api.all(f"/{kind}", external_system=company.SYSTEM)
            rows.sample(kind, len(held))
        rows.sample("consents", len(await api.all("/consents")))
        (campaign,) = await api.all("/campaigns", external_system=company.SYSTEM)
        rows.exactly("campaign", campaign["status"], "finished")
        rows.at_least("mails sent", campaign["counts"]["sent"], 50)
        converted = [lead for lead in await api.all("/leads") if lead["converted_at"]]
        rows.sample("converted_leads", len(converted))
        departments = await api.all("/departments", external_system=company.SYSTEM)
        rows.exactly("levels of departments", depth(departments), 3)
    async with signed_in(target) as api:
        stages = (await api.get("/metrics/funnel"))["stages"]
        rows.at_least("least in any stage", min(stage["current"] for stage in stages), 1)
        rows.exactly("stages", len(stages), len(company.STAGES))


def signed_in(target: Target) -> Api:
    email = company.email_of(company.LOGIN)
    return Api(target.url, email, company.PASSWORD, ca_file=target.ca_file)


async def sign_in(stack: Stack) -> None:
    target = target_of(stack)
    async with signed_in(target) as api:
        await api.get("/auth/me")


def depth(departments: Iterable[Json]) -> int:
    parents = {one["id"]: one["parent_id"] for one in departments}

    def level(id: str | None) -> int:
        return 1 + level(parents[id]) if id in parents else 0

    return max(level(id) for id in parents)


def compare(rows: Figures, before: dict[str, int], after: dict[str, int]) -> None:
    """A second run may add nothing anywhere."""
    rows.at_least("tables and partitions compared", len(before), 100)
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    rows.exactly("second run: changed", ", ".join(changed) or "nothing", "nothing")


def stop(stack: Stack, rows: Figures) -> None:
    """`make down` leaves no process behind."""
    pids = [part.process() for part in stack.state.read().parts]
    families = [[one, *one.children(recursive=True)] for one in pids if one is not None]
    stack.local("down")
    left = [one for family in families for one in family if is_running(one)]
    rows.exactly("processes left by down", len(left), 0)


def is_running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return round(time.monotonic() - started, 1)


if __name__ == "__main__":
    sys.exit(main())
