"""What the benchmarks found: one table for people, one list for machines, and the bars beside the figures."""

import json
import statistics
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.figures import BUDGET, FOLDER, budget

BARS = Path(__file__).with_name("bars.toml")
COLUMNS = ("figure", "product", "unit", "reference", "", "ratio", "spread", "bar", "met?")
MARKS = {True: "yes", False: "SHORT", None: ""}


@dataclass(frozen=True, slots=True)
class Series:
    """The same measurement, several times."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> "Series":
        if not values:
            raise ValueError("nothing was measured")
        return cls(tuple(values))

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """How far the farthest two lie apart, in percent of the median."""
        return 100 * (max(self.values) - min(self.values)) / abs(self.median) if self.median else 0.0


def bars(path: Path = BARS) -> dict[str, dict[str, float]]:
    """The bars by kind: ratio, at_least, at_most."""
    found: dict[str, dict[str, float]] = tomllib.loads(path.read_text("utf-8"))
    return found


@dataclass
class Report:
    """Rows in the order in which they were measured, judged against the bars."""

    target: str = "bench"
    folder: Path = FOLDER
    budget_path: Path = BUDGET
    rows: list[dict[str, Any]] = field(default_factory=list)
    conditions: dict[str, Any] = field(default_factory=dict)

    def add(
        self,
        name: str,
        unit: str,
        values: Sequence[float],
        *,
        reference: Sequence[float] = (),
        what: str = "",
        bar: str | None = None,
        **more: Any,
    ) -> None:
        """Add a figure; `bar` names its bar where that is not the figure's own name."""
        found, beside = Series.of(values), Series.of(reference) if reference else None
        ratio = found.median / beside.median if beside and beside.median else None
        wanted, ok = self._judged(bar or name, found.median, ratio)
        row = {"name": name, "unit": unit, "value": found.median, "bar": wanted, "ok": ok}
        row |= {"spread": found.spread, "values": list(found.values)}
        if beside:
            row |= {
                "reference": beside.median,
                "ratio": ratio,
                "what": what,
                "reference_spread": beside.spread,
            }
        self.rows.append(row | more)

    def sample(self, name: str, count: int) -> None:
        """Add how many of `name` this run did; the least is the budget's (KeyError when it has none)."""
        least = budget(self.target, self.budget_path)[name]
        wanted, ok = f"≥ {least:,}", count >= least
        self.rows.append({"name": f"samples: {name}", "unit": "", "value": count, "bar": wanted, "ok": ok})

    def failed(self, name: str, error: Exception) -> None:
        """Add what was not measured, and why; it fails the run."""
        print(f"FAILED: {error}", file=sys.stderr)
        row = {"name": name, "unit": "", "value": 0, "bar": "every answer good", "ok": False}
        self.rows.append(row | {"error": str(error)})

    def done(self, *, strict: bool = False, part: bool = False) -> bool:
        """Print, write and judge: too small a sample fails always, a bar only when `strict`.

        A `part` of a run leaves the rows of others in the file. Otherwise a sample of the budget that was
        never counted fails like none.
        """
        named = {row["name"] for row in self.rows}
        for name in () if part else budget(self.target, self.budget_path):
            if f"samples: {name}" not in named:
                self.sample(name, 0)
        self.show()
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = merged(known(self.folder / f"{self.target}.json"), self.rows) if part else self.rows
        text = json.dumps(rows, indent=1, ensure_ascii=False, default=str)
        (self.folder / f"{self.target}.json").write_text(text + "\n", "utf-8")
        told = json.dumps(self.conditions, indent=1, ensure_ascii=False, default=str)
        (self.folder / f"{self.target}-conditions.json").write_text(told + "\n", "utf-8")
        samples = [row for row in self.rows if row["name"].startswith("samples: ") or "error" in row]
        judged = self.rows if strict else samples
        return bool(self.rows) and all(row["ok"] is not False for row in judged)

    def show(self) -> None:
        """Print the table, and what it was measured under."""
        table = Table(*COLUMNS, title=self.target, title_justify="left")
        for row in self.rows:
            table.add_row(*cells(row))
        console = Console(width=170, highlight=False)
        console.print(table)
        console.print(" · ".join(f"{name}: {value}" for name, value in self.conditions.items()))

    def _judged(self, name: str, value: float, ratio: float | None) -> tuple[str, bool | None]:
        known = bars()
        if name in known["ratio"] and ratio is not None:
            return f"≥ {known['ratio'][name]:.0%} of it", ratio >= known["ratio"][name]
        if name in known["at_least"]:
            return f"≥ {known['at_least'][name]:,}", value >= known["at_least"][name]
        if name in known["at_most"]:
            return f"≤ {known['at_most'][name]:,}", value <= known["at_most"][name]
        return "", None


def known(file: Path) -> list[dict[str, Any]]:
    """The rows of an earlier run."""
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.exists() else []
    return found


def merged(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Old rows with new ones of the same name in their places, and the others behind."""
    named = {row["name"]: row for row in old} | {row["name"]: row for row in new}
    return list(named.values())


def cells(row: dict[str, Any]) -> tuple[str, ...]:
    """One row of the table."""
    has = "reference" in row
    return (
        row["name"],
        number(row["value"]),
        row["unit"],
        number(row["reference"]) if has else "",
        row.get("what", ""),
        f"{row['ratio']:.0%}" if has and row["ratio"] is not None else "",
        f"±{row['spread'] / 2:.0f} %" if "spread" in row else "",
        row["bar"],
        MARKS[row["ok"]],
    )


def number(value: float) -> str:
    """A number in as many digits as it deserves."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"
