"""The whole stack, started, hurt and stopped for real."""

import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from deploy.local.leftovers import find
from deploy.local.places import ROOT
from deploy.local.state import State
from deploy.local.tls import trusting
from tests.deploy_local.conftest import Local, command
from tests.deploy_local.waiting import eventually, programs_of


class TestUp:
    def test_starts_everything_once_and_down_leaves_nothing(self, local: Local, state: State) -> None:
        first = local("up")
        began = state.read()
        second = local("up")

        assert first.returncode == 0, first.stderr
        assert "administrator  admin@example.com" in first.stdout
        assert {part.name for part in began.parts} >= {"postgres", "kafka", "valkey", "gateway"}
        assert second.returncode == 0, second.stderr
        assert [part.pid for part in state.read().parts] == [part.pid for part in began.parts]
        assert local("status").returncode == 0

        assert local("down").returncode == 0
        assert find(state) == {}
        assert local("status").returncode == 3

    def test_a_killed_supervisor_leaves_nothing(
        self, environment: dict[str, str], state: State, local: Local, borrowed: dict[str, str]
    ) -> None:
        supervisor = subprocess.Popen(command("supervise"), cwd=ROOT, env=environment)
        eventually(lambda: {"java", "postgres"} <= programs_of(find(state)))

        supervisor.kill()
        supervisor.wait()

        eventually(lambda: find(state) == {}, instead=lambda: find(state))
        again = local("up", **borrowed)
        assert again.returncode == 0, again.stderr

    def test_takes_the_next_port_and_restarts_a_killed_part(
        self, local: Local, state: State, borrowed: dict[str, str]
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            wanted = taken.getsockname()[1]
            started = local("up", PLEXUS_HTTPS_PORT=str(wanted), **borrowed)
        assert started.returncode == 0, started.stderr
        gateway = next(part for part in state.read().parts if part.name == "gateway")
        assert gateway.port
        assert gateway.port > wanted

        assert local("kill", "gateway").returncode == 0

        eventually(lambda: _restarts(state, "gateway") == 1)
        report = state.read()
        page = httpx.get(f"{report.url}/docs", timeout=60, verify=trusting(report.ca_file))
        assert page.status_code == 200

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_interrupted_leaves_nothing(
        self, environment: dict[str, str], state: State, number: signal.Signals
    ) -> None:
        up = subprocess.Popen(command("up"), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        eventually(lambda: len(find(state)) > 0)

        up.send_signal(number)

        output, _errors = up.communicate(timeout=300)
        assert up.returncode == 130
        assert "stopping what was started" in output
        assert find(state) == {}
        assert not state.is_supervised()

    def test_two_checkouts_run_side_by_side(
        self, local: Local, state: State, borrowed: dict[str, str]
    ) -> None:
        other = State(state.path.parent / "other")

        first, second = local("up", **borrowed), local("up", **borrowed, PLEXUS_STATE=str(other.path))

        try:
            assert (first.returncode, second.returncode) == (0, 0)
            ours = {part.port for part in state.read().parts if part.port}
            assert ours.isdisjoint(part.port for part in other.read().parts if part.port)
            assert "java" not in programs_of(find(state) | find(other))
            assert local("status").returncode == 0
        finally:
            local("down", PLEXUS_STATE=str(other.path))
        assert find(other) == {}

    def test_says_when_the_external_broker_is_dead(self, local: Local, state: State) -> None:
        dead = local("up", PLEXUS_KAFKA_BOOTSTRAP="127.0.0.1:1")

        assert dead.returncode == 1
        assert "kafka at tcp://127.0.0.1:1 (PLEXUS_KAFKA_BOOTSTRAP) does not answer" in dead.stderr
        assert find(state) == {}

    def test_says_what_to_do_when_the_jars_cannot_be_fetched(
        self, local: Local, state: State, folder: Path
    ) -> None:
        nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:1")

        refused = local("up", **nowhere, PLEXUS_CACHE=str(folder / "cache"), M2_REPO=str(folder / "m2"))

        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert "set PLEXUS_KAFKA_BOOTSTRAP=host:port" in refused.stderr
        assert find(state) == {}


class TestRebuild:
    def test_names_the_models_there_are(self, local: Local) -> None:
        unknown = local("rebuild", "funnels")

        assert unknown.returncode == 1
        assert "no read model 'funnels'; there are " in unknown.stderr
        assert "funnel" in unknown.stderr.rpartition("there are")[2]

    def test_wants_a_running_platform(self, local: Local) -> None:
        stopped = local("rebuild", "funnel")

        assert stopped.returncode == 1
        assert "`make up` first" in stopped.stderr


class TestAuditVerify:
    def test_names_what_is_no_service(self, local: Local) -> None:
        unknown = local("audit-verify", "sale")

        assert unknown.returncode == 1
        assert "no service 'sale'; there are auth, " in unknown.stderr


class TestReset:
    def test_asks_before_it_deletes(self, local: Local, state: State) -> None:
        (state.path / "credentials.json").write_text("{}")

        refused = local("reset", YES="")
        assert refused.returncode == 1
        assert (state.path / "credentials.json").exists()

        assert local("reset", YES="1").returncode == 0
        assert not (state.path / "credentials.json").exists()


def _restarts(state: State, name: str) -> int:
    part = next(part for part in state.read().parts if part.name == name)
    return part.restarts if part.phase == "ready" else 0
