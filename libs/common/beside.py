"""A second process beside this one, forked before anything runs: neither of the two outlives the other.

What is loaded by then is shared, so that it costs no start.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable

log = logging.getLogger(__name__)

# Given a line to the other process, on which nothing is said: it closes when that one ends, however it does.
type Part = Callable[[socket.socket], None]


def run_beside(own: Part, other: Part) -> None:
    """Run `own` here and `other` in a process of its own, until both have ended.

    Raises ChildProcessError when the other one failed or was killed. Call it while there is one thread.
    """
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        here.close()
        os._exit(_outcome(other, there))
    there.close()
    try:
        own(here)
    finally:
        here.close()
        _, status = os.waitpid(pid, 0)
    if status:
        message = f"the process beside this one ended with {os.waitstatus_to_exitcode(status)}"
        raise ChildProcessError(message)


async def until_gone(line: socket.socket) -> None:
    """Return when the other process has ended, or has begun to."""
    line.settimeout(0)
    with contextlib.suppress(ConnectionError):
        await asyncio.get_running_loop().sock_recv(line, 1)


def _outcome(part: Part, line: socket.socket) -> int:
    """Run a part to its end; return the status to end with."""
    try:
        part(line)
    except BaseException:
        log.exception("a part of the worker broke")
        return 1
    finally:
        logging.shutdown()
    return 0
