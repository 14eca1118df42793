"""`test -- command`: real servers for the length of a command."""

import subprocess
import sys
from pathlib import Path

import psutil

from deploy.local import sandbox
from deploy.local.places import ROOT
from tests.deploy_local.conftest import command
from tests.deploy_local.waiting import eventually, programs_of

SLEEP = "import os, time; print(os.environ['PLEXUS_TEST_PARTS'], flush=True); time.sleep(600)"


class TestRunWithParts:
    def test_is_gone_when_killed(self) -> None:
        words = command("test", "--", sys.executable, "-c", SLEEP)
        runner = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert runner.stdout
        parts = Path(runner.stdout.readline().strip())
        children = psutil.Process(runner.pid).children(recursive=True)
        assert programs_of(child.pid for child in children) >= {"postgres", "java"}

        runner.kill()
        runner.communicate()

        eventually(lambda: not any(child.is_running() for child in children))
        assert parts.exists()
        sandbox.remove_abandoned(parts.parent)
        assert not parts.exists()
