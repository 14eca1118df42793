"""What telemetry costs: the same service twice over one database, with it and without it, in turn."""

import json
import os
from contextlib import ExitStack

from deploy.local.ports import Ports
from tests.load.bench.people import People
from tests.load.bench.platform import Platform, server
from tests.load.bench.report import Report
from tests.load.bench.requests import API, JSON, Values, contact
from tests.load.bench.wrk import Request, drive, signed

FIRST_PORT = 29800
SIDES = {"on": "true", "off": "false"}


def telemetry(
    platform: Platform,
    people: People,
    known: Values,
    report: Report,
    *,
    token: str,
    seconds: int,
    times: int,
) -> None:
    """How much slower a read and a write are where everything is counted and logged, in percent."""
    ports, environment = Ports(), {**os.environ, **platform.part("customer").environment}
    with ExitStack() as running:
        urls = {
            side: running.enter_context(
                server(
                    "services.customer.main:app",
                    ports.take(side, FIRST_PORT),
                    environment | {"PLEXUS_TELEMETRY": value},
                )
            )
            for side, value in SIDES.items()
        }
        for name in ("read one contact", "create contact"):
            rates: dict[str, list[float]] = {side: [] for side in SIDES}
            for url in urls.values():
                drive(signed(asked(name, url, people, known), token), 1)
            for turn in range(times):
                for side in sorted(SIDES, reverse=bool(turn % 2)):
                    load = drive(signed(asked(name, urls[side], people, known), token), seconds)
                    rates[side].append(load.rate)
            costs = [100 * (1 - on / off) for on, off in zip(rates["on"], rates["off"], strict=True)]
            report.add(f"telemetry on, its cost: {name}", "%", costs, rates=rates)


def asked(name: str, url: str, people: People, known: Values) -> Request:
    """A read or a write at one of the two processes."""
    if name == "create contact":
        return Request(url, f"{API}/contacts", "POST", json.dumps(contact(people)), JSON, expect=201)
    return Request(url, f"{API}/contacts/<value>", values=known.contacts)
