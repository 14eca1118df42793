"""How long an event takes to a read model while writes come steadily: from one COMMIT to the other.

Both instants are PostgreSQL's own (`track_commit_timestamp`), of one server and so of one clock: that of
the transaction that wrote the contact, and that of the one that wrote its row in the read model. Polling,
rounding and other clocks have no part in it.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from tests.load.bench.people import People
from tests.load.bench.platform import Platform
from tests.load.bench.report import Report
from tests.load.bench.requests import API, JSON, contact
from tests.load.bench.wrk import Request, drive, signed

RATE, PATIENCE, POLL = 200, 60.0, 0.2
NEARLY = 0.97
MILLISECOND = timedelta(milliseconds=1)
# The row of each read model that tells of a new contact.
MODELS = {
    "timeline": "SELECT record_id AS id, pg_xact_commit_timestamp(xmin) FROM {schema}.timeline_entry"
    " WHERE record_type = 'contact' AND record_id = ANY($1)",
    "search": "SELECT id, pg_xact_commit_timestamp(xmin) FROM {schema}.search_record"
    " WHERE type = 'contact' AND id = ANY($1)",
    "event_log": "SELECT key::uuid AS id, pg_xact_commit_timestamp(xmin) FROM {schema}.event_log"
    " WHERE type = 'customer.contact.created.v1' AND key = ANY($1::text[])",
}
_WRITTEN = """SELECT id, pg_xact_commit_timestamp(xmin) FROM contact
WHERE created_at >= $1 AND external_system IS NULL"""
_ACTIVE = "SELECT version FROM projection_version WHERE model = $1 AND is_active"
type Moments = dict[UUID, datetime]


@dataclass(frozen=True, slots=True)
class Freshness:
    """Measures one stack whose workers all run."""

    platform: Platform
    people: People
    report: Report

    def measure(self, token: str, seconds: int, rate: int = RATE) -> None:
        """Write at a steady rate, then compare the instants of every write with those of its rows."""
        began = datetime.now(UTC)
        body = json.dumps(contact(self.people))
        made = Request(self.platform.base("customer"), f"{API}/contacts", "POST", body, JSON, expect=201)
        load = drive(signed(made, token), seconds, rate=rate)
        self.report.add("steady writes", "/s", [load.rate], wanted=rate)
        if load.rate < NEARLY * rate:
            self.report.conditions["event to read model"] = f"at {load.rate:.0f} writes/s, not {rate}"
        written = asyncio.run(self._written(began))
        waits = {model: asyncio.run(self._waits(model, written)) for model in MODELS}
        self.report.sample("writes followed", min(len(each) for each in waits.values()))
        for share in (50, 95, 99):
            found = {model: share_of(each, share) for model, each in waits.items()}
            self.report.add(f"event to read model, p{share}", "ms", [max(found.values())], models=found)

    async def _written(self, began: datetime) -> Moments:
        connection = await asyncpg.connect(self.platform.database("customer"))
        try:
            return moments(await connection.fetch(_WRITTEN, began))
        finally:
            await connection.close()

    async def _waits(self, model: str, written: Moments) -> list[float]:
        """Milliseconds from each write to its row, once all rows are there."""
        connection = await asyncpg.connect(self.platform.database("analytics"))
        try:
            schema = f"{model}_v{await connection.fetchval(_ACTIVE, model)}"
            ids = [str(id) for id in written]
            deadline = time.monotonic() + PATIENCE
            while True:
                shown = moments(await connection.fetch(MODELS[model].format(schema=schema), ids))
                if shown.keys() >= written.keys():
                    return [(shown[id] - at) / MILLISECOND for id, at in written.items()]
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{model}: {len(written.keys() - shown.keys())} contacts never came")
                await asyncio.sleep(POLL)
        finally:
            await connection.close()


def moments(rows: list[asyncpg.Record]) -> Moments:
    return {id: at for id, at in rows}  # noqa: C416 - a record is no pair to the type checker


def share_of(waits: list[float], share: int) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(waits)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
