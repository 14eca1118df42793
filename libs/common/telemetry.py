"""What every request leaves behind: its count, its time, a line in the log when it was slow or failed.

And the door to tracing, whose libraries are imported only when there is somewhere to send traces to.
"""

import logging
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Awaitable
from importlib import import_module
from random import getrandbits
from time import perf_counter
from typing import TYPE_CHECKING, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.metrics import QUICK, Counter, Gauge, Histogram, Labels, Series
from libs.common.settings import Settings
from libs.common.telemetry_context import CURRENT, TRACEPARENT

if TYPE_CHECKING:
    from libs.common.telemetry_tracing import Tracing

log = logging.getLogger("plexus.request")

REQUESTS = Counter(
    "plexus_http_requests_total",
    "Requests by the route's template and the class of their status",
    ("method", "route", "status"),
)
SECONDS = Histogram(
    "plexus_http_request_seconds",
    "From the request until the head of its answer leaves",
    ("method", "route"),
    QUICK,
)
IN_PROGRESS = Gauge("plexus_http_requests_in_progress", "Requests whose answer is not complete")
IN_PROGRESS.move(0)

_HEADER = b"traceparent"
# What orchestrators and Prometheus ask every few seconds says nothing about the service.
QUIET = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SERVER_ERROR = 500


def traceparent_of(scope: Scope) -> str | None:
    """Return the traceparent that a request carries, or None when it carries none that W3C allows."""
    for name, value in scope["headers"]:
        if name == _HEADER:
            text = str(value, "latin-1")
            return text if TRACEPARENT.fullmatch(text) else None
    return None


def carry(scope: Scope, traceparent: str) -> None:
    """Let everything behind see this traceparent as if the caller had sent it."""
    kept = [each for each in scope["headers"] if each[0] != _HEADER]
    kept.append((_HEADER, traceparent.encode()))
    scope["headers"] = kept


def _unkept() -> str:
    """Return a new traceparent: nobody records it, says its flag; one can search by it all the same."""
    trace_id, span_id = getrandbits(128) or 1, getrandbits(64) or 1
    return f"00-{trace_id:032x}-{span_id:016x}-00"


class Head:
    """Sends an answer on, and remembers its status and when its head left."""

    __slots__ = ("left_at", "send", "status")

    def __init__(self, send: Send) -> None:
        """Take where to send."""
        self.send, self.status, self.left_at = send, _SERVER_ERROR, 0.0

    def __call__(self, message: Message) -> Awaitable[None]:
        """Send a message on."""
        if not self.left_at and message["type"] == "http.response.start":
            self.left_at, self.status = perf_counter(), message["status"]
        return self.send(message)


class Telemetry:
    """Pure ASGI middleware: counts and times each request, and gives it a trace id when it has none.

    So the id in a problem, in the log, in the audit trail and in the events that a request made is one id.
    """

    def __init__(self, app: ASGIApp, slow: float) -> None:
        """Wrap the application; a request of `slow` seconds or more is logged."""
        self.app, self.slow = app, slow
        self._served: dict[tuple[str, str], tuple[Series, tuple[Labels, ...]]] = {}
        self._told: defaultdict[tuple[str, int], float] = defaultdict(float)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it went; anything but HTTP passes untouched."""
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self.app(scope, receive, send)
            return
        head, began = Head(send), self.begin(scope)
        try:
            await self.app(scope, receive, head)
        finally:
            self.end(scope, began, head)

    def begin(self, scope: Scope) -> float:
        """Give a request its trace id, and return when it began."""
        traceparent = traceparent_of(scope)
        if traceparent is None:
            traceparent = _unkept()
            carry(scope, traceparent)
        CURRENT.set(traceparent)
        IN_PROGRESS.values[()] += 1
        return perf_counter()

    def end(self, scope: Scope, began: float, head: "Head") -> None:
        """Note how a request went."""
        IN_PROGRESS.values[()] -= 1
        self._note(scope, head.status, (head.left_at or perf_counter()) - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """Count the request under its route's template; what no route took is one more route."""
        key = scope["method"], template_of(scope)
        served = self._served.get(key)
        if served is None:
            served = self._begin(key)
        series, labels = served
        series.counts[bisect_left(QUICK, seconds)] += 1
        series.sum += seconds
        REQUESTS.values[labels[status // 100]] += 1
        if seconds >= self.slow or status >= _SERVER_ERROR:
            method, route, _ = labels[0]
            self._tell(method, route, status, seconds)

    def _begin(self, key: tuple[str, str]) -> tuple[Series, tuple[Labels, ...]]:
        """Look up once for a route what each of its requests is counted in."""
        method, route = key if key[0] in _METHODS else ("other", key[1])
        labels = tuple((method, route, f"{each}xx") for each in range(6))
        for each in labels[2:]:
            REQUESTS.add(*each, by=0)
        served = SECONDS.of(method, route), labels
        if key[0] in _METHODS:
            # Whatever a caller invents as a method must not stay.
            self._served[key] = served
        return served

    def _tell(self, method: str, route: str, status: int, seconds: float) -> None:
        """Write a line, one a second of the same kind: an outage must not fill the disk."""
        now = perf_counter()
        if now - self._told[route, status] < 1:
            return
        self._told[route, status] = now
        facts = {"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1)}
        level = logging.ERROR if status >= _SERVER_ERROR else logging.WARNING
        log.log(level, "%s %s: %d in %.0f ms", method, route, status, seconds * 1000, extra={"facts": facts})


def template_of(scope: Scope) -> str:
    """Return the template of the route that took a request, as declared, or `unmatched`."""
    return cast("str", getattr(scope.get("route"), "path", "unmatched"))


def tracing_of(settings: Settings, process: str) -> "Tracing | None":
    """Return what traces this process, or None where traces have nowhere to go.

    Only then are OpenTelemetry's libraries imported: off, they cost neither memory nor time.
    """
    if not settings.telemetry or not settings.otlp_endpoint:
        return None
    module = import_module("libs.common.telemetry_tracing")
    return cast("Tracing", module.Tracing.to_collector(settings, process))
