"""The client for asyncio: `async with AsyncClient("https://crm.example.com", api_key="plx_…") as crm:`."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from plexus_crm.api.aio import Resources
from plexus_crm.client import PATIENCE, TIMEOUT, trusting
from plexus_crm.conversation import Answer, Credentials, Pause, Request, Step, converse
from plexus_crm.event import Wanted
from plexus_crm.feed import AsyncFeed, AsyncStream
from plexus_crm.pages import AsyncResource
from plexus_crm.problems import Problem


class AsyncClient(Resources):
    """The API as one user or API key sees it; safe to share between tasks.

    Give one of `api_key`, `token`, or `email` and `password` (which signs in, and again when needed).
    `patience` is how many seconds a request may wait and be repeated; `language` is that of problems.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that a caller may want otherwise
        self,
        url: str,
        *,
        api_key: str | None = None,
        token: str | None = None,
        email: str | None = None,
        password: str | None = None,
        ca_file: str | Path | None = None,
        patience: float = PATIENCE,
        language: str = "en",
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.credentials = Credentials(token=api_key or token, email=email, password=password)
        self.patience = patience
        self.http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            timeout=TIMEOUT,
            verify=trusting(ca_file),
            transport=transport,
            headers={"Accept-Language": language},
        )
        self.sleep = sleep
        AsyncResource.__init__(self, self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self.http.aclose()

    async def send(self, request: Request) -> httpx.Response:
        """Ask until there is an answer for good; raises its Problem, or Unreachable without any."""
        steps = converse(request, self.credentials, self.patience)
        return await self._perform(steps)

    def feed(
        self, types: Iterable[Wanted] | None = None, *, cursor: str | None = None, **options: Any
    ) -> AsyncFeed:
        """Return the events from `cursor` on, by asking: `async for event in crm.feed(["sales.*"]):`."""
        return AsyncFeed(self, types, cursor, **options)

    def stream(self, types: Iterable[Wanted] | None = None, *, cursor: str | None = None) -> AsyncStream:
        """Return the events from `cursor` on as they happen (server-sent events)."""
        return AsyncStream(self, types, cursor)

    async def authorized(self) -> dict[str, str]:
        """Return the header of the credentials, after a sign-in where one is needed."""
        if self.credentials.token is None and self.credentials.can_renew:
            await self._perform(self.credentials.renew())
        return self.credentials.headers()

    async def renew(self, refused: Problem) -> None:
        """Get another token; raises the refusal when there is no way to one."""
        if not self.credentials.can_renew:
            raise refused
        await self._perform(self.credentials.renew())

    async def _perform[T](self, steps: Generator[Step, Answer, T]) -> T:
        answer: Answer = None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as done:
                found: T = done.value
                return found
            if isinstance(step, Pause):
                await self.sleep(step.seconds)
                answer = None
            else:
                answer = await self._ask(step)

    async def _ask(self, request: Request) -> Answer:
        headers = {**self.credentials.headers(), **request.headers}
        try:
            return await self.http.request(
                request.method,
                request.path,
                params=dict(request.params),
                content=request.file,
                json=request.body,
                headers=headers,
            )
        except httpx.TransportError:
            return None
