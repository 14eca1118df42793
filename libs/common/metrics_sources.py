"""What a process is asked at the scrape: the tables of its service, its broker, its own event loop."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from libs.common.bus import Bus, TopicPartition
from libs.common.consumer import Consumer
from libs.common.metrics import Gauge, Histogram, Labels, Samples
from libs.common.settings import Settings

if TYPE_CHECKING:
    from libs.common.metrics_page import Page

type Reader = Callable[[], Awaitable[dict[Gauge, Samples]]]

_ROWS = Gauge("plexus_outbox_rows", "Unsent rows of the outbox, counted up to 100,000")
_OLDEST = Gauge("plexus_outbox_oldest_seconds", "The age of the oldest unsent row; 0 when there is none")
_BLOCKED = Gauge(
    "plexus_outbox_blocked_keys", "Keys that wait for an operator because the broker refused a row"
)
_LAG = Gauge(
    "plexus_consumer_lag_records", "Records between a group's position and the log's end", ("group", "topic")
)
_PARKED = Gauge(
    "plexus_consumer_parked_keys",
    "Keys set aside now, by what frees them: an arrival or an operator",
    ("group", "waits_for"),
)
_POLLED = Gauge(
    "plexus_consumer_poll_age_seconds", "Since the last successful poll of the broker", ("group",)
)
_DUE = Gauge("plexus_timers_overdue", "Timers whose time has come and that were not called", ("kind",))
_LATE = Gauge("plexus_timers_overdue_seconds", "How late the oldest overdue timer is", ("kind",))
LOOP_LAG = Histogram(
    "plexus_event_loop_lag_seconds",
    "How much later than asked the event loop came back, looked at twice a second",
)

_LOOK = 0.5
# Counting stops where an operator does not care any more how many there are exactly.
_OUTBOX = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) AS counted),
       (SELECT extract(epoch FROM clock_timestamp() - recorded_at) FROM outbox ORDER BY id LIMIT 1),
       (SELECT count(*) FROM outbox_blocked_key)
"""
_PARKED_KEYS = 'SELECT "group", waits_for IS NULL, count(*) FROM parked_key GROUP BY 1, 2'
_OVERDUE = """
SELECT kind, count(*), extract(epoch FROM clock_timestamp() - min(at)) FROM due
WHERE at <= clock_timestamp() GROUP BY kind
"""
_POSITIONS = 'SELECT "group", topic, partition, position FROM consumer_offset WHERE "group" = ANY(:groups)'


def outbox(reading: AsyncEngine) -> Reader:
    """Return what reads how much waits to be sent."""

    async def read() -> dict[Gauge, Samples]:
        async with reading.connect() as connection:
            rows, oldest, blocked = (await connection.execute(text(_OUTBOX))).one()
        return {_ROWS: {(): rows}, _OLDEST: {(): float(oldest or 0)}, _BLOCKED: {(): blocked}}

    return read


def parked(reading: AsyncEngine, consumers: Mapping[str, Consumer]) -> Reader:
    """Return what reads how many keys are set aside; each running group is told of, with 0 too."""

    async def read() -> dict[Gauge, Samples]:
        found: dict[Labels, float] = {
            (group, waits_for): 0.0 for group in consumers for waits_for in ("arrival", "operator")
        }
        async with reading.connect() as connection:
            for group, by_hand, count in await connection.execute(text(_PARKED_KEYS)):
                found[group, "operator" if by_hand else "arrival"] = count
        return {_PARKED: found}

    return read


def timers(reading: AsyncEngine) -> Reader:
    """Return what reads which timers are late."""

    async def read() -> dict[Gauge, Samples]:
        async with reading.connect() as connection:
            rows = (await connection.execute(text(_OVERDUE))).all()
        late: Samples = {(kind,): float(seconds) for kind, _, seconds in rows}
        return {_DUE: {(kind,): count for kind, count, _ in rows}, _LATE: late}

    return read


def lag(reading: AsyncEngine, bus: Bus, consumers: Mapping[str, Consumer]) -> Reader:
    """Return what reads how far the running groups are behind, by their own positions and the log's ends.

    The whole group is told of, whoever holds a partition: one that nobody holds is behind as well.
    """

    async def read() -> dict[Gauge, Samples]:
        topics = {topic for each in consumers.values() for topic in each.group.topics}
        ends = await bus.ends(topics) if topics else {}
        found: defaultdict[Labels, float] = defaultdict(float)
        async with reading.connect() as connection:
            rows = await connection.execute(text(_POSITIONS), {"groups": sorted(consumers)})
            for group, topic, partition, position in rows:
                end = ends.get(TopicPartition(topic, partition))
                if end is not None and group in consumers:
                    found[group, topic] += max(0, end - position)
        return {_LAG: found}

    return read


def polls(consumers: Mapping[str, Consumer]) -> Reader:
    """Return what reads how long ago each consumer polled."""

    async def read() -> dict[Gauge, Samples]:
        ages: Samples = {(name,): each.clock.monotonic() - each.polled_at for name, each in consumers.items()}
        return {_POLLED: ages}

    return read


def new_page(settings: Settings, process: str) -> "Page | None":
    """Return a process' page of metrics, to be given its sources; None where telemetry is off.

    Only then is the library imported that writes the page.
    """
    if not settings.telemetry:
        return None
    module = import_module("libs.common.metrics_page")
    return cast("Page", module.Page({"service": settings.service, "process": process}))


async def watch_loop(stop: asyncio.Event) -> None:
    """Look twice a second how late the event loop is, until `stop`."""
    while True:
        began = perf_counter()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK)
            return
        LOOP_LAG.observe(max(0.0, perf_counter() - began - _LOOK))
