"""Plants a broken rule in a temporary tree, so that each check is seen to catch one."""

from pathlib import Path
from textwrap import dedent

from tests.architecture.source import Check, sources, violations


def plant(root: Path, path: str, code: str) -> None:
    """Write a file of a temporary tree."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dedent(code).lstrip("\n"), "utf-8")


def caught(root: Path, name: str, check: Check) -> list[str]:
    """Run one check over the temporary tree."""
    return violations(name, check, sources(root))
