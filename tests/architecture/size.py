"""How long functions and files are, in lines, and how much test code there is for the product's."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median_high

from tests.architecture.source import Finding, Source
from tests.figures import percentile

FUNCTION_MAX = 60
FILE_MAX = 400
ENDPOINT_MAX = 8


@dataclass(frozen=True)
class Spread:
    """What a budget looks at."""

    count: int
    median: int
    p95: int
    largest: int


def spread(lengths: Iterable[int]) -> Spread:
    """Sum up lengths; nothing at all counts as zeros."""
    known = list(lengths)
    if not known:
        return Spread(0, 0, 0, 0)
    return Spread(len(known), int(median_high(known)), percentile(known, 0.95), max(known))


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count from `def` to the last line, docstring included, decorators not."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def function_lengths(read: Iterable[Source]) -> list[int]:
    return [length(function) for source in read for function in functions(source)]


def file_lengths(read: Iterable[Source]) -> list[int]:
    """Count the lines of every file that has any: an empty __init__.py would only flatter the median."""
    return [len(source.lines) for source in read if source.lines]


def too_long(source: Source) -> Iterator[Finding]:
    """No function over 60 lines, no file over 400."""
    if len(source.lines) > FILE_MAX:
        yield Finding(source.path, 1, f"has {len(source.lines)} lines, more than {FILE_MAX}")
    for function in functions(source):
        if length(function) > FUNCTION_MAX:
            yield source.find(function, f"{function.name} has {length(function)} lines, over {FUNCTION_MAX}")


def long_endpoints(source: Source) -> Iterator[Finding]:
    """An endpoint parses, calls and returns: its body has at most 8 lines."""
    if source.name != "api.py":
        return
    for function in functions(source):
        lines = (function.end_lineno or 0) - function.body[0].lineno + 1
        if function.decorator_list and lines > ENDPOINT_MAX:
            yield source.find(function, f"{function.name} does {lines} lines of work, over {ENDPOINT_MAX}")
