"""Many rows at once: batches through the API."""

import json

from tests.load.bench.people import People
from tests.load.bench.platform import Platform
from tests.load.bench.report import Report
from tests.load.bench.requests import API, JSON, contact
from tests.load.bench.wrk import Request, drive, signed

ITEMS, CLIENTS = 200, 4


def batches(platform: Platform, people: People, report: Report, token: str, seconds: int, times: int) -> None:
    """Contacts a second in batches of 200, four at a time; one refused item fails the run."""
    body = json.dumps({"items": [contact(people)] * ITEMS})
    base = platform.base("customer")
    request = signed(Request(base, f"{API}/contacts/batch", "POST", body, JSON, refuse='"problem"'), token)
    drive(request, 1, clients=CLIENTS)
    loads = [drive(request, seconds, clients=CLIENTS) for _ in range(times)]
    report.add("batch create", "contacts/s", [load.rate * ITEMS for load in loads], items=ITEMS)
    report.sample("contacts in batches", sum(load.good for load in loads) * ITEMS)
