"""What several of marketing's API tests ask."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from libs.common.db import Database
from tests.factories.marketing import HTML
from tests.marketing.audiences import know_contact, know_segment

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


def a_template(**fields: Any) -> Record:
    return {"name": "Spring", "subject": "Hello {{ contact.given_name }}", "html": HTML, **fields}


async def a_segment(database: Database, owner_id: UUID | None, *emails: str) -> str:
    """A segment of somebody, with one contact of his for each address."""
    async with database.engine.begin() as connection:
        segment_id = await know_segment(connection, owner_id)
        for email in emails:
            await know_contact(connection, segment_id=segment_id, email=email, owner_id=owner_id)
    return str(segment_id)


async def a_contact(database: Database, **facts: Any) -> str:
    async with database.engine.begin() as connection:
        return str(await know_contact(connection, **facts))


async def footprint(database: Database) -> tuple[int, ...]:
    """Count what a change leaves behind: rows of every aggregate, events, kept answers."""
    tables = ("template", "campaign", "campaign_member", "suppression", "engagement", "outbox", "idempotency")
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    async with database.reading.connect() as connection:
        return tuple((await connection.execute(text(f"SELECT {counts}"))).one())
