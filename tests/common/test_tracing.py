"""One trace: from the request through transaction, relay, log and consumer to the read model's commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from opentelemetry.context import Context
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text

from libs.common import telemetry_tracing
from libs.common.kafka import KafkaBus
from libs.common.migrate import begin
from libs.common.plan import Plan, topics_of
from libs.common.projection import Version
from libs.common.telemetry import tracing_of
from libs.common.testing import Scratch, make_settings, scratch
from libs.common.worker import Worker
from libs.contracts.customer import AccountCreated
from libs.platform.app import create_app
from libs.platform.process import Platform
from services.analytics.event_log.projection import EventLog
from services.customer.accounts.api import router as accounts
from tests.api import bearer, colleague, seed
from tests.served import listening

CALLER = "b7ad6b7169203331"
TOPIC = AccountCreated.topic
GROUP = "analytics.event_log.v1"


class AccountLog(EventLog):
    """The event log, of accounts alone: other tests write to other topics of the same broker."""

    topics = (TOPIC,)


@dataclass
class Platforms:
    """customer's API and relay, and analytics' consumer, with what they traced."""

    client: httpx.AsyncClient
    analytics: Scratch
    spans: InMemorySpanExporter

    async def create(self, name: str, flags: str) -> dict[str, Any]:
        trace = uuid4().hex
        headers = bearer(1) | {"traceparent": f"00-{trace}-{CALLER}-{flags}"}
        answer = await self.client.post("/accounts", headers=headers, json={"name": name})
        assert answer.status_code == 201, answer.text
        return {**answer.json(), "trace": trace}

    async def arrival(self, identity: str) -> None:
        """Return once the read model shows the record."""
        sql = text("SELECT count(*) FROM event_log WHERE key = :id")
        async with asyncio.timeout(60):
            while True:
                async with self.analytics.database.reading.connect() as connection:
                    if (await connection.execute(sql, {"id": identity})).scalar_one():
                        return
                await asyncio.sleep(0.02)

    async def trace(self, trace: str, count: int) -> list[ReadableSpan]:
        """Return the spans of a trace once there are so many."""
        async with asyncio.timeout(60):
            while len(found := self.of(trace)) < count:
                await asyncio.sleep(0.02)
        return found

    def of(self, trace: str) -> list[ReadableSpan]:
        spans = self.spans.get_finished_spans()
        return [each for each in spans if f"{each.context.trace_id:032x}" == trace]


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture(scope="module")
async def platforms(spans: InMemorySpanExporter) -> AsyncIterator[Platforms]:
    options: dict[str, Any] = {"otlp_endpoint": "http://127.0.0.1:1", "trace_ratio": 0.0}
    async with scratch("customer", **options) as customer, scratch("analytics", **options) as analytics:
        bus = KafkaBus(customer.settings)
        await prepare(analytics, bus)
        await seed(customer.database, colleague(1, {"account:read": "all", "account:create": "all"}))
        plan = Plan(analytics.settings, "services.analytics", projections=(AccountLog(),))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(telemetry_tracing, "exporting", lambda _: SimpleSpanProcessor(spans))
            app = create_app(customer.settings, "services.customer", [accounts])
            relay = Worker(Plan(customer.settings, "services.customer"), Platform)
            consumer = Worker(plan, Platform)
        # Its parts alone: `run` would take the test's signals.
        parts = running(relay, relay._relay), running(consumer, consumer._consume)  # noqa: SLF001
        async with listening(app) as client, parts[0], parts[1]:
            yield Platforms(client, analytics, spans)
        await bus.close()


async def prepare(analytics: Scratch, bus: KafkaBus) -> None:
    """Make the read model, which begins at the log's end."""
    version = Version("analytics", AccountLog(), 1)
    await bus.ensure(topics_of(Plan(analytics.settings, "services.analytics", projections=(AccountLog(),))))
    ends = await bus.ends([TOPIC])
    async with analytics.database.engine.begin() as connection:
        await version.create(connection)
        await version.note(connection)
        await version.show(connection)
        await begin(connection, GROUP, ends, await bus.cluster_id())


@asynccontextmanager
async def running(worker: Worker, part: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(part())
    yield
    worker.stop.set()
    await task
    await worker.bus.close()
    await worker.database.close()


class TestTrace:
    async def test_leads_from_the_request_to_the_read_models_commit(self, platforms: Platforms) -> None:
        account = await platforms.create("Plantagenet Ltd", "01")
        await platforms.arrival(account["id"])

        found = await platforms.trace(account["trace"], 5)

        request = named(found, "POST /api/v1/accounts")
        written = named(found, "transaction", request)
        sent = named(found, f"send {TOPIC}", written)
        processed = named(found, f"process {GROUP}", sent)
        committed = named(found, "transaction", processed)
        assert {each.context.span_id for each in found} == {
            each.context.span_id for each in (request, written, sent, processed, committed)
        }
        assert f"{parent(request):016x}" == CALLER
        assert ended(written) <= ended(request)
        assert ended(written) <= ended(sent) <= ended(committed) <= ended(processed)

    async def test_says_who_did_what_to_which_topic(self, platforms: Platforms) -> None:
        account = await platforms.create("Plantagenet Ltd", "01")
        await platforms.arrival(account["id"])

        found = await platforms.trace(account["trace"], 5)

        request, processed = named(found, "POST /api/v1/accounts"), named(found, f"process {GROUP}")
        assert dict(request.attributes or {}) == {
            "http.request.method": "POST",
            "http.route": "/api/v1/accounts",
            "http.response.status_code": 201,
        }
        assert dict(processed.attributes or {})["plexus.event.type"] == AccountCreated.type
        services = [each.resource.attributes["service.name"] for each in (request, processed)]
        assert services == ["customer", "analytics"]
        everything = " ".join(each.to_json() for each in found)
        assert account["id"] not in everything
        assert "Plantagenet" not in everything

    async def test_is_not_kept_when_the_caller_keeps_none(self, platforms: Platforms) -> None:
        account = await platforms.create("Quiet Ltd", "00")

        await platforms.arrival(account["id"])

        assert platforms.of(account["trace"]) == []

    async def test_joins_events_of_other_requests_in_one_batch(self, platforms: Platforms) -> None:
        made = await asyncio.gather(*(platforms.create(f"Batch {n} Ltd", "01") for n in range(8)))
        for each in made:
            await platforms.arrival(each["id"])

        for each in made:
            found = await platforms.trace(each["trace"], 4)
            processed = named(found, f"process {GROUP}", named(found, f"send {TOPIC}"))
            assert processed.status.is_ok

    async def test_names_a_failure_by_its_class_alone(self, platforms: Platforms) -> None:
        trace = uuid4().hex
        headers = bearer(1) | {"traceparent": f"00-{trace}-{CALLER}-01"}
        system = {"system": "erp", "id": uuid4().hex}
        body = {"name": "Plantagenet Ltd", "external_id": system}
        await platforms.client.post("/accounts", headers=bearer(1), json=body)

        refused = await platforms.client.post("/accounts", headers=headers, json=body)

        assert refused.status_code == 409
        failed = named(platforms.of(trace), "transaction")
        assert (failed.status.description, list(failed.events)) == ("Conflict", [])


def named(spans: Sequence[ReadableSpan], name: str, below: ReadableSpan | None = None) -> ReadableSpan:
    """The one span of a name, below another."""
    found = [
        each
        for each in spans
        if each.name == name and (below is None or parent(each) == below.context.span_id)
    ]
    assert len(found) == 1, [(each.name, parent(each)) for each in spans]
    return found[0]


def parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def ended(span: ReadableSpan) -> int:
    assert span.end_time is not None
    return span.end_time


class TestExport:
    async def test_speaks_otlp_over_http(self) -> None:
        received: list[ExportTraceServiceRequest] = []
        collector = FastAPI()

        @collector.post("/v1/traces")
        async def take(request: Request) -> Response:
            assert request.headers["content-type"] == "application/x-protobuf"
            received.append(ExportTraceServiceRequest.FromString(await request.body()))
            return Response()

        async with listening(collector, "") as client:
            where: dict[str, Any] = {"otlp_endpoint": str(client.base_url), "trace_ratio": 1.0}
            settings = make_settings("toy", "postgresql://nobody", **where)
            tracing = tracing_of(settings, "worker")
            assert tracing is not None
            with tracing.tracer.start_as_current_span("kept", Context()):
                pass
            await tracing.close()

        (resource,) = received[0].resource_spans
        attributes = {each.key: each.value.string_value for each in resource.resource.attributes}
        assert attributes.items() >= {"service.name": "toy", "plexus.process": "worker"}.items()
        assert [span.name for each in resource.scope_spans for span in each.spans] == ["kept"]

    def test_is_off_without_an_address_or_with_telemetry_off(self) -> None:
        nowhere = make_settings("toy", "postgresql://nobody", otlp_endpoint=None)
        off = make_settings("toy", "postgresql://nobody", otlp_endpoint="http://127.0.0.1:1", telemetry=False)

        assert tracing_of(nowhere, "api") is None
        assert tracing_of(off, "api") is None

    def test_takes_the_standard_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")

        assert make_settings("toy", "postgresql://nobody").otlp_endpoint == "http://collector:4318"
