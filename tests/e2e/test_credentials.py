"""Cookies and API keys on the running platform: what they open, and how soon they close everywhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.business import a_user
from tests.e2e.stack import Stack, expect, seconds_until
from tests.figures import Figures, budget

# A list of each service, and the permission to read it.
DOORS = {
    "/users": "user:read",
    "/accounts": "account:read",
    "/opportunities": "opportunity:read",
    "/campaigns": "campaign:read",
    "/tickets": "ticket:read",
    "/events": "event:read",
    "/webhooks": "webhook:read",
}
KEYS = ("api-key:create", "api-key:read", "api-key:revoke")
PROMISE = 2.0


@pytest.fixture
async def owner(stack: Stack, administrator: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A user who may read everything of his own and make keys."""
    _, person = await a_user(administrator, dict.fromkeys((*DOORS.values(), *KEYS), "own"))
    async with stack.signed_in(**person) as client:
        yield client


def caller(stack: Stack, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=stack.url, verify=stack.trust, timeout=15, headers=headers)


async def issued(owner: httpx.AsyncClient, *scopes: str, **more: object) -> dict[str, Any]:
    return expect(await owner.post("/api-keys", json={"name": "e2e", "scopes": list(scopes), **more}), 201)


async def exchanged(stack: Stack, secret: str) -> str:
    """The token that the gateway would get for a key, asked for at auth's own listener."""
    port = stack.state.read().ports["auth-exchange"]
    async with httpx.AsyncClient(verify=stack.trust) as client:
        headers = {"Authorization": f"Bearer {secret}", "X-Forwarded-Method": "GET"}
        answer = await client.get(f"https://127.0.0.1:{port}/exchange", headers=headers)
    return answer.headers["authorization"].removeprefix("Bearer ")


async def statuses(client: httpx.AsyncClient) -> set[int]:
    answers = await asyncio.gather(*(client.get(path) for path in DOORS))
    return {answer.status_code for answer in answers}


class TestKey:
    async def test_opens_in_every_service_what_its_scopes_name(
        self, stack: Stack, owner: httpx.AsyncClient
    ) -> None:
        for path, permission in DOORS.items():
            key = await issued(owner, permission)
            async with caller(stack, Authorization=f"Bearer {key['secret']}") as client:
                answers = {door: (await client.get(door)).status_code for door in DOORS}

            assert answers == {door: 200 if door == path else 403 for door in DOORS}

    async def test_ends_everywhere_within_two_seconds(self, stack: Stack, owner: httpx.AsyncClient) -> None:
        waits: list[float] = []
        for _ in range(budget("credentials")["revocations"]):
            key = await issued(owner, *DOORS.values())
            token = await exchanged(stack, key["secret"])
            async with (
                caller(stack, Authorization=f"Bearer {key['secret']}") as client,
                caller(stack, Authorization=f"Bearer {token}") as holder,
            ):
                await seconds_until(partial(statuses, client), {200})
                assert await statuses(holder) == {200}

                expect(await owner.post(f"/api-keys/{key['id']}/revoke"), 200)

                both = (seconds_until(partial(statuses, one), {401}) for one in (client, holder))
                waits += await asyncio.gather(*both)

        figures = Figures("credentials")
        figures.sample("revocations", len(waits) // 2)
        figures.at_most(
            "a revoked key is refused by every service, slowest", round(max(waits), 2), PROMISE, "s"
        )
        assert figures.done(part=True), figures.failures()

    async def test_ends_when_it_expires_in_every_service(
        self, stack: Stack, owner: httpx.AsyncClient
    ) -> None:
        soon = datetime.now(UTC) + timedelta(seconds=6)
        key = await issued(owner, *DOORS.values(), expires_at=soon.isoformat())
        token = await exchanged(stack, key["secret"])

        async with caller(stack, Authorization=f"Bearer {token}") as holder:
            await seconds_until(partial(statuses, holder), {401})

        late = (datetime.now(UTC) - soon).total_seconds()
        assert -0.5 <= late <= PROMISE

    async def test_is_told_its_quota_by_every_service(self, stack: Stack, owner: httpx.AsyncClient) -> None:
        key = await issued(owner, *DOORS.values(), requests_per_minute=1000)

        async with caller(stack, Authorization=f"Bearer {key['secret']}") as client:
            for path in DOORS:
                answer = await client.get(path)
                assert answer.headers["ratelimit-policy"] == '"api-key";q=1000;w=60', path
                assert answer.headers["ratelimit"].startswith('"api-key";r='), path

    async def test_works_uncounted_without_valkey(self, stack: Stack, owner: httpx.AsyncClient) -> None:
        key = await issued(owner, "user:read", requests_per_minute=1)
        part = next(each for each in stack.state.read().parts if each.name == "valkey")
        hold = Path(part.hold)
        async with caller(stack, Authorization=f"Bearer {key['secret']}") as client:
            hold.touch()
            try:
                stack.local("kill", "valkey")
                answers = [await client.get("/users") for _ in range(3)]
            finally:
                hold.unlink()

        assert [answer.status_code for answer in answers] == [200] * 3
        assert "ratelimit" not in answers[2].headers


class TestCookie:
    async def test_opens_and_closes_every_service(
        self, stack: Stack, administrator: httpx.AsyncClient
    ) -> None:
        _, person = await a_user(administrator, dict.fromkeys(DOORS.values(), "own"))
        origin = stack.url.removesuffix("/api/v1")
        async with caller(stack, Origin=origin) as browser:
            expect(await browser.post("/auth/web/sign-in", json=person), 200)
            kept = dict(browser.cookies)
            opened = await statuses(browser)

            ended = await browser.post("/auth/web/sign-out")

            browser.cookies.update(kept)
            waited = await seconds_until(partial(statuses, browser), {401})
        assert (opened, ended.status_code) == ({200}, 204)
        assert waited <= PROMISE

    async def test_changes_nothing_for_another_sites_page(
        self, stack: Stack, administrator: httpx.AsyncClient
    ) -> None:
        _, person = await a_user(administrator, {"account:create": "own", "account:read": "own"})
        async with caller(stack) as browser:
            expect(await browser.post("/auth/web/sign-in", json=person), 200)

            refused = await browser.post(
                "/accounts", json={"name": "Forged"}, headers={"Origin": "https://evil.example"}
            )

            assert refused.status_code == 403
            assert expect(await browser.get("/accounts"), 200)["total"]["count"] == 0
