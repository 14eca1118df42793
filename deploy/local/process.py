"""Child processes that never outlive their supervisor."""

import asyncio
import contextlib
import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
UNPRIVILEGED = "nobody"


class CommandFailedError(Exception):
    """A command that had to succeed did not; the text is for the person at the terminal."""


@dataclass(frozen=True)
class Launch:
    """How one process is started, stopped, and taken down with its supervisor."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path = field(default_factory=Path.cwd)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace: float = 15.0


def unprivileged_user() -> str | None:
    """Name the user PostgreSQL runs as, or None where we are not root anyway."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def give_to(path: Path, user: str | None) -> None:
    """Make the user own a path; without a user, do nothing."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def bound_to(parent: int, death_signal: int) -> Callable[[], None]:
    """Return what a fresh child calls to be sent the signal when its parent dies (Linux: prctl(2))."""

    def bind() -> None:
        # This runs after the change of user, which would have cleared the setting.
        if sys.platform == "linux":
            LIBC.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return bind


async def spawn(launch: Launch, log: Path | None) -> asyncio.subprocess.Process:
    """Start a process in its own session, its output appended to the log (None: the terminal's)."""
    output = None if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    entry = pwd.getpwnam(launch.user) if launch.user else None
    try:
        return await asyncio.create_subprocess_exec(
            *launch.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else asyncio.subprocess.STDOUT,
            env={**os.environ, **launch.environment},
            cwd=launch.directory,
            start_new_session=True,
            user=entry.pw_uid if entry else None,
            group=entry.pw_gid if entry else None,
            extra_groups=[] if entry else None,
            preexec_fn=bound_to(os.getpid(), launch.death_signal),
        )
    finally:
        if output is not None:
            os.close(output)


async def stop(process: asyncio.subprocess.Process, launch: Launch) -> None:
    """Ask the process to end, wait for its grace in seconds, then kill its whole group."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(launch.stop_signal)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), launch.grace)
    kill_group(process.pid)
    await process.wait()


def kill_group(leader: int) -> None:
    """Kill every process of the group that the leader began, if any is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


async def run(launch: Launch, log: Path) -> None:
    """Run a command to its end; CommandFailedError with the log's last lines when it fails."""
    process = await spawn(launch, log)
    try:
        code = await process.wait()
    finally:
        await stop(process, launch)
    if code != 0:
        raise CommandFailedError(failure(launch.command, code, log))


def failure(command: Sequence[str], code: int | None, log: Path) -> str:
    """Say which command ended how, and what it last wrote."""
    lines = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else []
    shown = "\n".join(f"    {line[:300]}" for line in lines)
    return f"{Path(command[0]).name} ended with code {code}; the end of {log}:\n{shown}"
