"""The worker process: relay, consumers and jobs, together or alone (`--only`), and its health port."""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import uvicorn
import uvloop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.routing import Route

from libs.common import garbage
from libs.common.answers import forget_old
from libs.common.beside import run_beside, until_gone
from libs.common.clock import SystemClock
from libs.common.consumer import Consumer, Group
from libs.common.db import Database
from libs.common.due import Alarm
from libs.common.group import UNHURRIED
from libs.common.group_metrics import DEAD_LETTERS, PARKED
from libs.common.handlers import HandlerApplier, starting_offsets
from libs.common.health import Health
from libs.common.heartbeat import beating, read_heartbeats
from libs.common.hints import OUTBOX
from libs.common.inbox_postgres import PostgresInbox
from libs.common.journal import Cause
from libs.common.kafka import KafkaBus
from libs.common.logs import configure
from libs.common.metrics import Counter, Gauge, Samples
from libs.common.metrics_pool import read_pool
from libs.common.metrics_sources import lag, new_page, outbox, parked, polls, timers, watch_loop
from libs.common.outbox import PostgresOutbox
from libs.common.plan import Job, Loop, Plan, Work
from libs.common.projection import versions
from libs.common.relay import Relay
from libs.common.settings import Settings
from libs.common.telemetry import tracing_of
from libs.common.transaction import Transactions

log = logging.getLogger(__name__)
_JOB_RUNS = Counter("plexus_job_runs_total", "Turns of the jobs by outcome", ("name", "outcome"))
_LOOP_FAILURES = Counter(
    "plexus_loop_failures_total", "How often a loop broke and was begun again", ("loop",)
)
FORGETTING = Job("forget-answers", 600.0, forget_old)
_LOOK = 1.0
_STALE = 30.0


class Attached(Protocol):
    """What the platform adds to a process: its transactions, and what keeps them up to date."""

    transactions: Transactions

    async def begin(self) -> None:
        """Read once what must be known before anything runs."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Keep up until `stop`."""
        ...

    async def read_metrics(self) -> dict[Gauge, Samples]:
        """Return what it tells of itself on the page of metrics."""
        ...


type Attach = Callable[[Settings, Database], Attached]
type Address = tuple[str, int]


@dataclass
class Worker:
    """Everything that runs in one worker process."""

    plan: Plan
    attach: Attach
    # To the process beside this one, if there is one: the two end together.
    line: socket.socket | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    clock: SystemClock = field(default_factory=SystemClock)
    consumers: dict[str, Consumer] = field(default_factory=dict)
    behind: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Open what the parts share; nothing connects yet."""
        self.database = Database.connect(self.plan.settings)
        self.bus = KafkaBus(self.plan.settings)
        self.attached = self.attach(self.plan.settings, self.database)
        self.transactions = self.attached.transactions
        self.tracing = tracing_of(self.plan.settings, "worker")
        if self.tracing is not None:
            self.transactions = self.tracing.transactions(self.transactions)
        self.inbox = PostgresInbox(self.transactions)

    async def run(self, only: str | None, address: Address | None) -> None:
        """Run until SIGTERM or SIGINT; a part that dies ends the process, to be started again."""
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, self.stop.set)
        parts = {"relay": self._relay, "consumer": self._consume, "jobs": self._jobs}
        wanted = list(parts.values()) if only is None else [parts.get(only, self._heavy)]
        await self.attached.begin()
        garbage.settle()
        try:
            async with asyncio.TaskGroup() as group:
                for part in wanted:
                    group.create_task(part())
                group.create_task(self.attached.run(self.stop))
                if self.plan.settings.telemetry:
                    group.create_task(watch_loop(self.stop))
                if address is not None:
                    group.create_task(self._serve(address))
                if self.line is not None:
                    group.create_task(self._end_together(self.line))
        finally:
            await self.bus.close()
            await self.database.close()
            if self.tracing is not None:
                await self.tracing.close()

    async def _relay(self) -> None:
        settings = self.plan.settings
        store = PostgresOutbox(settings.database_url)
        producers = self.tracing.producers(self.bus) if self.tracing else self.bus
        ear = self.database.hints.ear(OUTBOX)
        await Relay(store, producers, self.clock, settings.transaction_timeout, ear.wait).run(self.stop)
        await ear.close()

    async def _consume(self) -> None:
        """Keep one consumer per group, and follow versions of read models as they come and go."""
        tasks: dict[str, asyncio.Task[None]] = {}
        stops: dict[str, asyncio.Event] = {}
        while not self.stop.is_set():
            wanted = {group.name: group for group in await self._groups()}
            for name in wanted.keys() - tasks.keys():
                stops[name] = asyncio.Event()
                tasks[name] = asyncio.create_task(self._consumer(wanted[name]).run(stops[name]))
            for name in tasks.keys() - wanted.keys():
                stops.pop(name).set()
                await tasks.pop(name)
                self.consumers.pop(name)
            _raise_failure(tasks.values())
            await _until(self.stop.wait(), _LOOK)
        for each in stops.values():
            each.set()
        await asyncio.gather(*tasks.values())

    async def _groups(self) -> list[Group]:
        """Return the groups that are to run now."""
        groups = list(self.plan.replicas)
        if self.plan.handlers:
            applier = HandlerApplier(self.plan.handlers, await starting_offsets(self.database))
            name, topics = self.plan.commands_group, self.plan.command_topics
            groups.append(Group(name, topics, applier, self.plan.batch, heeds=applier.heeds, pace=UNHURRIED))
        if self.plan.projections:
            async with self.database.reading.connect() as connection:
                kept = await versions(connection, self.plan.settings.service, self.plan.projections)
            groups += [each.group for each in kept]
        return groups

    def _consumer(self, group: Group) -> Consumer:
        slot = self.plan.settings.slot
        consumer = Consumer(group, self.bus, self.inbox, self.clock, slot, behind=self.behind)
        consumer.polled_at = self.clock.monotonic()
        if self.tracing is not None:
            consumer.watch = self.tracing.applying
        self.consumers[group.name] = consumer
        for each in (DEAD_LETTERS, PARKED):
            # What begins at 0 shows its first increase.
            each.add(group.name, by=0)
        return consumer

    async def _jobs(self) -> None:
        async with asyncio.TaskGroup() as group:
            settings = self.plan.settings
            beats = (beating(settings.service),) if settings.telemetry else ()
            for job in (FORGETTING, *beats, *self.plan.jobs):
                group.create_task(self._job(job))
            for loop in self.plan.loops:
                group.create_task(self._loop(loop))
            if self.plan.timers:
                group.create_task(Alarm(self.plan.timers, self.transactions).run(self.stop))

    async def _heavy(self) -> None:
        async with asyncio.TaskGroup() as group:
            for loop in self.plan.heavy:
                group.create_task(self._loop(loop))

    async def _end_together(self, line: socket.socket) -> None:
        """Stop when the other process has; the worker is then started again as a whole."""
        gone = asyncio.create_task(until_gone(line))
        stopped = asyncio.create_task(self.stop.wait())
        await asyncio.wait((gone, stopped), return_when=asyncio.FIRST_COMPLETED)
        self.stop.set()
        gone.cancel()

    async def _loop(self, loop: Loop) -> None:
        """Run one loop until the worker stops; one that breaks is begun again after a second."""
        while not self.stop.is_set():
            try:
                await loop(self.transactions, self.stop)
            except Exception as error:  # noqa: BLE001 - what a loop waits on may be away for hours
                _LOOP_FAILURES.add(loop.__module__)
                log.warning("loop %s: %s", loop.__module__, type(error).__name__)
                await _until(self.stop.wait(), _LOOK)

    async def _job(self, job: Job) -> None:
        """Run one job over and over; a failure is logged and tried again at the next turn."""
        while not self.stop.is_set():
            try:
                await self.transactions.run(Cause("system", f"job-{job.name}"), _exclusive(job))
                _JOB_RUNS.add(job.name, "done")
            except Exception as error:  # noqa: BLE001 - one bad turn must not end the job
                _JOB_RUNS.add(job.name, "failed")
                log.warning("job %s: %s", job.name, type(error).__name__)
            await _until(self.stop.wait(), job.every)

    async def _serve(self, address: Address) -> None:
        """Answer health questions until the worker stops."""
        health = Health(live={"polling": self._polling}, startup={"database": self._database_answers})
        health.ready = health.startup
        app = Starlette(routes=[*health.routes(), *self._metrics()])
        host, port = address
        config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False)
        server = uvicorn.Server(config)
        with contextlib.suppress(asyncio.CancelledError):
            task = asyncio.create_task(server._serve())  # noqa: SLF001 - `serve` would take our signal handlers
            await self.stop.wait()
            server.should_exit = True
            await task

    def _metrics(self) -> list[Route]:
        """Return the page of metrics, of all that this process may run; none where telemetry is off."""
        page = new_page(self.plan.settings, "worker")
        if page is None:
            return []
        reading, consumers = self.database.reading, self.consumers
        page.sources |= {
            "pool": partial(read_pool, self.database.engine),
            "outbox": outbox(reading),
            "parked": parked(reading, consumers),
            "lag": lag(reading, self.bus, consumers),
            "polls": polls(consumers),
            "timers": timers(reading),
            "heartbeats": partial(read_heartbeats, self.clock),
            "attached": self.attached.read_metrics,
        }
        return [page.route()]

    async def _polling(self) -> bool:
        """Return whether every consumer has polled within the last half minute."""
        now = self.clock.monotonic()
        return all(now - each.polled_at < _STALE for each in self.consumers.values())

    async def _database_answers(self) -> bool:
        async with self.database.reading.connect() as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar_one())


def _exclusive(job: Job) -> Work:
    """Return the job's body under a lock that one process holds at a time."""

    async def body(session: AsyncSession) -> None:
        sql = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 7305))")
        if (await session.execute(sql, {"name": f"job {job.name}"})).scalar_one():
            await job.work(session)

    return body


def _raise_failure(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done() and (error := task.exception()):
            raise error


async def _until(wait: Awaitable[object], seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(wait, seconds)


def run_worker(plan: Plan, attach: Attach) -> None:
    """Parse `--only relay|consumer|jobs` and `--port N`, and run until a signal.

    What is heavy goes with the jobs, in a process of its own.
    """
    parser = argparse.ArgumentParser(description=f"The {plan.settings.service} worker.")
    parser.add_argument("--only", choices=("relay", "consumer", "jobs"))
    parser.add_argument("--host", default="127.0.0.1", help="of the port")
    parser.add_argument("--port", type=int, help="for health and metrics")
    options = parser.parse_args()
    configure(plan.settings, "worker")

    address = None if options.port is None else (options.host, options.port)

    def run(only: str | None, address: Address | None, line: socket.socket | None = None) -> None:
        uvloop.run(Worker(plan, attach, line).run(only, address))

    if plan.heavy and options.only in {None, "jobs"}:
        run_beside(partial(run, options.only, address), partial(run, "heavy", None))
    else:
        run(options.only, address)
