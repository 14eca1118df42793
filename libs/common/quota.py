"""How much of its quota a caller has left, as every answer tells it.

The fields are those of draft-ietf-httpapi-ratelimit-headers-10 (September 2025). Whoever admits a caller
counts his requests and says so in X-Plexus-Quota; services repeat it, since a gateway copies such fields into
the request and never into the answer.
"""

import re
from dataclasses import dataclass
from typing import Self

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Plexus-Quota"
_SHAPE = re.compile(r'"([a-z-]{1,32})";q=(\d{1,9});w=(\d{1,9});r=(\d{1,9});t=(\d{1,9})')


@dataclass(frozen=True, slots=True)
class Quota:
    """`limit` requests in each window of `window` seconds; `remaining` of them for `reset` seconds more."""

    policy: str
    limit: int
    window: int
    remaining: int
    reset: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read the header of a request; None for anything that is not one."""
        found = _SHAPE.fullmatch(text)
        return cls(found[1], *map(int, found.groups()[1:])) if found else None

    def __str__(self) -> str:
        return f'"{self.policy}";q={self.limit};w={self.window};r={self.remaining};t={self.reset}'

    def fields(self) -> dict[str, str]:
        """Return the fields of an answer."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.window}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.reset}',
        }


class QuotaFields:
    """Pure ASGI middleware: an answer to a counted request says what is left; others are as they were."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the fields to the head of its answer."""
        told = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        quota = Quota.parse(told) if told else None
        if quota is None:
            await self.app(scope, receive, send)
            return

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(quota.fields())
            await send(message)

        await self.app(scope, receive, telling)
