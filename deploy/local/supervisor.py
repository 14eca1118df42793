"""Start the parts as their needs allow, keep them running, stop them in reverse."""

import asyncio
import contextlib
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil

from deploy.local.logs import trim
from deploy.local.part import Part
from deploy.local.probes import NotReadyError, probe
from deploy.local.process import CommandFailedError, Launch, failure, kill_group, spawn, stop
from deploy.local.state import PartReport, StackReport, State

START_LIMIT = 180.0  # A crowded machine is slow, not broken.
FIRST_BACKOFF, LONGEST_BACKOFF = 0.2, 30.0
STEADY = 60.0
LOG_CHECK = 5.0
POLL = 0.05


class Supervisor:
    """Owns the processes of one stack; its report in the state folder is always current."""

    def __init__(self, state: State, parts: Sequence[Part], report: StackReport) -> None:
        """Describe the stack in the report; nothing starts yet."""
        self.state = state
        self.report = report
        self.parts = {part.name: part for part in parts}
        self._ready = {name: asyncio.Event() for name in self.parts}
        self._stopped = {name: asyncio.Event() for name in self.parts}
        self._processes: dict[str, Process] = {}
        self._watchers: list[asyncio.Task[None]] = []
        report.parts = [self._describe(part) for part in parts]
        self._reports = {entry.name: entry for entry in report.parts}

    def _describe(self, part: Part) -> PartReport:
        return PartReport(
            name=part.name,
            port=part.port,
            health=part.health or part.probe,
            log=str(self._log(part.name)),
            command=list(part.launch.command) if part.launch else [],
            environment=dict(part.launch.environment) if part.launch else {},
            hold=str(self.state.path / f"hold-{part.name}"),
        )

    def _log(self, name: str) -> Path:
        return self.state.logs / f"{name}.log"

    def say(self, phase: str) -> None:
        """Publish the phase of the whole stack."""
        self.report.phase = phase
        self.state.write(self.report)

    async def start(self) -> None:
        """Return when every part is ready; raise what the first failing part raised."""
        began = time.monotonic()
        self.say("starting")
        try:
            async with asyncio.TaskGroup() as group:
                for part in self.parts.values():
                    group.create_task(self._bring_up(part))
        except* (CommandFailedError, OSError) as errors:
            first = errors.exceptions[0]
            raise first from None
        self._watchers.append(asyncio.create_task(self._keep_logs_small()))
        self.report.start_seconds = round(time.monotonic() - began, 2)
        self.say("ready")

    async def _bring_up(self, part: Part) -> None:
        for need in part.needs:
            await self._ready[need].wait()
        began = time.monotonic()
        self._publish(part, "starting")
        await part.prepare()
        if part.launch:
            await self._launch(part, part.launch)
        self._reports[part.name].seconds = round(time.monotonic() - began, 2)
        self._publish(part, "done" if part.runs_once else "ready")
        self._ready[part.name].set()
        if part.launch and not part.runs_once:
            self._watchers.append(asyncio.create_task(self._watch(part, part.launch)))

    def _publish(self, part: Part, phase: str) -> None:
        entry = self._reports[part.name]
        entry.phase = phase
        process = self._processes.get(part.name)
        entry.pid = process.pid if process and process.returncode is None else None
        entry.created = psutil.Process(entry.pid).create_time() if entry.pid else None
        self.state.write(self.report)

    async def _launch(self, part: Part, launch: Launch) -> None:
        owner = {"PLEXUS_STATE": str(self.state.path), "PLEXUS_PART": part.name}
        marked = replace(launch, environment={**launch.environment, **owner})
        process = await spawn(marked, self._log(part.name))
        self._processes[part.name] = process
        self._publish(part, "starting")
        if part.runs_once:
            if await process.wait() != 0:
                raise CommandFailedError(self._failure(part, launch, process))
            return
        deadline = time.monotonic() + START_LIMIT
        while reason := await self._not_ready(part, launch, process):
            if time.monotonic() > deadline:
                late = f"{part.name} was not ready in {START_LIMIT:g} s ({reason})"
                raise CommandFailedError(f"{late}; see {self._log(part.name)}")
            await asyncio.sleep(POLL)

    async def _not_ready(self, part: Part, launch: Launch, process: Process) -> str | None:
        reason = None
        try:
            await probe(part.probe or "")
        except (OSError, NotReadyError) as error:
            reason = str(error) or type(error).__name__
        # Asked last: somebody else may answer on the port of a process that could not have it.
        if process.returncode is not None:
            raise CommandFailedError(self._failure(part, launch, process))
        return reason

    def _failure(self, part: Part, launch: Launch, process: Process) -> str:
        text = failure(launch.command, process.returncode, self._log(part.name))
        return f"{part.name}: {text}"

    async def _watch(self, part: Part, launch: Launch) -> None:
        backoff = FIRST_BACKOFF
        while True:
            began = time.monotonic()
            process = self._processes[part.name]
            code = await process.wait()
            kill_group(process.pid)
            self._note(part, f"ended with code {code}; restarting in {backoff:g} s")
            if time.monotonic() - began > STEADY:
                backoff = FIRST_BACKOFF
            await self._held_down(part, backoff)
            self._reports[part.name].restarts += 1
            backoff = min(backoff * 2, LONGEST_BACKOFF)
            await self._restart(part, launch)

    async def _held_down(self, part: Part, backoff: float) -> None:
        self._publish(part, "restarting")
        await asyncio.sleep(backoff)
        while Path(self._reports[part.name].hold).exists():
            await asyncio.sleep(POLL)

    async def _restart(self, part: Part, launch: Launch) -> None:
        try:
            await self._launch(part, launch)
            self._publish(part, "ready")
        except (CommandFailedError, OSError) as error:
            self._note(part, str(error))
            await stop(self._processes[part.name], launch)

    def _note(self, part: Part, text: str) -> None:
        with self._log(part.name).open("a") as log:
            log.write(f"[supervisor] {part.name} {text}\n")

    async def _keep_logs_small(self) -> None:
        while True:
            await asyncio.sleep(LOG_CHECK)
            for name in self.parts:
                await asyncio.to_thread(trim, self._log(name))

    async def stop(self) -> None:
        """Stop every part after those that need it; return when no process is left."""
        self.say("stopping")
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        await asyncio.gather(*(self._take_down(part) for part in self.parts.values()))

    async def _take_down(self, part: Part) -> None:
        for other in self.parts.values():
            if part.name in other.needs:
                await self._stopped[other.name].wait()
        if part.launch and (process := self._processes.get(part.name)):
            with contextlib.suppress(ProcessLookupError):
                await stop(process, part.launch)
        self._publish(part, "stopped")
        self._stopped[part.name].set()
