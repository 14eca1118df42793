"""Many rows at once: batches through the API."""

import asyncio
import json

import asyncpg

from tests.load.bench.people import SYSTEM, People
from tests.load.bench.platform import DATABASE, Platform
from tests.load.bench.report import Report
from tests.load.bench.requests import API, JSON, WAITING, contact
from tests.load.bench.rows import copy
from tests.load.bench.wrk import Request, drive, signed

ITEMS, CLIENTS, SHORT = 200, 4, 5
LACKING = "SELECT * FROM lead WHERE external_system = $1 AND NOT id = ANY($2)"


def batches(platform: Platform, people: People, report: Report, token: str, seconds: int, times: int) -> None:
    """Contacts a second in batches of 200, four at a time; one refused item fails the run."""
    body = json.dumps({"items": [contact(people)] * ITEMS})
    base = platform.base("customer")
    request = signed(Request(base, f"{API}/contacts/batch", "POST", body, JSON, refuse='"problem"'), token)
    drive(request, SHORT, clients=CLIENTS, least=0)
    loads = [drive(request, max(seconds, SHORT), clients=CLIENTS) for _ in range(times)]
    report.add("batch create", "contacts/s", [load.rate * ITEMS for load in loads], items=ITEMS)
    report.sample("contacts in batches", sum(load.good for load in loads) * ITEMS)


def leads(platform: Platform, people: People, token: str, count: int) -> None:
    """Bring both sides to at least so many leads to convert.

    They come through the API: a conversion is only taken in where its lead was heard of before.
    """
    person = {name: value for name, value in contact(people).items() if name != "language"}
    person |= {"company_name": "Company <n>", "email": "lead.<n>@example.com"}
    external = {"external_id": {"system": SYSTEM, "id": "lead/<n>"}}
    body = json.dumps({"items": [person | external] * ITEMS})
    base = platform.base("sales")
    request = signed(Request(base, f"{API}/leads/batch", "POST", body, JSON, refuse='"problem"'), token)
    while asyncio.run(waiting(platform)) < count:
        drive(request, SHORT, clients=CLIENTS, least=0)


async def waiting(platform: Platform) -> int:
    """Copy the leads that the reference lacks; return how many both sides still have to convert.

    The reference is the faster one, and would run out of them first.
    """
    sales = await asyncpg.connect(platform.database("sales"))
    bare = await asyncpg.connect(platform.superuser(DATABASE))
    try:
        known = [row["id"] for row in await bare.fetch("SELECT id FROM lead")]
        await copy(bare, "lead", [dict(row) for row in await sales.fetch(LACKING, SYSTEM, known)])
        return min([len(await side.fetch(WAITING)) for side in (sales, bare)])
    finally:
        await sales.close()
        await bare.close()
