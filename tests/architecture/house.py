"""The house's papers: the Makefile, the decisions, the settings of the tools."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT

TARGETS_MAX = 25
TARGET = re.compile(r"^(?P<name>[a-z][a-z-]*):(?!=)(?P<rest>.*)$", re.MULTILINE)
SECTIONS = ["## Context", "## Decision", "## Consequences", "## Alternatives", "## Held by"]
PAGE = 60
IGNORE = re.compile(r'^\s+"(?P<rule>[A-Z]{1,4}[0-9]{0,4})",(?P<rest>.*)$', re.MULTILINE)


def makefile_faults(root: Path = ROOT) -> Iterator[str]:
    """`help` is what a bare make runs; every target says what it does; there are not too many."""
    text = (root / "Makefile").read_text("utf-8")
    targets = {match["name"]: match["rest"] for match in TARGET.finditer(text)}
    if ".DEFAULT_GOAL := help" not in text or "help" not in targets:
        yield "help is not the default goal"
    if not re.search(r"^##@ \S", text, re.MULTILINE):
        yield "no ##@ group"
    if len(targets) > TARGETS_MAX:
        yield f"{len(targets)} targets, more than {TARGETS_MAX}"
    yield from (f"{name} says nothing of itself" for name, rest in targets.items() if " ## " not in rest)


def decision_faults(root: Path = ROOT) -> Iterator[str]:
    """A decision fits one page, has its five parts, and stands in the list."""
    folder = root / "docs" / "adr"
    listed = (folder / "README.md").read_text("utf-8")
    for path in sorted(folder.glob("[0-9]*.md")):
        text = path.read_text("utf-8")
        places = [text.find(f"\n{section}\n") for section in SECTIONS]
        if -1 in places or places != sorted(places):
            yield f"{path.name} lacks one of {', '.join(SECTIONS)}"
        if len(text.splitlines()) > PAGE:
            yield f"{path.name} is longer than a page"
        if f"({path.name})" not in listed:
            yield f"{path.name} is not in the list"


def ignored_without_reason(root: Path = ROOT) -> Iterator[str]:
    """Each lint rule that is off has its reason on its line."""
    text = (root / "pyproject.toml").read_text("utf-8")
    for match in IGNORE.finditer(text):
        if not re.search(r"#\s*\S+ \S+", match["rest"]):
            yield f"{match['rule']} is ignored without a reason"
