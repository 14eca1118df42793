"""One trace from the request through transaction, relay, log and consumer to the commit of what it caused.

Each part is the mechanism's own object inside another of the same shape, put there when tracing is on; the
mechanism knows nothing of it. What travels between processes is the W3C traceparent, in the request's header
and the event's. Spans say which route, topic, group and type: no path, id, or value of anybody's.
Attribute names follow OpenTelemetry's semantic conventions for HTTP and messaging.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from random import random

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as ASGIMessage

from libs.common.bus import Message, Producer, Producers
from libs.common.envelope import Envelope
from libs.common.journal import Cause
from libs.common.settings import Settings
from libs.common.telemetry import QUIET, carry, template_of, traceparent_of
from libs.common.telemetry_context import CURRENT, TRACEPARENT
from libs.common.transaction import Transactions

_SERVER_ERROR = 500
_HEADER = "traceparent"


class Tracing:
    """The tracer of one process, and what it puts around the process' parts."""

    def __init__(self, settings: Settings, process: str, processor: SpanProcessor) -> None:
        """Give spans to `processor`; of traces that begin here the share `settings.trace_ratio` is kept."""
        named = {"service.name": settings.service, "service.namespace": "plexus", "plexus.process": process}
        self.ratio = settings.trace_ratio
        # Whether a trace is kept is decided before its first span: the library asks much for one that is not.
        self._provider = TracerProvider(ParentBased(ALWAYS_ON), Resource(named), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self.tracer = self._provider.get_tracer("plexus")

    @classmethod
    def to_collector(cls, settings: Settings, process: str) -> "Tracing":
        """Return one that sends spans by OTLP over HTTP (protobuf), in batches, from a thread of its own."""
        return cls(settings, process, exporting(settings))

    def middleware(self, app: ASGIApp) -> "TracedRequests":
        """Return the application with a span around each request."""
        return TracedRequests(app, self)

    def transactions(self, plain: Transactions) -> Transactions:
        """Return the same transactions, each of which is a span of the trace that it belongs to."""
        given = {each.name: getattr(plain, each.name) for each in fields(plain)}
        return TracedTransactions(**given, tracing=self)

    def producers(self, plain: Producers) -> Producers:
        """Return the same, each of whose producers makes a span of each message on its way."""
        return TracedProducers(plain, self)

    @contextmanager
    def applying(self, group: str, envelopes: Sequence[Envelope]) -> Iterator[None]:
        """Make a span for each event that a batch applies, in the event's own trace, until the commit."""
        opened = [(each, parent) for each in envelopes if (parent := parent_of(each.traceparent))]
        if not opened:
            yield
            return
        spans = [self._applied(group, *each) for each in opened]
        with entered(spans[0]):
            try:
                yield
            except BaseException as error:
                for each in spans:
                    fail(each, error)
                raise
            finally:
                for each in spans:
                    each.end()

    def _applied(self, group: str, envelope: Envelope, parent: Context) -> Span:
        facts = {
            "messaging.system": "kafka",
            "messaging.operation.name": "process",
            "messaging.destination.name": envelope.record.topic,
            "messaging.consumer.group.name": group,
            "plexus.event.type": envelope.type,
        }
        return self.tracer.start_span(f"process {group}", parent, SpanKind.CONSUMER, facts)

    async def close(self) -> None:
        """Send what is left, for as long as the exporter tries, without holding up the event loop."""
        await asyncio.to_thread(self._provider.shutdown)


def exporting(settings: Settings) -> SpanProcessor:
    """Return what sends spans to the collector; OTEL_EXPORTER_OTLP_* variables add headers and the like."""
    endpoint = f"{(settings.otlp_endpoint or '').rstrip('/')}/v1/traces"
    return BatchSpanProcessor(OTLPSpanExporter(endpoint, timeout=5), schedule_delay_millis=2000)


def parent_of(traceparent: str | None) -> Context | None:
    """Return the context of a traceparent whose trace is kept; None for any other."""
    found = TRACEPARENT.fullmatch(traceparent or "")
    if found is None or not int(found[3], 16) & TraceFlags.SAMPLED:
        return None
    return _context(found[1], found[2], found[3])


def _context(trace_id: str, span_id: str, flags: str) -> Context:
    remote = SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
    )
    return trace.set_span_in_context(NonRecordingSpan(remote), Context())


def text_of(span: Span) -> str:
    """Return a span's traceparent."""
    found = span.get_span_context()
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags & 1:02x}"


def fail(span: Span, error: BaseException) -> None:
    """Mark a span as failed by the error's class; its text may hold somebody's data."""
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
    span.set_attribute("error.type", type(error).__name__)


@contextmanager
def entered(span: Span) -> Iterator[None]:
    """Let the log and what begins inside belong to the span."""
    token, told = attach(trace.set_span_in_context(span)), CURRENT.set(text_of(span))
    try:
        yield
    finally:
        CURRENT.reset(told)
        detach(token)


class TracedRequests:
    """Pure ASGI middleware: a span for each request, child of the caller's."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        """Wrap the application."""
        self.app, self._tracer, self._ratio = app, tracing.tracer, tracing.ratio

    def _begun(self) -> Context | None:
        """Decide whether a trace that begins here is kept."""
        return Context() if random() < self._ratio else None  # noqa: S311 - a sample, no secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on inside its span; whatever is behind sees the span as its caller."""
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self.app(scope, receive, send)
            return
        given = traceparent_of(scope)
        parent = parent_of(given) if given else self._begun()
        if parent is None:
            await self.app(scope, receive, send)
            return
        span = self._tracer.start_span(scope["method"], parent, SpanKind.SERVER)
        carry(scope, text_of(span))

        async def watched(message: ASGIMessage) -> None:
            if message["type"] == "http.response.start":
                _answered(span, scope, message["status"])
            await send(message)

        with entered(span):
            try:
                await self.app(scope, receive, watched)
            except BaseException as error:
                fail(span, error)
                raise
            finally:
                span.end()


def _answered(span: Span, scope: Scope, status: int) -> None:
    """Name the span by what is known only after routing."""
    route = template_of(scope)
    span.update_name(f"{scope['method']} {route}")
    facts = {"http.request.method": scope["method"], "http.route": route, "http.response.status_code": status}
    span.set_attributes(facts)
    if status >= _SERVER_ERROR:
        span.set_status(Status(StatusCode.ERROR))


@dataclass(frozen=True, slots=True)
class TracedTransactions(Transactions):
    """Transactions of a trace; what runs outside of one, such as a job, makes none."""

    tracing: Tracing | None = None

    async def run[T](
        self, cause: Cause, body: Callable[[AsyncSession], Awaitable[T]], *, patience: float | None = None
    ) -> T:
        """Run as without tracing, inside a span; the events it records name that span as theirs."""
        if self.tracing is None or not trace.get_current_span().is_recording():
            return await Transactions.run(self, cause, body, patience=patience)
        span = self.tracing.tracer.start_span("transaction")
        with entered(span):
            try:
                cause = replace(cause, traceparent=text_of(span))
                return await Transactions.run(self, cause, body, patience=patience)
            except BaseException as error:
                fail(span, error)
                raise
            finally:
                span.end()


@dataclass(frozen=True, slots=True)
class TracedProducer:
    """A producer that makes a span of each message whose trace is kept."""

    inner: Producer
    tracing: Tracing

    async def send(self, message: Message) -> Awaitable[None]:
        """Send with the span as the message's traceparent; it ends with the acknowledgement."""
        found = next((value.decode() for name, value in message.headers if name == _HEADER), None)
        parent = parent_of(found)
        if parent is None:
            return await self.inner.send(message)
        facts = {
            "messaging.system": "kafka",
            "messaging.operation.name": "send",
            "messaging.destination.name": message.topic,
        }
        span = self.tracing.tracer.start_span(f"send {message.topic}", parent, SpanKind.PRODUCER, facts)
        kept = tuple(each for each in message.headers if each[0] != _HEADER)
        told = replace(message, headers=(*kept, (_HEADER, text_of(span).encode())))
        try:
            acknowledged = await self.inner.send(told)
        except BaseException as error:
            fail(span, error)
            span.end()
            raise
        return _ended(span, acknowledged)

    async def close(self) -> None:
        """Close the producer inside."""
        await self.inner.close()


async def _ended(span: Span, acknowledged: Awaitable[None]) -> None:
    try:
        await acknowledged
    except BaseException as error:
        fail(span, error)
        raise
    finally:
        span.end()


@dataclass(frozen=True, slots=True)
class TracedProducers:
    """Whatever makes producers, making ones that trace."""

    inner: Producers
    tracing: Tracing

    async def producer(self) -> Producer:
        """Return a new producer that traces."""
        return TracedProducer(await self.inner.producer(), self.tracing)
