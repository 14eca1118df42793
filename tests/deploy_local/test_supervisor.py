"""The supervisor alone, over small real processes."""

import os
import signal
import sys
from pathlib import Path

import pytest

from deploy.local.leftovers import find
from deploy.local.part import Part
from deploy.local.ports import Ports
from deploy.local.process import CommandFailedError, Launch
from deploy.local.state import PartReport, StackReport, State
from deploy.local.supervisor import Supervisor
from deploy.local.valkey import valkey
from tests.deploy_local.waiting import eventually_async

SERVE = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]


def web(name: str, port: int, needs: tuple[str, ...] = ()) -> Part:
    launch = Launch((*SERVE, str(port)))
    return Part(name, launch, port=port, probe=f"http://127.0.0.1:{port}/", needs=needs)


def step(name: str, source: str) -> Part:
    return Part(name, Launch((sys.executable, "-c", source)))


def supervisor_of(state: State, *parts: Part) -> Supervisor:
    return Supervisor(state, parts, StackReport(supervisor=os.getpid()))


def report_of(state: State, name: str) -> PartReport:
    return next(part for part in state.read().parts if part.name == name)


class TestStart:
    async def test_waits_for_what_a_part_needs(self, state: State, folder: Path) -> None:
        mark = folder / "mark"
        ports = Ports()
        needy = valkey(state.path, ports.take("valkey", 29000))
        first = step("first", f"import pathlib, time; time.sleep(0.3); pathlib.Path({str(mark)!r}).touch()")
        seen: list[bool] = []

        async def look() -> None:
            seen.append(mark.exists())

        supervisor = supervisor_of(
            state, Part(needy.name, needy.launch, needy.port, needy.probe, None, look, ("first",)), first
        )
        await supervisor.start()
        await supervisor.stop()

        assert seen == [True]
        assert find(state) == {}

    async def test_says_why_a_step_failed_and_keeps_nothing_running(self, state: State) -> None:
        server = valkey(state.path, Ports().take("valkey", 29000))
        supervisor = supervisor_of(state, server, step("migrate", "raise SystemExit('no such table')"))

        with pytest.raises(CommandFailedError, match=r"(?s)migrate: .*code 1.*no such table"):
            await supervisor.start()
        await supervisor.stop()

        assert find(state) == {}


class TestWatch:
    async def test_restarts_a_killed_part_and_waits_while_it_is_held(self, state: State) -> None:
        supervisor = supervisor_of(state, valkey(state.path, Ports().take("valkey", 29000)))
        await supervisor.start()
        before = report_of(state, "valkey")
        assert before.pid
        hold = Path(before.hold)
        hold.touch()

        os.kill(before.pid, signal.SIGKILL)

        await eventually_async(lambda: report_of(state, "valkey").phase == "restarting")
        hold.unlink()
        await eventually_async(lambda: report_of(state, "valkey").phase == "ready")
        after = report_of(state, "valkey")
        await supervisor.stop()
        assert (after.restarts, after.port) == (1, before.port)
        assert after.pid != before.pid


class TestStop:
    async def test_stops_a_part_before_what_it_needs(self, state: State) -> None:
        ports = Ports()
        below = web("below", ports.take("below", 29000))
        above = web("above", ports.take("above", 29000), needs=("below",))
        supervisor = supervisor_of(state, below, above)
        await supervisor.start()
        order: list[str] = []
        write = state.write

        def record(report: StackReport) -> None:
            order.extend(p.name for p in report.parts if p.phase == "stopped" and p.name not in order)
            write(report)

        state.write = record  # type: ignore[method-assign]
        await supervisor.stop()

        assert order == ["above", "below"]

    async def test_kills_what_ignores_the_signal(self, state: State) -> None:
        port = Ports().take("deaf", 29000)
        deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
        listen = f"import http.server as h; h.test(h.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"
        serve = f"{deaf}; {listen}"
        launch = Launch((sys.executable, "-c", serve), grace=0.2)
        supervisor = supervisor_of(state, Part("deaf", launch, port, f"http://127.0.0.1:{port}/"))
        await supervisor.start()

        await supervisor.stop()

        assert find(state) == {}
