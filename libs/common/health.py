"""The three questions an orchestrator asks of a process, and their routes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

type Check = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Health:
    """Named checks; `live` may ask nothing outside the process. One that drains is about to end."""

    live: dict[str, Check] = field(default_factory=dict)
    startup: dict[str, Check] = field(default_factory=dict)
    ready: dict[str, Check] = field(default_factory=dict)
    is_draining: bool = False

    def routes(self) -> list[Route]:
        """Return /livez, /startupz and /readyz: 200 with `ok`, or 503 with the names that failed."""
        return [
            Route("/livez", self._live),
            Route("/startupz", self._startup),
            Route("/readyz", self._ready),
        ]

    async def _live(self, _: Request) -> Response:
        return await _answer(self.live)

    async def _startup(self, _: Request) -> Response:
        return await _answer(self.startup)

    async def _ready(self, _: Request) -> Response:
        if self.is_draining:
            return PlainTextResponse("draining", 503)
        return await _answer(self.ready)


async def _answer(checks: dict[str, Check]) -> Response:
    failed = [name for name, check in checks.items() if not await _passes(check)]
    return PlainTextResponse(", ".join(failed) or "ok", 503 if failed else 200)


async def _passes(check: Check) -> bool:
    try:
        return await check()
    except Exception:  # noqa: BLE001 - a check that cannot be made has failed
        return False
