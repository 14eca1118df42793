"""What several of integration's API tests ask."""

from typing import Any

import httpx
from sqlalchemy import text

from libs.common.db import Database

type Headers = dict[str, str]
type Record = dict[str, Any]

FACTS: Record = {"name": "Warehouse", "url": "https://receiver.example/hook", "types": ["sales.*"]}


async def post(client: httpx.AsyncClient, headers: Headers, path: str, **fields: Any) -> Record:
    """Post and return what was answered; anything but success fails."""
    response = await client.post(path, json=fields or None, headers=headers)
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
    """Count what a change leaves behind: rows of every kind, events, kept answers."""
    tables = ("message", "mail_content", "webhook", "delivery", "kept_event", "notification")
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in (*tables, "outbox", "idempotency"))
    async with database.reading.connect() as connection:
        return tuple((await connection.execute(text(f"SELECT {counts}"))).one())
