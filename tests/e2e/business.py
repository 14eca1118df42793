"""Records to begin a journey with, made through the public API."""

from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.stack import expect

STAGES = [
    {"name": "Prospecting", "kind": "open", "probability": "0.1"},
    {"name": "Engaging", "kind": "open", "probability": "0.4"},
    {"name": "Won", "kind": "won", "probability": "1"},
    {"name": "Lost", "kind": "lost", "probability": "0"},
]


async def a_pipeline(client: httpx.AsyncClient) -> dict[str, Any]:
    body = {"name": f"Pipeline {uuid4().hex[:6]}", "stages": STAGES}
    return expect(await client.post("/pipelines", json=body), 201)


async def a_user(
    client: httpx.AsyncClient, permissions: dict[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """A user with a role of his own; return the role, and what he signs in with."""
    name = uuid4().hex[:12]
    role = expect(await client.post("/roles", json={"name": name, "permissions": permissions}), 201)
    person = {"email": f"{name}@example.org", "password": uuid4().hex}
    expect(await client.post("/users", json=person | {"name": name, "role_ids": [role["id"]]}), 201)
    return role, person
