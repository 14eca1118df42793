"""The client for threads: `with Client("https://crm.example.com", api_key="plx_…") as crm:`."""

import ssl
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from plexus_crm.api.sync import Resources
from plexus_crm.conversation import Answer, Credentials, Pause, Request, Step, converse
from plexus_crm.event import Wanted
from plexus_crm.feed import Feed, Stream
from plexus_crm.pages import Resource
from plexus_crm.problems import Problem

TIMEOUT = 12.0
PATIENCE = 30.0


def trusting(ca_file: str | Path | None) -> ssl.SSLContext | bool:
    """Return what verifies the server: the system's authorities, or one file of them."""
    return ssl.create_default_context(cafile=str(ca_file)) if ca_file else True


class Client(Resources):
    """The API as one user or API key sees it; safe to share between threads.

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
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.credentials = Credentials(token=api_key or token, email=email, password=password)
        self.patience = patience
        self.http = httpx.Client(
            base_url=url.rstrip("/"),
            timeout=TIMEOUT,
            verify=trusting(ca_file),
            transport=transport,
            headers={"Accept-Language": language},
        )
        self.sleep = sleep
        Resource.__init__(self, self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self.http.close()

    def send(self, request: Request) -> httpx.Response:
        """Ask until there is an answer for good; raises its Problem, or Unreachable without any."""
        steps = converse(request, self.credentials, self.patience)
        return self._perform(steps)

    def feed(
        self, types: Iterable[Wanted] | None = None, *, cursor: str | None = None, **options: Any
    ) -> Feed:
        """Return the events from `cursor` on, by asking: `for event in crm.feed(["sales.*"]):`."""
        return Feed(self, types, cursor, **options)

    def stream(self, types: Iterable[Wanted] | None = None, *, cursor: str | None = None) -> Stream:
        """Return the events from `cursor` on as they happen (server-sent events)."""
        return Stream(self, types, cursor)

    def authorized(self) -> dict[str, str]:
        """Return the header of the credentials, after a sign-in where one is needed."""
        if self.credentials.token is None and self.credentials.can_renew:
            self._perform(self.credentials.renew())
        return self.credentials.headers()

    def renew(self, refused: Problem) -> None:
        """Get another token; raises the refusal when there is no way to one."""
        if not self.credentials.can_renew:
            raise refused
        self._perform(self.credentials.renew())

    def _perform[T](self, steps: Generator[Step, Answer, T]) -> T:
        answer: Answer = None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration as done:
                found: T = done.value
                return found
            if isinstance(step, Pause):
                self.sleep(step.seconds)
                answer = None
            else:
                answer = self._ask(step)

    def _ask(self, request: Request) -> Answer:
        headers = {**self.credentials.headers(), **request.headers}
        try:
            return self.http.request(
                request.method,
                request.path,
                params=dict(request.params),
                content=request.file,
                json=request.body,
                headers=headers,
            )
        except httpx.TransportError:
            return None
