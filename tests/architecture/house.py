"""The house's papers: the Makefile, the decisions, the settings of the tools."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT

TARGETS_MAX = 25
TARGET = re.compile(r"^(?P<name>[a-z][a-z-]*):(?!=)(?P<rest>.*)$", re.MULTILINE)
SECTIONS = ["## Context", "## Decision", "## Consequences", "## Alternatives", "## Held by"]
PAGE = 60
HAN = re.compile("[\u4e00-\u9fff]")
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


def glossary_faults(root: Path = ROOT) -> Iterator[str]:
    """Each row says its word in both languages, and each aggregate's word has its row."""
    rows = [line.split("|")[1:-1] for line in _table_lines(root / "docs" / "glossary.md")]
    for row in rows:
        if not HAN.search(row[1]) or not (HAN.search(row[-1]) or "`" in row[-1]):
            yield f"{row[0].strip()} lacks its Chinese"
    known = {word.strip().lower() for row in rows for word in row[0].split(",")}
    for folder in sorted((root / "services").glob("*/*/__init__.py")):
        name = folder.parent.name
        if name != "migrations" and not _forms(name) & known:
            yield f"{name} of {folder.parent.parent.name} is not in the glossary"


def _table_lines(path: Path) -> Iterator[str]:
    lines = path.read_text("utf-8").partition("## Forms")[0].splitlines()
    return (line for line in lines if line.startswith("| ") and not line.startswith(("| Say", "| What")))


def _forms(folder: str) -> set[str]:
    """Give the singulars that a folder's plural may stand for."""
    words = folder.replace("_", " ")
    return {words, words.removesuffix("s"), words.removesuffix("ies") + "y"}


def ignored_without_reason(root: Path = ROOT) -> Iterator[str]:
    """Each lint rule that is off has its reason on its line."""
    text = (root / "pyproject.toml").read_text("utf-8")
    for match in IGNORE.finditer(text):
        if not re.search(r"#\s*\S+ \S+", match["rest"]):
            yield f"{match['rule']} is ignored without a reason"
