"""Events of opportunities as sales would have recorded them: what a log of years holds, made in seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from libs.common.envelope import Attributes, headers
from libs.common.ids import new_id
from libs.contracts.sales import OpportunityOpened, OpportunityStageChanged
from tests.load.bench.people import SYSTEM, People

TOPIC = OpportunityOpened.topic
WALK = ("Qualification", "Proposal", "Negotiation")
_ROWS = f"""SELECT id, name, owner_id, amount_minor, stage_entered_at FROM opportunity
WHERE external_system = '{SYSTEM}' ORDER BY id LIMIT $1"""
STEP = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Fact:
    """One event: the key that decides its partition, its headers and its body."""

    key: str
    headers: dict[str, str]
    value: bytes


async def opportunities(url: str, count: int) -> list[dict[str, Any]]:
    """The first rows of sales, in a fixed order."""
    connection = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await connection.fetch(_ROWS, count)]
    finally:
        await connection.close()


def steps(rows: Sequence[dict[str, Any]], people: People, first: int, last: int) -> Iterator[Fact]:
    """Steps `first` to `last` of every row: the 1st opens it, each later one moves it to another stage."""
    for sequence in range(first, last + 1):
        for row in rows:
            yield fact(row, people, sequence)


def fact(row: dict[str, Any], people: People, sequence: int) -> Fact:
    """One step of one opportunity."""
    kind = OpportunityOpened if sequence == 1 else OpportunityStageChanged
    stage, at = _stage(people, sequence), (row["stage_entered_at"] + (sequence - 1) * STEP).isoformat()
    id = str(row["id"])
    body: dict[str, Any] = {"occurred_at": at, "owner_path": [], "opportunity_id": id, "stage_id": stage}
    if sequence > 1:
        body["from_stage_id"] = _stage(people, sequence - 1)
    body["state"] = {
        "id": id,
        "name": row["name"],
        "pipeline_id": people.pipeline,
        "stage_id": stage,
        "stage_kind": "open",
        "stage_entered_at": at,
        "amount_minor": row["amount_minor"],
        "currency": "EUR",
        "owner_id": str(row["owner_id"]),
    } | NOTHING
    told = Attributes(
        id=new_id(),
        type=kind.type,
        source="sales",
        time=datetime.now(UTC),
        subject=id,
        sequence=sequence,
        actor="system",
        correlation_id="bench",
    )
    return Fact(id, headers(told) | {"ce_epoch": "1"}, orjson.dumps(body))


NOTHING = dict.fromkeys(
    (
        *("account_id", "contact_id", "product_id", "lead_id"),
        *("expected_close_date", "closed_at", "lost_reason", "deleted_at"),
    )
)


def _stage(people: People, sequence: int) -> str:
    return people.stages[WALK[(sequence - 1) % len(WALK)]]
