"""A state folder of its own for each test, and the command line as a newcomer types it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.leftovers import find
from deploy.local.places import ROOT
from deploy.local.state import State

Local = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own folders are closed to the user that PostgreSQL runs as.
    path = Path(tempfile.mkdtemp(prefix="plexus-local-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def state(folder: Path) -> State:
    return State(folder / "state")


@pytest.fixture
def environment(state: State) -> dict[str, str]:
    """The servers and the gateway are under test here; the services have their own suites."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PLEXUS_")}
    ports = {"PLEXUS_PORT": "28080", "PLEXUS_HTTPS_PORT": "28443"}
    return {**clean, "PLEXUS_STATE": str(state.path), "PLEXUS_SERVICES": "", **ports}


@pytest.fixture
def local(environment: dict[str, str], state: State) -> Iterator[Local]:
    def call(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*words),
            cwd=ROOT,
            env={**environment, **more},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    yield call
    call("down")
    assert find(state) == {}


@pytest.fixture
def borrowed() -> dict[str, str]:
    """Somebody else's broker, so that a test of another thing need not start a JVM."""
    return {"PLEXUS_KAFKA_BOOTSTRAP": os.environ["PLEXUS_TEST_KAFKA_BOOTSTRAP"]}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "deploy.local", *words]
