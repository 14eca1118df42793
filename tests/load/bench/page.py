"""`python -m tests.load.bench.page`: the newest figures as the tables of docs/performance.md, in their place.

What stands between `<!-- figures -->` and `<!-- /figures -->` is written anew from build/figures/, and so for
`growth`; the words around them are ours.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.figures import FOLDER, ROOT
from tests.load.bench.report import COLUMNS, cells, number

PAGE = ROOT / "docs" / "performance.md"
type Row = dict[str, Any]


def main() -> int:
    text = PAGE.read_text("utf-8")
    there = (("figures", figures, "bench.json"), ("growth", growth, "growth.json"))
    for name, made in ((name, made) for name, made, file in there if (FOLDER / file).exists()):
        text = replaced(text, name, made(FOLDER))
    PAGE.write_text(text, "utf-8")
    return 0


def replaced(text: str, name: str, table: str) -> str:
    """The text with another table between its two marks; ValueError without them."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, tail = text.index(begin) + len(begin), text.index(end)
    return f"{text[:head]}\n{table}\n{text[tail:]}"


def figures(folder: Path) -> str:
    """Every figure beside its reference and its bar, and what they were measured under."""
    rows: list[Row] = json.loads((folder / "bench.json").read_text("utf-8"))
    told = json.loads((folder / "bench-conditions.json").read_text("utf-8"))
    shown = [cells(row) for row in rows if not row["name"].startswith("samples: ")]
    conditions = " · ".join(f"{name}: {value}" for name, value in told.items())
    return f"{markdown(COLUMNS, shown)}\n\n{conditions}"


def growth(folder: Path) -> str:
    """Answers a second of both sides by contacts, then by clients, and what could not be measured."""
    found = json.loads((folder / "growth.json").read_text("utf-8"))
    points: list[Row] = found["points"]
    sizes = sorted({point["contacts"] for point in points})
    crowds = sorted({point["clients"] for point in points})
    usual = max(crowds, key=lambda each: len({p["contacts"] for p in points if p["clients"] == each}))
    middle = max(sizes, key=lambda each: len({p["clients"] for p in points if p["contacts"] == each}))
    names = list(dict.fromkeys((point["figure"], point["side"]) for point in points))
    by_rows = [[*name, *(rate(points, *name, size, usual) for size in sizes)] for name in names]
    by_clients = [[*name, *(rate(points, *name, middle, crowd) for crowd in crowds)] for name in names]
    more_rows = markdown(["/s", f"{usual} clients", *(f"{size:,} contacts" for size in sizes)], by_rows)
    heads = ["/s (p99 in ms)", f"{middle:,} contacts", *(f"{crowd} clients" for crowd in crowds)]
    lacking = "".join(f"\n\nNot measured: {each}" for each in found.get("lacking", ()))
    return f"{more_rows}\n\n{markdown(heads, by_clients)}{lacking}"


def rate(points: Sequence[Row], figure: str, side: str, contacts: int, clients: int) -> str:
    """One measurement as it is shown; a dash where none was made."""
    wanted = (figure, side, contacts, clients)
    keys = ("figure", "side", "contacts", "clients")
    for point in points:
        if tuple(point[key] for key in keys) == wanted:
            return f"{number(point['rate'])} ({number(point['p99'])})"
    return "–"


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; figures stand at the right."""
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * (len(heads) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


if __name__ == "__main__":
    sys.exit(main())
