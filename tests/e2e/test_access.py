import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest

from tests.e2e.business import a_pipeline, a_user
from tests.e2e.stack import Stack, expect, seconds_until
from tests.figures import Figures, budget

READS = ("opportunity:read", "account:read")
PROMISE = 2.0

type Door = Callable[[httpx.AsyncClient], Awaitable[int]]


async def listed(path: str, client: httpx.AsyncClient) -> int:
    return int(expect(await client.get(path), 200)["total"]["count"])


async def entered(pipeline_id: str, client: httpx.AsyncClient) -> int:
    funnel = expect(await client.get("/metrics/funnel", params={"pipeline_id": pipeline_id}), 200)
    return sum(stage["entered"] for stage in funnel["stages"])


@pytest.fixture
async def doors(administrator: httpx.AsyncClient) -> dict[str, Door]:
    """What each service shows of one record of the administrator's."""
    pipeline = await a_pipeline(administrator)
    opportunity = {"name": "Seen", "pipeline_id": pipeline["id"], "currency": "EUR", "amount_minor": 5}
    expect(await administrator.post("/opportunities", json=opportunity), 201)
    account = expect(await administrator.post("/accounts", json={"name": "Seen"}), 201)
    return {
        "sales": partial(listed, f"/opportunities?pipeline_id={pipeline['id']}"),
        "customer": partial(listed, f"/accounts?id={account['id']}"),
        "analytics": partial(entered, pipeline["id"]),
    }


class Watcher:
    """A user whose role is narrowed and widened again while he looks."""

    def __init__(
        self, administrator: httpx.AsyncClient, client: httpx.AsyncClient, role: dict[str, Any]
    ) -> None:
        self._administrator, self.client, self._role = administrator, client, role

    async def given(self, scope: str) -> None:
        """Let the role reach this far; returns when auth has answered."""
        etag = {"If-Match": f'"{self._role["version"]}"'}
        body = {"permissions": dict.fromkeys(READS, scope)}
        answer = await self._administrator.patch(f"/roles/{self._role['id']}", json=body, headers=etag)
        self._role = expect(answer, 200)

    async def until(self, doors: dict[str, Door], count: int) -> list[float]:
        """Return how long each door took to show this many."""
        waits = (seconds_until(partial(door, self.client), count) for door in doors.values())
        return list(await asyncio.gather(*waits))


@pytest.fixture
async def watcher(stack: Stack, administrator: httpx.AsyncClient) -> AsyncIterator[Watcher]:
    role, person = await a_user(administrator, dict.fromkeys(READS, "all"))
    async with stack.signed_in(**person) as client:
        yield Watcher(administrator, client, role)


class TestNarrowedRole:
    async def test_is_in_force_everywhere_within_two_seconds(
        self, watcher: Watcher, doors: dict[str, Door]
    ) -> None:
        await watcher.until(doors, 1)
        waits: list[float] = []

        for _ in range(budget("demo")["narrowings"]):
            await watcher.given("own")
            waits += await watcher.until(doors, 0)
            await watcher.given("all")
            await watcher.until(doors, 1)

        figures = Figures("demo")
        figures.sample("narrowings", len(waits) // len(doors))
        figures.at_most("a narrowed role acts everywhere, slowest", round(max(waits), 2), PROMISE, "s")
        assert figures.done(part=True), figures.failures()


class TestDeactivatedUser:
    async def test_is_refused_everywhere_with_the_token_he_has(
        self, stack: Stack, administrator: httpx.AsyncClient
    ) -> None:
        _, person = await a_user(administrator, dict.fromkeys(READS, "all"))
        users = expect(await administrator.get("/users", params={"email": person["email"]}), 200)["items"]
        paths = ("/auth/me", "/opportunities", "/accounts", "/metrics/funnel")

        async with stack.signed_in(**person) as client:
            before = [(await client.get(path)).status_code for path in paths]
            expect(await administrator.post(f"/users/{users[0]['id']}/deactivate"), 200)

            async def answers() -> set[int]:
                return {(await client.get(path)).status_code for path in paths}

            await seconds_until(answers, {401})

        assert before == [200, 200, 200, 200]


class TestForgedIdentity:
    @pytest.mark.parametrize("header", ["X-User-Id", "X-Forwarded-User", "Remote-User"])
    async def test_in_a_header_opens_nothing(self, stack: Stack, header: str) -> None:
        async with httpx.AsyncClient(base_url=stack.url, verify=stack.trust) as client:
            answers = [
                (await client.get(path, headers={header: "admin"})).status_code
                for path in ("/users", "/opportunities", "/accounts", "/metrics/funnel")
            ]

        assert answers == [401, 401, 401, 401]
