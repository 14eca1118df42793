"""The doctor finds planted illnesses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import doctor, jars
from deploy.local.state import State


def findings(state: State) -> dict[str, str]:
    return {name: text for name, passed, text in doctor.examine(state) if not passed}


class TestExamine:
    def test_finds_nothing_on_a_sound_machine(self, state: State) -> None:
        assert findings(state) == {}

    def test_finds_a_process_that_a_killed_supervisor_left(self, state: State) -> None:
        mark = {**os.environ, "PLEXUS_STATE": str(state.path), "PLEXUS_PART": "sales-worker"}
        left = subprocess.Popen([sys.executable, "-c", "input()"], env=mark, stdin=subprocess.PIPE)
        try:
            assert "sales-worker: run `make down`" in findings(state)["processes"]
        finally:
            left.kill()
            left.communicate()

    def test_finds_a_jar_that_was_changed(
        self, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLEXUS_CACHE", str(tmp_path))
        jars.folder().mkdir()
        (jars.folder() / "kafka_2.13-4.4.0.jar").write_bytes(b"altered")

        assert str(jars.folder()) in findings(state)["kafka_jars"]

    def test_finds_a_full_disk(self, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doctor, "LEAST_DISK", 10**18)

        assert "make room" in findings(state)["disk"]
