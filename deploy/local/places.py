"""Where things lie: the state of one stack, and the cache that the user's stacks share."""

import hashlib
import os
import stat
from pathlib import Path

from deploy.local.process import unprivileged_user

ROOT = Path(__file__).resolve().parents[2]


def state_directory() -> Path:
    """Return PLEXUS_STATE, or `.plexus` in the checkout."""
    return Path(os.environ.get("PLEXUS_STATE") or ROOT / ".plexus").absolute()


def cache_directory() -> Path:
    """Return the folder of unpacked binaries and jars; root's is one that PostgreSQL can enter."""
    if chosen := os.environ.get("PLEXUS_CACHE"):
        return Path(chosen).absolute()
    if unprivileged_user():
        return Path("/var/cache/plexus")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plexus"


def open_to_all(path: Path) -> bool:
    """Tell whether any user can pass through every folder above the path."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def postgres_home(state: Path) -> Path:
    """Return PostgreSQL's folder: in the state, or aside when its user cannot enter that."""
    if unprivileged_user() is None or open_to_all(state / "postgres"):
        return state / "postgres"
    digest = hashlib.sha256(str(state).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"plexus-{digest}"  # noqa: S108  The name is ours and its owner is checked by PostgreSQL.
