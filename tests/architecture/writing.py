"""Where a SELECT, a commit, an import and a write in bulk may stand."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Finding, Source

READS = re.compile(r"\s*(?:WITH\s.+\bSELECT\b|SELECT\s)", re.DOTALL)
WRITES = re.compile(r"\s*(?:UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def select_outside_queries(source: Source) -> Iterator[Finding]:
    """A service reads in queries.py, analytics also in projection.py; migrations read what they move."""
    if source.under("services", "gateway") and not _reads_by_right(source):
        yield from _calls(source, "select", "selects outside queries.py")
        yield from _texts(source, READS, "selects outside queries.py")


def commit_outside_libs(source: Source) -> Iterator[Finding]:
    """The edge in libs/common commits, nobody else."""
    if not source.under("libs"):
        yield from _calls(source, "commit", "commits, which only the edge does")


def import_inside_function(source: Source) -> Iterator[Finding]:
    """A file names what it needs at its head."""
    for function in source.nodes:
        if isinstance(function, FUNCTIONS):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield source.find(node, "imports inside a function")


def bulk_write_of_aggregate(source: Source) -> Iterator[Finding]:
    """An aggregate changes through its methods, which record events; a projection's table is no aggregate."""
    if _migrates(source):
        return
    for call in _named_calls(source, "update", "delete"):
        if call.args and _is_class(call.args[0]):
            yield source.find(call, "writes an aggregate in bulk, past its events")
    if source.under("services") and source.name != "projection.py":
        yield from _texts(source, WRITES, "writes rows in bulk, past their aggregate's events")


def _reads_by_right(source: Source) -> bool:
    folds = source.under("services/analytics") and source.name == "projection.py"
    return folds or source.name == "queries.py" or _migrates(source)


def _migrates(source: Source) -> bool:
    return "migrations" in source.path.parts


def _calls(source: Source, name: str, message: str) -> Iterator[Finding]:
    return (source.find(call, message) for call in _named_calls(source, name))


def _named_calls(source: Source, *names: str) -> Iterator[ast.Call]:
    for node in source.nodes:
        if isinstance(node, ast.Call) and _last_name(node.func) in names:
            yield node


def _texts(source: Source, pattern: re.Pattern[str], message: str) -> Iterator[Finding]:
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.match(node.value):
            yield source.find(node, message)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_class(node: ast.expr) -> bool:
    """Tell `Opportunity`, `model.Opportunity` and `Opportunity.__table__` from `table` and `a.table`."""
    if isinstance(node, ast.Attribute) and node.attr == "__table__":
        return True
    name = _last_name(node)
    return name[:1].isupper() and not name.isupper()
