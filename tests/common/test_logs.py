"""The log: one JSON object a line, with its trace, and nothing of anybody's."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import Depends, Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import Message
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer
from libs.common.edge import Public, Router
from libs.common.envelope import Envelope
from libs.common.journal import Cause
from libs.common.logs import JsonFormatter, configure
from libs.common.memory import MemoryBroker
from libs.common.plan import Job, Plan
from libs.common.telemetry_context import CURRENT
from libs.common.testing import Scratch, make_settings, scratch
from libs.common.transaction import Transactions
from libs.common.worker import Worker
from libs.platform.app import create_app
from libs.platform.process import Platform
from services.customer.contacts.api import router as contacts
from tests.api import bearer, colleague, seed
from tests.chaos import toy
from tests.chaos.event_path.things import things
from tests.served import listening

TRACE = "0af7651916cd43dd8448eb211c80319c"
NAME, MAIL, PHONE, TOKEN = "Plantagenet", "planted@example.org", "13800138999", "plx_planted"
MARKERS = (NAME, MAIL, PHONE, TOKEN)
SECRET = f"{NAME} {MAIL} {PHONE} {TOKEN}"


@dataclass
class Lines:
    """What was logged meanwhile, as JSON."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def facts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [each for each in self.facts if each["logger"] == logger]


@contextmanager
def logged(process: str) -> Iterator[Lines]:
    """Hear what a process of ours logs."""
    lines, root = Lines(), logging.getLogger()
    handler, level = logging.StreamHandler(lines.stream), root.level
    handler.setFormatter(JsonFormatter("toy", process))
    # The test's own client is no part of it, and `configure` silences this log (see TestText).
    handler.addFilter(lambda record: record.name not in {"httpx", "uvicorn.access"})
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def broken() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise ValueError(SECRET) from KeyError(str(error))


class TestJson:
    def test_says_when_who_and_what(self) -> None:
        with logged("api") as lines:
            logging.getLogger("a.b").warning("%s of %d", "one", 2)

        (found,) = lines.of("a.b")
        assert (
            found.items()
            >= {
                "level": "warning",
                "service": "toy",
                "process": "api",
                "message": "one of 2",
            }.items()
        )
        assert found["time"].endswith("+00:00")

    def test_names_the_trace(self) -> None:
        token = CURRENT.set(f"00-{TRACE}-b7ad6b7169203331-01")
        with logged("api") as lines:
            logging.getLogger("a.b").info("within")
        CURRENT.reset(token)

        (found,) = lines.of("a.b")
        assert (found["trace_id"], found["span_id"]) == (TRACE, "b7ad6b7169203331")
        assert found["correlation_id"] == TRACE

    def test_tells_of_an_exception_its_classes_and_places_alone(self) -> None:
        with logged("api") as lines:
            try:
                broken()
            except ValueError:
                logging.getLogger("a.b").exception("it failed")

        (found,) = lines.of("a.b")
        assert found["error"] == "builtins.ValueError from builtins.KeyError"
        assert [each.rpartition(" ")[2] for each in found["frames"]][1:] == ["broken"]
        assert not any(marker in lines.text for marker in MARKERS)

    async def test_keeps_a_lost_task_to_itself(self) -> None:
        async def fail() -> None:
            raise ValueError(SECRET)

        with logged("api") as lines:
            task = asyncio.create_task(fail())
            await asyncio.wait([task])
            failed = task
            context = {"message": "Task exception was never retrieved", "exception": failed.exception()}
            asyncio.get_running_loop().call_exception_handler({**context, "task": failed})

        (found,) = lines.of("asyncio")
        assert (found["message"], found["error"]) == (
            "Task exception was never retrieved",
            "builtins.ValueError",
        )
        assert MAIL not in lines.text


class TestText:
    def test_tells_people_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        root, stream = logging.getLogger(), io.StringIO()
        monkeypatch.setattr(root, "handlers", [])
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setattr(root, "level", root.level)
        for name in ("uvicorn.access", "httpx"):
            monkeypatch.setattr(logging.getLogger(name), "disabled", False)

        configure(make_settings("toy", "postgresql://nobody"), "api")
        try:
            broken()
        except ValueError:
            logging.getLogger("a.b").exception("it %s", "failed")

        logging.getLogger("uvicorn.access").warning(MAIL)

        assert "ERROR a.b it failed\nbuiltins.ValueError" in stream.getvalue()
        assert MAIL not in stream.getvalue()


STATEMENTS = {
    "taken": "INSERT INTO epoch (number) SELECT 1 FROM generate_series(1, 2) WHERE CAST(:a AS text) <> ''",
    "malformed": "SELECT CAST(:a AS uuid)",
    "gone": "SELECT CAST(:a AS text), pg_terminate_backend(pg_backend_pid())",
}
router = Router("/planted")


@router.post("/{way}", dependencies=[Depends(Public("It only fails."))])
async def fail(request: Request, way: str) -> Response:
    """Fail in the way that the path says, with the body in the failure."""
    content = (await request.body()).decode()

    async def body(session: AsyncSession) -> None:
        await session.execute(text(STATEMENTS[way]), {"a": content})

    if way == "group":
        raise ExceptionGroup(content, [KeyError(content)])
    if way not in STATEMENTS:
        raise ValueError(content)
    await request.app.state.door.transactions.run(Cause("system", content), body)
    return Response()


@pytest.fixture(scope="module")
async def lent() -> AsyncIterator[Scratch]:
    async with scratch("customer") as fresh:
        await seed(fresh.database, colleague(1, {"contact:read": "all", "contact:create": "all"}))
        yield fresh


class TestApi:
    async def test_tells_nothing_of_anybody_however_a_request_fails(self, lent: Scratch) -> None:
        app = create_app(lent.settings, "services.customer", [contacts, router])
        answers: list[httpx.Response] = []
        with logged("api") as lines:
            async with listening(app) as client:
                answers = [
                    await client.post(f"/planted/{way}", content=SECRET)
                    for way in (*STATEMENTS, "group", "x")
                ]
                answers += [await client.request(*each[:2], **each[2]) for each in refused()]
                await garbage(client)

        assert [each.status_code for each in answers] == [
            409,
            500,
            500,
            500,
            500,
            401,
            404,
            422,
            422,
            400,
            400,
        ]
        assert len(lines.of("plexus.problems")) == 4
        assert {each["route"] for each in lines.of("plexus.request")} == {"/api/v1/planted/{way}"}
        assert all(each["trace_id"] for each in lines.of("plexus.problems"))
        assert not [marker for marker in MARKERS if marker in lines.text]


def refused() -> list[tuple[str, str, dict[str, Any]]]:
    """Requests with somebody's data in every part of them."""
    known = bearer(1) | {"Accept-Language": NAME, "User-Agent": SECRET}
    person = {"given_name": NAME, "email": MAIL, "phone": PHONE}
    return [
        ("GET", f"/contacts?email={MAIL}", {"headers": {"Authorization": f"Bearer {TOKEN}"}}),
        ("GET", f"/contacts/{MAIL}", {"headers": known}),
        ("POST", "/contacts", {"headers": known, "json": {**person, NAME: MAIL}}),
        ("POST", "/contacts", {"headers": known, "content": f'{{"email": "{MAIL}"'}),
        ("POST", "/contacts", {"headers": known | {"Idempotency-Key": NAME * 99}, "json": person}),
        ("GET", f"/contacts?sort={NAME}&{MAIL}={PHONE}", {"headers": known}),
    ]


async def garbage(client: httpx.AsyncClient) -> None:
    """Say something that is no HTTP."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(f"{SECRET}\r\n\r\n".encode())
    await reader.read()
    writer.close()


class TestWorker:
    async def test_tells_nothing_of_anybody_whatever_it_reads(self) -> None:
        broken = iter([ValueError(SECRET), KeyError(SECRET), OSError(SECRET)])

        async def before(envelope: Envelope) -> None:
            error = next(broken, None)
            if error is not None:
                raise error

        async with things(MemoryBroker(SystemClock())) as toys:
            toys.ledger.before = before
            poison = (b"{" + SECRET.encode(), b'{"step": "%s"}' % SECRET.encode(), SECRET.encode("utf-16"))
            await toys.send_range(1, 1)
            await toys.send(*(toy.message(UUID(int=n), 1, value) for n, value in enumerate(poison, 1)))
            await toys.send(Message(toys.topic, SECRET.encode(), b"{}", ((MAIL, b"1"),)))
            with logged("worker") as lines:
                consumer = Consumer(toys.group, toys.bus, toys.inbox(), SystemClock(), "one")
                for _ in range(4):
                    await consumer.step()
            parked = await toys.rows("SELECT reason FROM parked_key")

        assert len(parked) == 6
        assert len([each for each in lines.facts if " parked a key of " in each["message"]]) == 6
        assert not [marker for marker in MARKERS if marker in lines.text]

    async def test_tells_nothing_of_anybody_whatever_it_does_by_itself(self, lent: Scratch) -> None:
        ran = asyncio.Event()

        async def work(session: AsyncSession) -> None:
            await session.execute(text(STATEMENTS["malformed"]), {"a": SECRET})

        async def loop(_: Transactions, stop: asyncio.Event) -> None:
            ran.set()
            raise ValueError(SECRET)

        plan = Plan(lent.settings, "services.customer", jobs=(Job("planted", 60.0, work),), loops=(loop,))
        worker = Worker(plan, Platform)
        with logged("worker") as lines:
            running = asyncio.create_task(worker._jobs())  # noqa: SLF001 - run() would take the test's signals
            async with asyncio.timeout(60):
                while not (ran.is_set() and lines.of("libs.common.worker")[1:]):
                    await asyncio.sleep(0.02)
            worker.stop.set()
            running.cancel()
            await asyncio.wait([running])
            await worker.database.close()

        said = sorted(each["message"].partition(":")[0] for each in lines.of("libs.common.worker"))
        assert {"job planted", f"loop {__name__}"} <= set(said)
        assert not [marker for marker in MARKERS if marker in lines.text]
