"""The ledger docs/asvs.md against the levels of OWASP ASVS 5.0 (asvs.toml) and against our tests."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.architecture.source import ROOT

LEDGER = ROOT / "docs" / "asvs.md"
SECURITY = ROOT / "docs" / "security.md"
LEVELS = Path(__file__).with_name("asvs.toml")
# What may stand in the last column, and what the head of the ledger calls it.
TEST, DESIGN, FOREIGN, MISSING = "", "By design: ", "Not applicable: ", "NOT MET: "
COUNTED = {
    TEST: "Met, a test holds it",
    DESIGN: "Met by design",
    FOREIGN: "Not applicable",
    MISSING: "Not met",
}
_HELD = "12"
_TESTS = re.compile(r"`tests/[\w/]+\.py(::\w+)+`(, `tests/[\w/]+\.py(::\w+)+`)*")
# In the prose the first folder may be left out, and what is in a file is not named.
_FILES = re.compile(r"`(?:tests/)?((?:\w+/)+test_\w+\.py)`")
_SHORTEST_REASON = 10


class Entry(NamedTuple):
    """One requirement as the ledger has it."""

    id: str
    level: str
    what: str
    held_by: str

    @property
    def kind(self) -> str:
        """How its last column begins."""
        return next(kind for kind in (DESIGN, FOREIGN, MISSING, TEST) if self.held_by.startswith(kind))


def levels(path: Path = LEVELS) -> dict[str, str]:
    """Return the level of each requirement of level 1 and 2 by its id."""
    sections: dict[str, str] = tomllib.loads(path.read_text("utf-8"))["levels"]
    every = {f"{name}.{n}": level for name, found in sections.items() for n, level in enumerate(found, 1)}
    return {id: level for id, level in every.items() if level in _HELD}


def entries(text: str) -> list[Entry]:
    """Return the rows of the ledger's tables."""
    lines = (line for line in text.splitlines() if re.match(r"\| V\d", line))
    return [Entry(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def faults(text: str, wanted: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """Say what is wrong with a ledger: what is missing, twice, of no such level, or held by no test."""
    found = entries(text)
    times = Counter(entry.id for entry in found)
    said = [f"{id}: {times[id]} times" for id in wanted if times[id] != 1]
    said += [f"{id}: is not wanted" for id in times if id not in wanted]
    for entry in found:
        if entry.level != wanted.get(entry.id, entry.level):
            said.append(f"{entry.id}: is of level {wanted[entry.id]}")
        said += [f"{entry.id}: {fault}" for fault in _unheld(entry, root)]
    return said + list(_miscounted(text, found))


def absent(text: str, root: Path = ROOT) -> list[str]:
    """Return the test files that a document names and nobody has."""
    return [name for name in _FILES.findall(text) if not (root / "tests" / name).is_file()]


def _unheld(entry: Entry, root: Path) -> Iterator[str]:
    if entry.kind != TEST:
        if len(entry.held_by) < len(entry.kind) + _SHORTEST_REASON:
            yield "gives no reason"
    elif not _TESTS.fullmatch(entry.held_by):
        yield "names neither tests nor a reason"
    else:
        tests = (each.strip("`") for each in entry.held_by.split(", "))
        yield from (f"there is no {test}" for test in tests if not _exists(root, test))


def _exists(root: Path, test: str) -> bool:
    name, *steps = test.split("::")
    path = root / name
    return path.is_file() and path.name.startswith("test_") and _holds(_names(path), steps)


def _holds(names: frozenset[tuple[str, ...]], steps: Sequence[str]) -> bool:
    return tuple(steps) in names and steps[-1].startswith("test_")


@cache
def _names(path: Path) -> frozenset[tuple[str, ...]]:
    """Return the functions of a file, and those of its classes behind the class's name."""
    body = ast.parse(path.read_text("utf-8")).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    found = {(each.name,) for each in _functions(body)}
    return frozenset(found | {(node.name, each.name) for node in classes for each in _functions(node.body)})


def _functions(body: Sequence[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _miscounted(text: str, found: Sequence[Entry]) -> Iterator[str]:
    kinds = Counter(entry.kind for entry in found)
    for kind, name in COUNTED.items():
        if f"| {name} | {kinds[kind]} |" not in text:
            yield f"{name}: are {kinds[kind]}"
