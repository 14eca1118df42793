"""Everything generated, formatted, by its place in the package."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sdk.python.generator import contracts, resources

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "plexus_crm"
ROOT = PACKAGE.parents[3]


def generated(document: dict[str, Any], schemas: Mapping[str, dict[str, Any]]) -> dict[Path, str]:
    """Return the text of every generated module."""
    api = {PACKAGE / "api" / name: text for name, text in resources.modules(document).items()}
    events = {PACKAGE / "events" / name: text for name, text in contracts.modules(schemas).items()}
    return {path: formatted(path, text) for path, text in {**api, **events}.items()}


def formatted(path: Path, text: str) -> str:
    """Return a module as ruff formats it, with what it imports and does not use taken out."""
    sorted_out = _ruff(["check", "--quiet", "--fix-only", "--select=F401,I,RUF022"], path, text)
    return _ruff(["format", "--quiet"], path, sorted_out)


def _ruff(words: list[str], path: Path, text: str) -> str:
    command = [sys.executable, "-m", "ruff", *words, f"--stdin-filename={path}", "-"]
    # Every word is ours, the text goes in by a pipe.
    done = subprocess.run(  # noqa: S603 - nothing of the command comes from outside
        command, cwd=ROOT, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ValueError(f"{path.name} is no Python: {done.stderr}")
    return done.stdout
