"""From `pip install` to the first typed event, by each of the three ways, as the SDK's README tells it."""

import asyncio
import os
import re
import socket
import subprocess
import venv
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from plexus_crm import AsyncClient, Client, Event, Receiver, StaleVersion, UnknownEvent, Webhook, is_sealed
from plexus_crm.events import LeadCaptured, LeadRevised
from plexus_crm.feed import AsyncStream
from plexus_crm.kafka import KafkaEvents

from deploy.local.places import ROOT
from tests.e2e.stack import Stack, expect

PACKAGE = ROOT / "sdk" / "python"
FIRST_EVENT_SECONDS = 90
SCOPES = ["event:read", "lead:read", "lead:create", "lead:update", "webhook:create", "webhook:read"]

type Cause = Callable[[], Awaitable[str]]


@pytest.fixture
async def key(administrator: httpx.AsyncClient) -> str:
    """An API key with the least an integrator of sales needs."""
    body = {"name": f"Integrator {uuid4().hex[:6]}", "scopes": SCOPES}
    return str(expect(await administrator.post("/api-keys", json=body), 201)["secret"])


@pytest.fixture
async def crm(stack: Stack, key: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base(stack), api_key=key, ca_file=stack.ca_file) as client:
        yield client


def base(stack: Stack) -> str:
    return stack.url.removesuffix("/api/v1")


async def capture(crm: AsyncClient) -> str:
    """Cause an event."""
    lead = await crm.leads.create(family_name="Integrator", company_name="Lantern", email="i@example.com")
    return str(lead.id)


async def first(events: Any, key: str) -> Event:
    """The first event of this record."""
    async with asyncio.timeout(FIRST_EVENT_SECONDS):
        async for event in events:
            if event.key == key:
                found: Event = event
                return found
    raise AssertionError("the events ended")


async def opened(crm: AsyncClient, types: list[Any]) -> AsyncStream:
    """A stream that stands somewhere; one that was never opened would begin behind what is quick."""
    stream = crm.stream(types)

    async def read() -> None:
        async for _ in stream:
            return

    reading = asyncio.create_task(read())
    async with asyncio.timeout(FIRST_EVENT_SECONDS):
        while not reading.done():
            await capture(crm)
            await asyncio.wait([reading], timeout=0.5)
    return stream


class TestReadme:
    async def test_leads_to_the_first_typed_event(
        self, stack: Stack, crm: AsyncClient, key: str, tmp_path: Path
    ) -> None:
        python = await asyncio.to_thread(installed, tmp_path / "venv")
        program = tmp_path / "first.py"
        program.write_text(example(base(stack), key, stack.ca_file), "utf-8")

        async with running(python, program) as process:
            line = await caused(lambda: capture(crm), process)

        assert re.fullmatch(r"\d{4}-\d\d-\d\d \S+ LeadCaptured [0-9a-f-]{36}\n", line), line

    def test_takes_ten_lines_at_most(self) -> None:
        lines = [line for line in example("url", "key", "ca").splitlines() if line.strip()]

        assert len(lines) + 1 <= 10


def example(url: str, key: str, ca_file: str) -> str:
    """The README's first program, for this stack; it flushes, since its reader is a pipe."""
    text = (PACKAGE / "README.md").read_text("utf-8")
    found = re.search(r"## The first event\n\n```python\n(.+?)```", text, re.DOTALL)
    assert found
    code = found[1]
    for said, here in (("https://localhost:8443", url), ("plx_…", key), ("ca.pem", ca_file)):
        assert said in code
        code = code.replace(said, here)
    return code


def installed(folder: Path) -> Path:
    """The Python of a fresh environment that has the SDK and nothing else of ours."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(PACKAGE))
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode != 0 and not os.environ.get("CI"):
        pytest.skip(f"Left out: the SDK in an environment of its own, for pip cannot: {done.stderr[-800:]}")
    assert done.returncode == 0, done.stderr
    return python


@asynccontextmanager
async def running(python: Path, program: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = await asyncio.create_subprocess_exec(
        str(python), "-u", str(program), cwd=program.parent, env=clean, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def caused(cause: Cause, process: asyncio.subprocess.Process) -> str:
    """The program's first line; what it prints is caused over and over, until it listens."""
    assert process.stdout
    reading = asyncio.create_task(process.stdout.readline())
    async with asyncio.timeout(FIRST_EVENT_SECONDS):
        while not reading.done():
            await cause()
            await asyncio.wait([reading], timeout=0.5)
    return reading.result().decode()


class TestClient:
    async def test_does_what_the_api_does(self, crm: AsyncClient) -> None:
        made = await crm.leads.create(family_name="李", company_name=f"Lantern {uuid4().hex[:6]}")

        again = await crm.leads.update(made.id, version=made.version, title="CTO")
        with pytest.raises(StaleVersion):
            await crm.leads.update(made.id, version=made.version, title="CEO")
        listed = crm.leads.list(company_name=made.company_name or "")

        assert [lead.id async for lead in listed] == [made.id]
        assert (again.title, (await crm.leads.get(made.id)).version) == ("CTO", again.version)

    def test_is_the_same_in_threads(self, stack: Stack, key: str) -> None:
        with Client(base(stack), api_key=key, ca_file=stack.ca_file) as crm:
            made = crm.leads.create(family_name="Integrator", company_name="Lantern")
            total = crm.leads.list(id__in=[made.id]).total()

        assert total is not None
        assert total.count == 1


class TestStream:
    async def test_brings_an_event_with_what_its_reader_may_see(self, crm: AsyncClient) -> None:
        stream = await opened(crm, [LeadCaptured, LeadRevised])
        lead = await capture(crm)

        event = await first(stream, lead)

        assert isinstance(event, LeadCaptured)
        assert event.state.email == "i@example.com"
        assert event.envelope.sequence == 1

    async def test_goes_on_where_it_was_left(self, crm: AsyncClient) -> None:
        stream = await opened(crm, ["sales.lead.*"])
        lead = await capture(crm)
        await first(stream, lead)
        left = {lead, await capture(crm), await capture(crm)}

        again = crm.stream(["sales.lead.*"], cursor=stream.cursor)

        # Records have an order each, and none among them.
        async with asyncio.timeout(FIRST_EVENT_SECONDS):
            async for event in again:
                left.discard(event.key)
                if not left:
                    break
        assert not left


class TestFeed:
    async def test_asks_to_the_end(self, crm: AsyncClient) -> None:
        lead = await capture(crm)

        event = await first(crm.feed([LeadCaptured], wait=0.2), lead)

        assert isinstance(event, LeadCaptured)
        assert event.state.family_name == "Integrator"


class TestKafka:
    async def test_brings_an_event_with_what_is_personal_sealed(self, stack: Stack, crm: AsyncClient) -> None:
        bootstrap = stack.environment("sales-worker")["PLEXUS_KAFKA_BOOTSTRAP"]
        lead = await capture(crm)

        async with KafkaEvents(bootstrap, group=f"sdk-{uuid4().hex}", types=[LeadCaptured]) as events:
            event = await first(events, lead)

        assert isinstance(event, LeadCaptured)
        assert event.state.company_name == "Lantern"
        assert is_sealed(event.state.family_name)

    async def test_reads_every_topic(self, stack: Stack, crm: AsyncClient) -> None:
        bootstrap = stack.environment("sales-worker")["PLEXUS_KAFKA_BOOTSTRAP"]
        lead = await capture(crm)

        async with KafkaEvents(bootstrap, group=f"sdk-{uuid4().hex}") as events:
            event = await first(events, lead)

        assert not isinstance(event, UnknownEvent)


class TestWebhook:
    async def test_delivers_a_signed_event(self, crm: AsyncClient) -> None:
        got: asyncio.Queue[Event] = asyncio.Queue()
        secrets: list[str] = []

        async def receive(scope: Any, receive: Any, send: Any) -> None:
            await Receiver(Webhook(*secrets), got.put)(scope, receive, send)

        async with serving(receive) as url:
            made = await crm.webhooks.create(url=url, types=["sales.lead.captured.v1"])
            secrets.append(made.secret)
            lead = await capture(crm)
            async with asyncio.timeout(FIRST_EVENT_SECONDS):
                while (event := await got.get()).key != lead:
                    pass

        assert isinstance(event, LeadCaptured)
        assert event.state.email == "i@example.com"


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """An application on a port of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    finally:
        server.should_exit = True
        await task
        listener.close()
