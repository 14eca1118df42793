"""`rebuild <model>…`: run the rebuild of read models with their service's settings."""

import os
import subprocess
import sys
from collections.abc import Sequence

from deploy.local.places import ROOT
from deploy.local.process import CommandFailedError
from deploy.local.services import NAMES
from deploy.local.state import State


def models() -> dict[str, str]:
    """Return the service of each read model: the folder that holds its projection is its name."""
    return {
        folder.parent.name: name
        for name in NAMES
        for folder in sorted((ROOT / "services" / name).glob("*/projection.py"))
    }


def rebuild(state: State, asked: Sequence[str]) -> int:
    """Rebuild models beside those in use; return the first exit code of libs.common.rebuild that is not 0."""
    known = models()
    for model in asked:
        if model not in known:
            raise CommandFailedError(f"there is no read model {model!r}; there are {', '.join(known)}")
    for service in sorted({known[model] for model in asked}):
        own = [model for model in asked if known[model] == service]
        if code := run_beside(state, service, "rebuild", *own):
            return code
    return 0


def replay(state: State, service: str) -> int:
    """Carry out in a service's database every erasure that the log tells of; return the exit code."""
    if service not in NAMES:
        raise CommandFailedError(f"there is no service {service!r}; there are {', '.join(NAMES)}")
    return run_beside(state, service, "replay_erasures", library="platform")


def run_beside(state: State, service: str, module: str, *arguments: str, library: str = "common") -> int:
    """Run a module of a library with the settings of a service's worker; return its exit code."""
    parts = {part.name: part for part in state.read().parts} if state.is_supervised() else {}
    worker = parts.get(f"{service}-worker")
    if worker is None:
        raise CommandFailedError("not running: `make up` first")
    command = (sys.executable, "-m", f"libs.{library}.{module}", f"services.{service}", *arguments)
    environment = {**os.environ, **worker.environment, "PLEXUS_SLOT": module}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
