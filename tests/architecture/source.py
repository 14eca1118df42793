"""What every check reads: the product's files, parsed, and their named exceptions.

A line is let through one check by the comment `# arch: allow <check> because <reason>` on it or on
the line above. An exception without a reason, of an unknown check, or that lets nothing through, is
itself a finding.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("services", "libs", "gateway", "deploy")
ALLOWANCE = re.compile(r"#\s*arch:\s*allow\s+(?P<check>\S+)(?:\s+because\s+(?P<reason>\S.*))?")


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken."""

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Source:
    """One Python file below a root."""

    def __init__(self, root: Path, path: Path) -> None:
        self.path = PurePosixPath(path.relative_to(root))
        self.text = path.read_text("utf-8")
        self.lines = self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def name(self) -> str:
        return self.path.name

    def under(self, *folders: str) -> bool:
        """Tell whether the file lies in one of the folders, named from the root."""
        return any(self.path.is_relative_to(folder) for folder in folders)

    def find(self, node: ast.stmt | ast.expr, message: str) -> Finding:
        return Finding(self.path, node.lineno, message)

    @cached_property
    def allowances(self) -> dict[int, tuple[str, str]]:
        """Say by line which check is let through there, and why."""
        found = ((number, ALLOWANCE.search(line)) for number, line in enumerate(self.lines, 1))
        return {number: (match["check"], match["reason"] or "") for number, match in found if match}


type Check = Callable[[Source], Iterable[Finding]]


def sources(root: Path = ROOT, folders: Iterable[str] = PRODUCT) -> list[Source]:
    """Read every Python file of the folders that exist."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    return [Source(root, path) for path in paths]


def violations(name: str, check: Check, read: Iterable[Source]) -> list[str]:
    """Run one check over the sources, less what is let through, plus exceptions that are none."""
    return [str(finding) for source in read for finding in _judged(name, check, source)]


def _judged(name: str, check: Check, source: Source) -> Iterator[Finding]:
    lets_through = {
        line for line, (allowed, reason) in source.allowances.items() if allowed == name and reason
    }
    unused = set(lets_through)
    for finding in check(source):
        here = {finding.line, finding.line - 1} & lets_through
        unused -= here
        if not here:
            yield finding
    for line in sorted(unused):
        yield Finding(source.path, line, f"allows {name}, but nothing here needs it")
