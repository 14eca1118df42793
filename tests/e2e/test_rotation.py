"""A new key-encryption key while people work: nothing fails, and what is sensitive is found all the while."""

import asyncio
import json
import random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.common.kek_usage import usage_at
from tests.e2e.stack import Stack, expect

SERVICES = ("auth", "customer", "sales", "marketing", "ticketing", "analytics", "integration")


async def person(client: httpx.AsyncClient, phone: str) -> dict[str, Any]:
    keyed = {"Idempotency-Key": uuid4().hex}
    body = {"family_name": f"K{uuid4().hex[:8]}", "phone": phone}
    return expect(await client.post("/contacts", json=body, headers=keyed), 201)


async def used(client: httpx.AsyncClient, known: dict[str, Any], phone: str) -> int:
    """Read, find, reveal and write somebody again; return the requests it took, all of which worked."""
    identity = known["id"]
    for asked in (f"phone={phone.replace('+', '%2B')}", f"phone_last4={phone[-4:]}"):
        items = expect(await client.get(f"/contacts?{asked}&limit=200"), 200)["items"]
        assert identity in [each["id"] for each in items], asked
    assert expect(await client.post(f"/contacts/{identity}/reveal"), 200)["phone"] == phone
    twin = await person(client, phone)
    assert identity in twin["possible_duplicates"]
    expect(await client.delete(f"/contacts/{twin['id']}", headers={"If-Match": f'"{twin["version"]}"'}), 200)
    return 5


class TestRotation:
    async def test_fails_nothing_and_leaves_nothing_under_the_old_key(
        self, stack: Stack, administrator: httpx.AsyncClient
    ) -> None:
        phone = f"+86139{random.randint(10**7, 10**8 - 1)}"
        known = await person(administrator, phone)
        hook = {"url": "https://example.com/hook", "types": ["sales.lead.*"]}
        expect(await administrator.post("/webhooks", json=hook), 201)
        file = stack.state.path / "kek.json"
        old = json.loads(file.read_text())["current"]
        assert await used(administrator, known, phone)

        rotating = asyncio.create_task(asyncio.to_thread(stack.local, "rotate-kek"))
        requests = 0
        while not rotating.done():
            requests += await used(administrator, known, phone)
            await asyncio.sleep(1)
        await rotating

        assert requests > 0
        assert await used(administrator, known, phone)
        assert json.loads(file.read_text())["current"] != old
        # A sign-in reads a signing key, and a refresh a session's secret.
        async with stack.as_administrator() as again:
            assert await used(again, known, phone)
        urls = {each: stack.environment(f"{each}-worker")["PLEXUS_DATABASE_URL"] for each in SERVICES}
        left = {each: set(await usage_at(url, old)) for each, url in urls.items()}
        assert {each: tables for each, tables in left.items() if tables - {"idempotency"}} == {}
        with pytest.raises(AssertionError, match=f"{old} is needed and stays"):
            stack.local("rotate-kek", "--drop", old)
        assert old in json.loads(file.read_text())["keys"]
