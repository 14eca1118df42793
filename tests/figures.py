"""Figures: one table for people and one JSON list for machines, for every target that proves something.

A row is {name, unit, value, bar, ok} and, where something was compared, {reference, ratio}.
Sample sizes stand in tests/budget.toml: a run that did fewer has a row that is not ok.
Several processes may write one target; rows of the same name replace each other.
"""

import fcntl
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "figures"
BUDGET = ROOT / "tests" / "budget.toml"

type Number = int | float
type Row = dict[str, Any]


def budget(target: str, path: Path = BUDGET) -> dict[str, int]:
    """Return the least sample sizes of a target, by name."""
    sizes: dict[str, int] = tomllib.loads(path.read_text("utf-8")).get(target, {})
    return sizes


class Figures:
    """Collect the rows of one target, then `done()` prints, writes and judges them."""

    def __init__(self, target: str, folder: Path = FOLDER, budget_path: Path = BUDGET) -> None:
        self.target = target
        self.path = folder / f"{target}.json"
        self.rows: list[Row] = []
        self._budget = budget(target, budget_path)

    def exactly(self, name: str, value: object, bar: object, unit: str = "") -> None:
        """Add a row that is ok when value and bar are the same."""
        self._add(name, unit, value, f"= {bar}", ok=value == bar, reference=bar)

    def at_most(self, name: str, value: Number, bar: Number, unit: str = "") -> None:
        """Add a row that is ok when value does not exceed bar."""
        self._add(name, unit, value, f"≤ {bar}", ok=value <= bar)

    def at_least(self, name: str, value: Number, bar: Number, unit: str = "") -> None:
        """Add a row that is ok when value reaches bar."""
        self._add(name, unit, value, f"≥ {bar}", ok=value >= bar)

    def between(self, name: str, value: Number, low: Number, high: Number, unit: str = "") -> None:
        """Add a row that is ok when value lies in [low, high]."""
        self._add(name, unit, value, f"{low}-{high}", ok=low <= value <= high)

    def sample(self, name: str, count: int) -> None:
        """Add how many of `name` this run did; the bar is the budget's (KeyError when it has none)."""
        self.at_least(f"samples: {name}", count, self._budget[name])

    def done(self, *, part: bool = False) -> bool:
        """Print the table, merge the rows into the target's file; return whether all rows here are ok.

        Unless this is a `part` of a target that several tests write, a sample of the budget that
        was never counted fails like one of 0.
        """
        if not part:
            self._count_what_was_left_out()
        self._print()
        with _locked(self.path):
            kept = {row["name"]: row for row in _read(self.path)}
            kept.update({row["name"]: row for row in self.rows})
            _write(self.path, list(kept.values()))
        return bool(self.rows) and all(row["ok"] for row in self.rows)

    def failures(self) -> list[str]:
        """Say each row that is not ok in one line."""
        return [f"{row['name']}: {row['value']} (bar {row['bar']})" for row in self.rows if not row["ok"]]

    def _count_what_was_left_out(self) -> None:
        named = {row["name"] for row in self.rows}
        for name in self._budget:
            if f"samples: {name}" not in named:
                self.sample(name, 0)

    def _add(
        self, name: str, unit: str, value: object, bar: str, *, ok: bool, reference: object = None
    ) -> None:
        row: Row = {"name": name, "unit": unit, "value": value, "bar": bar, "ok": ok}
        if isinstance(reference, int | float) and isinstance(value, int | float):
            row["reference"] = reference
            row["ratio"] = value / reference if reference else float(value == reference)
        self.rows.append(row)

    def _print(self) -> None:
        table = Table("figure", "value", "unit", "bar", "ok", title=self.target, title_justify="left")
        for row in self.rows:
            shown = _shown(row["value"])
            table.add_row(row["name"], shown, row["unit"], row["bar"], "ok" if row["ok"] else "FAILED")
        Console(width=120, highlight=False).print(table)


def _shown(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if type(value) is int else str(value)


def _read(path: Path) -> list[Row]:
    rows: list[Row] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return rows


def _write(path: Path, rows: list[Row]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(rows, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")
    fresh.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def percentile(values: list[int], share: float) -> int:
    """Return the smallest value that at least `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]
