"""The way of events: a filled outbox drained by the relay, the backlog folded, a model built anew."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg
import orjson

from deploy.local.places import ROOT
from libs.common.bus import Message
from libs.common.envelope import wire
from libs.common.ids import new_id
from libs.common.kafka import KafkaBus
from libs.common.settings import Settings
from tests.load import bare_events
from tests.load.bench.history import TOPIC, Fact, opportunities, steps
from tests.load.bench.people import People
from tests.load.bench.platform import DATABASE, Platform
from tests.load.bench.report import Report

POLL, PATIENCE, IN_FLIGHT = 0.02, 900.0, 5_000
FUNNEL = "analytics.funnel."
_LEFT = "SELECT min(id) AS first, max(id) AS last FROM outbox"
_POSITIONS = 'SELECT "group", sum(position)::bigint FROM consumer_offset WHERE topic = $1 GROUP BY 1'


@dataclass(frozen=True, slots=True)
class Backlog:
    """How fast each group of analytics took a backlog in, and all of them together; events a second."""

    groups: Mapping[str, float]
    together: float


@dataclass(frozen=True, slots=True)
class EventPath:
    """Measures relay, projections and rebuild of one stack; opportunities' rows are those of sales."""

    platform: Platform
    people: People
    report: Report

    def live(self, count: int, times: int) -> None:
        """Drain outboxes and fold what came out of them, a share of all opportunities at a time."""
        rows = asyncio.run(opportunities(self.platform.database("sales"), count))
        share = len(rows) // times
        relayed: list[float] = []
        sent: list[float] = []
        backlogs: list[Backlog] = []
        self.platform.hold("sales-worker", "analytics-worker")
        for turn in range(times):
            facts = list(steps(rows[turn * share : (turn + 1) * share], self.people, 1, 1))
            asyncio.run(fill(self.platform.database("sales"), facts))
            sent.append(
                asyncio.run(bare_events.send(self._broker, f"bench.bare.{new_id()}", map(plain, facts)))
            )
            with worker(self.platform, "sales", "relay"):
                relayed.append(asyncio.run(drained(self.platform.database("sales"))))
            with worker(self.platform, "analytics", "consumer"):
                backlogs.append(asyncio.run(folded(self.platform.database("analytics"), share)))
        self.platform.release("sales-worker", "analytics-worker")
        funnel = [rate for each in backlogs for name, rate in each.groups.items() if name.startswith(FUNNEL)]
        together = [each.together for each in backlogs]
        beside = "a bare producer"
        self.report.add("relay", "events/s", relayed, reference=sent, what=beside, events=share)
        self.report.add("projection live: the funnel, beside the others", "events/s", funnel, events=share)
        names = f"projection live: all {len(backlogs[0].groups)} groups of the worker"
        self.report.add(names, "events/s", together, events=share)

    def rebuild(self, count: int, total: int, times: int) -> None:
        """Lengthen the log to `total` events, let the funnel follow alone, then build it anew."""
        rows = asyncio.run(opportunities(self.platform.database("sales"), count))
        last = -(-total // len(rows))
        self.platform.hold("sales-worker", "analytics-worker")
        topic, more = f"bench.bare.{new_id()}", len(rows) * (last - 1)
        asyncio.run(produce(self.platform, steps(rows, self.people, 2, last)))
        later = map(plain, steps(rows, self.people, 2, last))
        asyncio.run(bare_events.send(self._broker, topic, later))
        database = self.platform.database("analytics")
        with worker(self.platform, "analytics", "consumer", module="tests.load.bench.funnel_worker"):
            alone = asyncio.run(folded(database, more, FUNNEL))
        events = asyncio.run(positions(database))
        length = max(at for name, at in events.items() if name.startswith(FUNNEL))
        rates: list[float] = []
        bare: list[float] = []
        for _ in range(times):
            rates.append(length / self._rebuilt())
            bare.append(asyncio.run(self._folded_bare(topic, more)))
        named, beside = "projection live: the funnel alone", "a bare fold"
        self.report.add(named, "events/s", [alone.together], reference=bare, what=beside)
        self.report.add("rebuild", "events/s", rates, reference=bare, what=beside, events=length)
        self.report.sample("events rebuilt", length)

    @property
    def _broker(self) -> str:
        return self.platform.part("sales-worker").environment["PLEXUS_KAFKA_BOOTSTRAP"]

    async def _folded_bare(self, topic: str, count: int) -> float:
        return await bare_events.fold(self._broker, topic, self.platform.superuser(DATABASE), count)

    def _rebuilt(self) -> float:
        """Seconds of one rebuild, from the start of its process to the swap."""
        began = time.monotonic()
        command = (sys.executable, "-m", "libs.common.rebuild", "services.analytics", "funnel")
        environment = own(self.platform, "analytics") | {"PLEXUS_SLOT": "rebuild"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began


def plain(fact: Fact) -> bare_events.Sent:
    """An event as the reference sends it."""
    return fact.key.encode(), fact.value, [(name, each.encode()) for name, each in fact.headers.items()]


def own(platform: Platform, service: str) -> dict[str, str]:
    return {**os.environ, **platform.part(f"{service}-worker").environment}


@contextmanager
def worker(platform: Platform, service: str, only: str, module: str | None = None) -> Iterator[None]:
    """Run a part of a service's worker while the stack's own is held."""
    command = (sys.executable, "-m", module or f"services.{service}.worker", "--only", only)
    with (platform.folder / f"{service}-{only}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=own(platform, service), stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def fill(url: str, facts: Iterable[Fact]) -> None:
    """Put events into an outbox."""
    connection = await asyncpg.connect(url)
    try:
        # A jsonb is sent in binary as a text behind its version.
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", format="binary", encoder=_jsonb, decoder=bytes
        )
        rows = ((TOPIC, each.key, each.headers, each.value) for each in facts)
        columns = ("topic", "key", "headers", "value")
        await connection.copy_records_to_table("outbox", records=rows, columns=columns)
    finally:
        await connection.close()


async def drained(url: str) -> float:
    """Rows a second, from the last look at all of them to the first look at none."""
    connection = await asyncpg.connect(url)
    try:
        first, last = await _left(connection)
        if first is None or last is None:
            raise ValueError("the outbox was empty")
        looked = deadline = time.monotonic()
        began, at = None, first
        while time.monotonic() < deadline + PATIENCE:
            left, _ = await _left(connection)
            if began is None and left != at:
                began = looked
            if left is None and began is not None:
                return (last - first + 1) / (time.monotonic() - began)
            looked = time.monotonic()
            await asyncio.sleep(POLL)
    finally:
        await connection.close()
    raise TimeoutError("the outbox was not drained")


async def _left(connection: "asyncpg.Connection[asyncpg.Record]") -> tuple[int | None, int | None]:
    row = await connection.fetchrow(_LEFT)
    return (row["first"], row["last"]) if row else (None, None)


async def folded(url: str, count: int, prefix: str = "") -> Backlog:
    """Events a second of each group that follows the topic, from its last look at the old place on."""
    connection = await asyncpg.connect(url)
    try:
        start = await _at(connection, prefix)
        began: dict[str, float] = {}
        rates: dict[str, float] = {}
        looked, deadline = time.monotonic(), time.monotonic() + PATIENCE
        while rates.keys() != start.keys():
            if time.monotonic() > deadline:
                raise TimeoutError(f"still folding: {start.keys() - rates.keys()}")
            now = await _at(connection, prefix)
            for name in (name for name in start if name not in rates and now[name] > start[name]):
                since = began.setdefault(name, looked)
                if now[name] >= start[name] + count:
                    rates[name] = count / (time.monotonic() - since)
            looked = time.monotonic()
            await asyncio.sleep(POLL)
        return Backlog(rates, count / (time.monotonic() - min(began.values())))
    finally:
        await connection.close()


async def positions(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        return await _at(connection, "")
    finally:
        await connection.close()


async def _at(connection: "asyncpg.Connection[asyncpg.Record]", prefix: str) -> dict[str, int]:
    rows = await connection.fetch(_POSITIONS, TOPIC)
    return {group: at for group, at in rows if group.startswith(prefix)}


async def produce(platform: Platform, facts: Iterable[Fact]) -> None:
    """Send events past any outbox."""
    environment = own(platform, "sales")
    names = ("database_url", "kafka_bootstrap", "kek_file")
    given = {name: environment[f"PLEXUS_{name.upper()}"] for name in names}
    bus = KafkaBus(Settings.model_validate({"service": "sales", **given}))
    producer, waiting = await bus.producer(), []
    try:
        for each in facts:
            message = Message(TOPIC, each.key.encode(), each.value, wire(each.headers))
            waiting.append(await producer.send(message))
            if len(waiting) == IN_FLIGHT:
                await asyncio.gather(*waiting)
                waiting = []
        await asyncio.gather(*waiting)
    finally:
        await producer.close()
        await bus.close()


def _jsonb(value: dict[str, str]) -> bytes:
    return b"\x01" + orjson.dumps(value)
