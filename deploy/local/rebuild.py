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
    parts = {part.name: part for part in state.read().parts} if state.is_supervised() else {}
    for service in sorted({known[model] for model in asked}):
        worker = parts.get(f"{service}-worker")
        if worker is None:
            raise CommandFailedError("not running: `make up` first")
        own = [model for model in asked if known[model] == service]
        command = (sys.executable, "-m", "libs.common.rebuild", f"services.{service}", *own)
        environment = {**os.environ, **worker.environment, "PLEXUS_SLOT": "rebuild"}
        if code := subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            return code
    return 0
