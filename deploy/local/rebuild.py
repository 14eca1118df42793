"""`rebuild <model>`: run a read model's rebuild with its service's settings."""

import os
import subprocess
import sys

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


def rebuild(state: State, model: str) -> int:
    """Rebuild the model beside the one in use; return the exit code of libs.common.rebuild."""
    known = models()
    if model not in known:
        raise CommandFailedError(f"there is no read model {model!r}; there are {', '.join(known)}")
    service = known[model]
    worker = next((part for part in state.read().parts if part.name == f"{service}-worker"), None)
    if worker is None or not state.is_supervised():
        raise CommandFailedError("not running: `make up` first")
    command = (sys.executable, "-m", "libs.common.rebuild", f"services.{service}", model)
    environment = {**os.environ, **worker.environment, "PLEXUS_SLOT": "rebuild"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
