"""A limit on request bodies that counts bytes, so that no declared length has to be believed.

It stands in the services and not in the gateway, whose buffering would hold event streams back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.problem_answers import to_response
from libs.common.problems import TooLarge

MEBIBYTE = 1024 * 1024
_LONGEST_LENGTH = 19
# A request has a body if it says so in one of these (RFC 9112, 6).
_WITH_BODY = frozenset({b"content-length", b"transfer-encoding"})


class BodyLimit:
    """Pure ASGI middleware: a body over the limit is refused with 413 `too-large`.

    `limit` is in bytes; `larger` names path prefixes with limits of their own, the longest match
    wins, and `exactly` single paths. The application never sees the byte that goes over: it is told
    that the client left, and whatever it answers to that is replaced by the refusal.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int = MEBIBYTE,
        larger: Mapping[str, int] | None = None,
        exactly: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.limit = limit
        self.larger = dict(larger or {})
        self.exactly = dict(exactly or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted; anything but HTTP passes untouched."""
        if scope["type"] != "http" or not any(name in _WITH_BODY for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        limit = self.limit_for(scope["path"])
        if _declared(scope) > limit:
            await _refuse(scope, receive, send)
            return
        await _Count(limit, receive, send).run(self.app, scope)

    def body(self, scope: Scope, receive: Receive) -> "Body | None":
        """Return the body of a request, or None if it has none."""
        if not any(name in _WITH_BODY for name, _ in scope["headers"]):
            return None
        return Body(self.limit_for(scope["path"]), receive, _declared(scope))

    def limit_for(self, path: str) -> int:
        """Return the limit in bytes for a path; `/files` covers `/files/1` but not `/files2`."""
        if path in self.exactly:
            return self.exactly[path]
        covering = [p for p in self.larger if path == p or path.startswith(f"{p.rstrip('/')}/")]
        return self.larger[max(covering, key=len)] if covering else self.limit


@dataclass(slots=True)
class Body:
    """A body that is counted while it is read; `declared` and `limit` are in bytes."""

    limit: int
    source: Receive
    declared: int
    size: int = 0

    def demand(self) -> None:
        """Raise TooLarge for a body that says so itself."""
        if self.declared > self.limit:
            raise TooLarge

    def is_over(self) -> bool:
        """Tell whether more was read than is allowed."""
        return self.size > self.limit

    async def receive(self) -> Message:
        """Return the next part; the reader never sees the byte that goes over."""
        message = {"type": "http.disconnect"} if self.is_over() else await self.source()
        self.size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_over() else message


@dataclass
class _Count:
    limit: int
    receive: Receive
    send: Send
    size: int = 0
    started: bool = False

    def is_over(self) -> bool:
        return self.size > self.limit

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self.counted, self.guarded)
        except Exception:
            # An application that fails because its reader was cut off has not failed.
            if not self.is_over():
                raise
        if self.is_over() and not self.started:
            await _refuse(scope, self.receive, self.send)

    async def counted(self) -> Message:
        if self.is_over():
            return {"type": "http.disconnect"}
        message = await self.receive()
        self.size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_over() else message

    async def guarded(self, message: Message) -> None:
        if self.is_over() and not self.started:
            return
        self.started = True
        await self.send(message)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    refusal = to_response(TooLarge(), Headers(scope=scope).get("accept-language"))
    await refusal(scope, receive, send)


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    # What is no plausible length is counted like everything else.
    is_length = length.isascii() and length.isdigit() and len(length) < _LONGEST_LENGTH
    return int(length) if is_length else 0
