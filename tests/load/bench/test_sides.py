"""The whole machinery in its short form, on one service: both sides driven by wrk, ratios, and failures."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from deploy.local.ports import Ports
from libs.common.testing import scratch
from tests.api import colleague, seed, token
from tests.factories.directory import uid
from tests.load.bench.platform import server
from tests.load.bench.report import Report
from tests.load.bench.requests import JSON, Figure
from tests.load.bench.rows import SCHEMA
from tests.load.bench.sides import Sides
from tests.load.bench.wrk import LoadError, Request

FIRST_PORT = 29700
PERSON = {
    "family_name": "Keller",
    "given_name": "Maria",
    "email": "maria.<n>@example.com",
    "phone": "+4930<n>",
}
BODY = json.dumps(PERSON | {"title": "Buyer", "language": "en", "owner_id": str(uid(1))})


@dataclass(frozen=True, slots=True)
class Pair:
    """One service and the reference, both behind their ports; `database` is the service's."""

    product: str
    bare: str
    database: str

    def figure(self) -> Figure:
        made = Request(self.product, "/api/v1/contacts", "POST", BODY, JSON, expect=201)
        beside = Request(self.bare, "/create/new", "POST", BODY, JSON)
        return Figure("create contact", "customer", made, {"the same rows": beside})


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with scratch("customer") as made:
        await seed(made.database, colleague(1, {"contact:read": "all", "contact:create": "all"}))
        connection = await asyncpg.connect(made.url)
        await connection.execute(f"CREATE SCHEMA bare; SET search_path TO bare; {SCHEMA.read_text('utf-8')}")
        await connection.close()
        ports = Ports()
        known = {
            "PLEXUS_DATABASE_URL": made.url,
            "PLEXUS_KAFKA_BOOTSTRAP": made.settings.kafka_bootstrap,
            "PLEXUS_KEK_FILE": str(made.settings.kek_file),
            "BARE_URL": f"{made.url}?search_path=bare",
            "BARE_POOL": str(made.settings.pool_size),
        }
        with ExitStack() as running:
            urls = [
                running.enter_context(server(app, ports.take(app, FIRST_PORT), {**os.environ, **known}))
                for app in ("services.customer.main:app", "tests.load.bare:app")
            ]
            yield Pair(urls[0], urls[1], made.url)


def sides(report: Report, caller: str) -> Sides:
    return Sides(report, lambda: caller, gateway=None, seconds=1, times=2, clients=4)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return Report("bench", tmp_path)


async def test_both_sides_write_and_are_compared(pair: Pair, report: Report) -> None:
    found = await asyncio.to_thread(sides(report, token(1)).measure, pair.figure())

    (row,) = report.rows
    assert len(row["values"]) == 2
    assert row["value"] > 0
    assert row["ratio"] == pytest.approx(row["value"] / row["reference"])
    answered = {side: sum(load.good for load in loads) for side, loads in found.items()}
    counts = await counted(pair)
    assert counts["contact"] >= answered["product"] > 0
    assert counts["bare.contact"] >= answered["the same rows"] > 0
    # The product bypassed nothing, and the reference wrote the same rows.
    assert counts["outbox"] == counts["audit"] == 2 * counts["contact"]
    assert counts["bare.outbox"] == counts["bare.audit"] == 2 * counts["bare.contact"]


async def test_a_product_that_refuses_its_caller_fails_the_run(pair: Pair, report: Report) -> None:
    with pytest.raises(LoadError, match="first: 401"):
        await asyncio.to_thread(sides(report, "forged").measure, pair.figure())

    assert report.rows == []


async def counted(pair: Pair) -> dict[str, int]:
    """Rows of each table, once the last requests under way have ended."""
    connection = await asyncpg.connect(pair.database)
    try:
        names = [f"{place}{name}" for place in ("", "bare.") for name in ("contact", "outbox", "audit")]
        return {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names}
    finally:
        await connection.close()
