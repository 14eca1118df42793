"""What several of sales' API tests ask."""

from typing import Any

import httpx
from sqlalchemy import text

from libs.common.db import Database
from libs.common.ids import new_id
from tests.factories.directory import uid
from tests.factories.sales import stages_in
from tests.sales.conftest import SELLER

type Headers = dict[str, str]
type Record = dict[str, Any]


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


async def a_pipeline(client: httpx.AsyncClient, headers: Headers) -> tuple[str, dict[str, str]]:
    """A pipeline of its own: its id, and its stages by name."""
    stages = stages_in("prospecting", "engaging", "won", "lost")
    made = await post(client, headers, "/pipelines", name=f"Sales {new_id()}", stages=stages)
    return made["id"], {each["name"]: each["id"] for each in made["stages"]}


async def footprint(database: Database) -> tuple[int, ...]:
    """Count what a change leaves behind: rows of every aggregate, events, kept answers."""
    tables = ("product", "pipeline", "opportunity", "lead", "subject_key", "outbox", "idempotency")
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    async with database.reading.connect() as connection:
        return tuple((await connection.execute(text(f"SELECT {counts}"))).one())


async def known(database: Database, kind: str, **facts: Any) -> str:
    """A record of the seller's in another service that sales has heard of; return its id."""
    row = {"type": kind, "id": new_id(), "label": f"Some {kind}", "merged_into_id": None, **facts}
    columns = "INSERT INTO reference (owner_id, type, id, epoch, version, label, merged_into_id)"
    values = "VALUES (:owner, :type, :id, 1, 1, :label, :merged_into_id)"
    async with database.engine.begin() as connection:
        await connection.execute(text(f"{columns} {values}"), row | {"owner": uid(SELLER)})
    return str(row["id"])
