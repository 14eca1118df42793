"""`make prove-dead-bus`: a quarter of an hour without Kafka, with changes in it, on the running platform.

Who is not changed notices nothing, not even when he gets a new token. Whoever is changed keeps what he had
for the life of his token at most, or is told that the directory is behind. When the bus is back, all hold.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.local.state import PartReport
from libs.common.tokens import MAX_LIFETIME
from tests.e2e.business import a_user
from tests.e2e.stack import Stack, expect, shared_stack
from tests.figures import Figures, budget

TARGET = "prove-dead-bus"
# A list of each service, and the permission to read it.
LISTS = {
    "/users": "user:read",
    "/accounts": "account:read",
    "/opportunities": "opportunity:read",
    "/templates": "template:read",
    "/tickets": "ticket:read",
    "/events": "event:read",
    "/webhooks": "webhook:read",
}
READS = dict.fromkeys(LISTS.values(), "all")
NOTHING_OF_IT = {"product:read": "own"}
UNCHANGED, TICK, CONVERGED = 3, 2.0, 30.0
BEHIND = "directory-behind"
GIVEN, TAKEN, UNKNOWN = "200", "403", "401"


@dataclass
class Caller:
    """Somebody with a session; `told` says what each of his requests was answered, and when."""

    client: httpx.AsyncClient
    person: dict[str, str]
    refresh_token: str = ""
    told: list[tuple[float, str, str]] = field(default_factory=list)

    async def sign_in(self) -> None:
        self._keep(expect(await self.client.post("/auth/sign-in", json=self.person), 200))

    async def refresh(self) -> None:
        asked = {"refresh_token": self.refresh_token}
        self._keep(expect(await self.client.post("/auth/refresh", json=asked), 200))

    async def ask(self) -> set[str]:
        """Ask every service once; return what they said."""
        answers = await asyncio.gather(*map(self._asked, LISTS))
        self.told += answers
        return {said for _, _, said in answers}

    async def _asked(self, path: str) -> tuple[float, str, str]:
        began = time.monotonic()
        answer = await self.client.get(path, params={"limit": 1})
        is_problem = answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        slug = str(answer.json()["type"]).rpartition("/")[2] if is_problem else ""
        return began, path, slug or str(answer.status_code)

    def _keep(self, tokens: dict[str, Any]) -> None:
        self.refresh_token = tokens["refresh_token"]
        self.client.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def others(self, *allowed: str) -> list[str]:
        """Name the answers that are none of these."""
        return [f"{path}: {said}" for _, path, said in self.told if said not in allowed]


@dataclass
class People:
    """Who is not changed, and who is: by his role, with an old and a new token, and by signing out."""

    unchanged: list[Caller]
    keeping: Caller
    renewing: Caller
    leaving: Caller
    role: dict[str, Any]

    @property
    def all(self) -> list[Caller]:
        return [*self.unchanged, self.keeping, self.renewing, self.leaving]

    async def ask(self) -> None:
        await asyncio.gather(*(each.ask() for each in self.all))


class Bus:
    """The broker of a running stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def _part(self) -> PartReport:
        return next(each for each in self._stack.state.read().parts if each.name == "kafka")

    def kill(self) -> None:
        """Kill -9, and keep it from coming back."""
        part = self._part()
        Path(part.hold).touch()
        process = part.process()
        assert process is not None
        process.kill()

    def let_back(self) -> None:
        Path(self._part().hold).unlink(missing_ok=True)

    def is_back(self, restarts: int) -> bool:
        part = self._part()
        return part.phase == "ready" and part.restarts > restarts

    @property
    def restarts(self) -> int:
        return self._part().restarts


@asynccontextmanager
async def people(stack: Stack, administrator: httpx.AsyncClient) -> AsyncIterator[People]:
    """Sign everybody in, and wait until every service knows them."""
    async with AsyncExitStack() as opened:

        async def caller(person: dict[str, str]) -> Caller:
            client = httpx.AsyncClient(base_url=stack.url, verify=stack.trust, timeout=15)
            found = Caller(await opened.enter_async_context(client), person)
            await found.sign_in()
            return found

        unchanged = [await caller((await a_user(administrator, READS))[1]) for _ in range(UNCHANGED)]
        role, person = await a_user(administrator, READS)
        keeping, renewing = await caller(person), await caller(person)
        leaving = await caller((await a_user(administrator, READS))[1])
        yield People(unchanged, keeping, renewing, leaving, role)


async def change(administrator: httpx.AsyncClient, found: People) -> None:
    """Take a role's permissions and end a session, in the outage."""
    headers = {"If-Match": f'"{found.role["version"]}"'}
    path, body = f"/roles/{found.role['id']}", {"permissions": NOTHING_OF_IT}
    expect(await administrator.patch(path, json=body, headers=headers), 200)
    answer = await found.leaving.client.post("/auth/sign-out")
    assert answer.status_code == httpx.codes.NO_CONTENT, answer.text


async def outage(found: People, seconds: float, refreshes: int) -> int:
    """Ask all the while, and take new tokens at even distances; return how many were taken."""
    began, taken = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        tick = asyncio.create_task(asyncio.sleep(TICK))
        if passed >= taken // UNCHANGED * seconds * UNCHANGED / refreshes:
            for each in found.unchanged:
                await each.refresh()
                taken += 1
            await found.unchanged[0].sign_in()
            await found.renewing.refresh()
        await found.ask()
        await tick
    return taken


async def converged(found: People, bus: Bus, restarts: int) -> float:
    """Let the bus back; return how long it took, with its start, until every service acts."""
    began = time.monotonic()
    bus.let_back()
    while not bus.is_back(restarts):
        await found.ask()
    await found.renewing.refresh()
    while True:
        told = await asyncio.gather(found.renewing.ask(), found.keeping.ask(), found.leaving.ask())
        await asyncio.gather(*(each.ask() for each in found.unchanged))
        if told[0] == {TAKEN} and told[1] <= {TAKEN, UNKNOWN} and told[2] == {UNKNOWN}:
            return time.monotonic() - began
        assert time.monotonic() - began < 4 * CONVERGED, told


def judge(figures: Figures, found: People, changed_at: float) -> None:
    """Note what everybody was told."""
    failures = [each for one in found.unchanged for each in one.others(GIVEN)]
    renewed = [each for each in found.renewing.told if each[0] > changed_at and each[2] == GIVEN]
    wrong = [
        *found.renewing.others(GIVEN, TAKEN, BEHIND),
        *found.keeping.others(GIVEN, TAKEN, BEHIND, UNKNOWN),
        *found.leaving.others(GIVEN, UNKNOWN),
        *(f"a new token opens {path}" for _, path, _ in renewed),
    ]
    print(*failures[:20], *wrong[:20], sep="\n")
    figures.exactly("dead bus, failures of unchanged users", len(failures), 0)
    figures.exactly("dead bus, wrong answers to changed users", len(wrong), 0)
    behind = sum(said == BEHIND for _, _, said in found.renewing.told)
    figures.at_least("dead bus, new tokens told that the directory is behind", behind, 1)
    old = max((at - changed_at for at in _given([found.keeping, found.leaving])), default=0.0)
    life = MAX_LIFETIME.total_seconds()
    figures.at_most("dead bus, oldest right in use", round(old, 1), life, "s")
    figures.sample("answers to unchanged users", sum(len(each.told) for each in found.unchanged))


def _given(callers: Iterable[Caller]) -> list[float]:
    return [at for each in callers for at, _, said in each.told if said == GIVEN]


async def prove(stack: Stack, figures: Figures, seconds: float, refreshes: int) -> None:
    """Take the bus away for so long, change people meanwhile, and give it back."""
    bus = Bus(stack)
    async with stack.as_administrator() as administrator, people(stack, administrator) as found:
        while {said for each in found.all for said in await each.ask()} != {GIVEN}:
            await asyncio.sleep(0.1)
        for each in found.all:
            each.told.clear()
        restarts = bus.restarts
        bus.kill()
        try:
            await change(administrator, found)
            changed_at = time.monotonic()
            await found.renewing.refresh()
            taken = await outage(found, seconds, refreshes)
            lasted = time.monotonic() - changed_at
            waited = await converged(found, bus, restarts)
        finally:
            bus.let_back()
    judge(figures, found, changed_at)
    figures.sample("seconds without the bus", round(lasted))
    figures.sample("tokens taken without the bus", taken)
    figures.at_most("dead bus, its start and all in force everywhere", round(waited, 1), CONVERGED, "s")


def main() -> int:
    """Prove it; an argument gives other seconds than the budget's. 0 when every figure is right."""
    sizes, figures = budget(TARGET), Figures(TARGET)
    seconds = float(sys.argv[1]) if sys.argv[1:] else sizes["seconds without the bus"]
    figures.path.unlink(missing_ok=True)
    with shared_stack() as stack:
        asyncio.run(prove(stack, figures, seconds, sizes["tokens taken without the bus"]))
    return 0 if figures.done() else 1


if __name__ == "__main__":
    sys.exit(main())
