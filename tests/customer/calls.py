"""What several of customer's API tests ask."""

from typing import Any
from uuid import UUID

import httpx

type Headers = dict[str, str]
type Record = dict[str, Any]


async def post(client: httpx.AsyncClient, headers: Headers, path: str, **fields: Any) -> Record:
    """Post and return what was answered; anything but success fails."""
    response = await client.post(path, json=fields, headers=headers)
    assert response.status_code in {200, 201, 202}, response.text
    return dict(response.json())


async def get(client: httpx.AsyncClient, headers: Headers, path: str) -> Record:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def ids(client: httpx.AsyncClient, headers: Headers, path: str) -> set[str]:
    """Return the ids of a list, which must agree with its total."""
    page = await get(client, headers, path)
    assert page["total"]["count"] == len(page["items"])
    return {item["id"] for item in page["items"]}


def matching(record: Record) -> Headers:
    return {"If-Match": f'"{record["version"]}"'}


def uuid(record: Record) -> UUID:
    return UUID(record["id"])
