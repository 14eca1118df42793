"""A process beside this one: its outcome, and that neither outlives the other."""

import os
import select
import signal
import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, os, socket
from libs.common.beside import run_beside, until_gone

def own(line):
    os.write(1, b"%d\\n" % os.getpid())
    asyncio.run(until_gone(line))

def other(line):
    {other}

run_beside(own, other)
"""
WAITS = "os.write(1, b'%d\\n' % os.getpid()); asyncio.run(until_gone(line))"


def started(other: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-c", SCRIPT.format(other=other)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def both_of(process: subprocess.Popen[str]) -> tuple[int, int]:
    """Wait until both run; return the first one's id and the other's."""
    assert process.stdout is not None
    said = {int(process.stdout.readline()) for _ in range(2)}
    return process.pid, (said - {process.pid}).pop()


class TestRunBeside:
    def test_ends_with_the_other_one(self) -> None:
        process = started("pass")

        assert process.wait(10) == 0
        process.communicate()

    @pytest.mark.parametrize("other", ["raise ValueError", "os.kill(os.getpid(), 9)"])
    def test_fails_when_the_other_one_did(self, other: str) -> None:
        process = started(other)

        _, told = process.communicate(timeout=10)

        assert process.returncode == 1
        assert "ChildProcessError" in told

    def test_is_missed_by_the_other_one_when_it_is_killed(self) -> None:
        process = started(WAITS)
        first, other = both_of(process)
        watched = os.pidfd_open(other)

        os.kill(first, signal.SIGKILL)

        ready, _, _ = select.select([watched], [], [], 10)
        os.close(watched)
        process.communicate()
        assert ready == [watched]
