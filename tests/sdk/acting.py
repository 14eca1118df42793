"""Both clients in one shape, before a server that answers what a test says."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
from plexus_crm import AsyncClient, Client
from plexus_crm.api.models import AccountRead

URL = "https://crm.example.com"

type Responder = Callable[[httpx.Request], httpx.Response]


class Served:
    """Answers one request after another, and keeps what was asked; an exception is raised instead."""

    def __init__(self, *answers: httpx.Response | Exception | Responder) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, httpx.Response) else found(request)

    @property
    def paths(self) -> list[str]:
        return [each.url.path.removeprefix("/api/v1") for each in self.asked]

    def headers(self, name: str) -> list[str | None]:
        return [each.headers.get(name) for each in self.asked]

    def client(self, **given: Any) -> Client:
        transport = httpx.MockTransport(self.answer)
        return Client(URL, transport=transport, sleep=self.slept.append, **given)

    def async_client(self, **given: Any) -> AsyncClient:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        return AsyncClient(URL, transport=httpx.MockTransport(self.answer), sleep=sleep, **given)


async def done(value: Any) -> Any:
    """The value, or what an awaitable brings."""
    return await value if inspect.isawaitable(value) else value


async def each(values: Any, most: int = 1000) -> list[Any]:
    """At most so many items of an iterable of either kind; asks for none behind them."""
    found: list[Any] = []
    if hasattr(values, "__aiter__"):
        running: AsyncIterator[Any] = aiter(values)
        while len(found) < most:
            try:
                found.append(await anext(running))
            except StopAsyncIteration:
                break
        return found
    following: Iterator[Any] = iter(values)
    while len(found) < most:
        try:
            found.append(next(following))
        except StopIteration:
            break
    return found


def problem(status: int, slug: str = "not-valid", **members: Any) -> httpx.Response:
    headers = {"content-type": "application/problem+json"}
    if "retry_after" in members:
        headers["retry-after"] = str(members["retry_after"])
    document = {"type": f"https://plexus-crm.org/problems/{slug}", "title": slug, "status": status, **members}
    return httpx.Response(status, json=document, headers=headers)


def account(name: str = "Lantern", version: int = 1) -> dict[str, Any]:
    nothing = dict.fromkeys(AccountRead.model_fields)
    return nothing | {
        "id": "01930000-0000-7000-8000-000000000001",
        "version": version,
        "name": name,
        "created_at": "2026-03-02T09:00:00Z",
        "updated_at": "2026-03-02T09:00:00Z",
        "of_a_later_day": 1,
    }
