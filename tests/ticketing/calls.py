"""What several of ticketing's API tests ask."""

from typing import Any

import httpx
from sqlalchemy import text

from libs.common.db import Database
from libs.common.ids import new_id

type Headers = dict[str, str]
type Record = dict[str, Any]

TICKET: Record = {"subject": "It does not work", "channel": "email"}
_TABLES = (
    "calendar",
    "sla_policy",
    "queue",
    "queue_turn",
    "ticket",
    "ticket_message",
    "survey",
    "subject_key",
    "due",
    "outbox",
    "idempotency",
)


async def post(client: httpx.AsyncClient, headers: Headers, path: str, **fields: Any) -> Record:
    """Post and return what was answered; anything but success fails."""
    response = await client.post(path, json=fields, headers=headers)
    assert response.status_code in {200, 201}, response.text
    return dict(response.json())


async def get(client: httpx.AsyncClient, headers: Headers, path: str) -> Record:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def ids(client: httpx.AsyncClient, headers: Headers, path: str) -> list[str]:
    """Return the ids of a list, which must agree with its total."""
    page = await get(client, headers, path)
    assert page["total"] == {"count": len(page["items"]), "capped": False}
    return [item["id"] for item in page["items"]]


def matching(record: Record) -> Headers:
    return {"If-Match": f'"{record["version"]}"'}


async def footprint(database: Database) -> tuple[int, ...]:
    """Count what a change leaves behind: rows of every aggregate, timers, events, kept answers."""
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in _TABLES)
    async with database.reading.connect() as connection:
        return tuple((await connection.execute(text(f"SELECT {counts}"))).one())


async def a_policy(client: httpx.AsyncClient, headers: Headers, **fields: Any) -> Record:
    """A policy that holds for tickets of a category of its own: 30 minutes and a day, round the clock."""
    calendar = await post(client, headers, "/calendars", name="Always", time_zone="UTC")
    target = {"priority": "any", "first_response_minutes": 30, "resolution_minutes": 1440}
    facts = {"name": "Standard", "calendar_id": calendar["id"], "targets": [target]}
    return await post(
        client, headers, "/sla-policies", **facts | {"categories": [f"Only {new_id()}"]} | fields
    )


async def known(database: Database, kind: str, **facts: Any) -> str:
    """A record of another service that ticketing has heard of; return its id."""
    row = {"type": kind, "id": new_id(), "label": f"Some {kind}", "merged_into_id": None, **facts}
    columns = "INSERT INTO reference (type, id, epoch, version, label, merged_into_id)"
    async with database.engine.begin() as connection:
        await connection.execute(text(f"{columns} VALUES (:type, :id, 1, 1, :label, :merged_into_id)"), row)
    return str(row["id"])
