import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from deploy.local.state import PartReport, StackReport
from tests.load.sales_history.kills import Kills


@pytest.fixture
def victim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psutil.Process]:
    """A part of a stack whose state stands where the killer looks."""
    started = subprocess.Popen(["sleep", "60"])
    process = psutil.Process(started.pid)
    part = PartReport("kafka", pid=started.pid, created=process.create_time())
    report = asdict(StackReport(phase="ready", parts=[part]))
    (tmp_path / "state.json").write_text(json.dumps(report), "utf-8")
    monkeypatch.setenv("PLEXUS_STATE", str(tmp_path))
    yield process
    started.kill()
    started.wait()


class TestKills:
    def test_spare_a_part_until_its_share_is_reached(self, victim: psutil.Process) -> None:
        kills = Kills({"kafka": 0.5})

        kills(0.49)

        assert kills.done == []
        assert victim.status() != psutil.STATUS_ZOMBIE

    def test_kill_it_once(self, victim: psutil.Process) -> None:
        kills = Kills({"kafka": 0.5})

        kills(0.51)
        kills(0.9)

        assert kills.done == ["kafka"]
        assert psutil.wait_procs([victim], timeout=5)[0] == [victim]

    def test_count_only_what_was_there_to_kill(self, victim: psutil.Process) -> None:
        kills = Kills({"nobody": 0.1})

        kills(1.0)

        assert kills.done == []
