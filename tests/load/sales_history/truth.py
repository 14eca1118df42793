"""What is true of the sales history, computed from the files alone.

It reads the files by itself and row by row, so that a mistake of the loader cannot repeat here.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path

from tests.load.sales_history.mapping import Mapping

WON = "Won"
LOST = "Lost"
# The stages as the files name them.
ORDER = {"Prospecting": 1, "Engaging": 2, WON: 3, LOST: 4}


@dataclass(frozen=True)
class Deal:
    """One row of the pipeline with its agent's team."""

    id: str
    stage: str
    amount: int
    agent: str
    manager: str
    office: str
    product: str
    closed_month: str


@dataclass(frozen=True)
class Figures:
    """What stands in each stage, and what it is worth in minor units."""

    count: Map[str, int]
    amount: Map[str, int]

    @property
    def total(self) -> int:
        return sum(self.count.values())

    def of(self, *stages: str) -> "Figures":
        """Only these stages."""
        count = {stage: n for stage, n in self.count.items() if stage in stages}
        return Figures(count, {stage: self.amount[stage] for stage in count})

    def __str__(self) -> str:
        """P 31 E 34 W 129 L 66 = 207,182: each stage by its initial, and the worth of all."""
        parts = [f"{stage[0]} {self.count[stage]:,}" for stage in ORDER if self.count.get(stage)]
        others = sorted(self.count.keys() - ORDER)
        return f"{' '.join(parts + others) or 'nothing'} = {sum(self.amount.values()) / 100:,.10g}"


def read_deals(folder: Path, mapping: Mapping) -> list[Deal]:
    teams = {row["sales_agent"]: row for row in _rows(folder / mapping.files.teams)}
    fixes = mapping.fixes["opportunities"]["product"]
    return [
        Deal(
            id=row["opportunity_id"],
            stage=row["deal_stage"],
            amount=int(row["close_value"] or 0) * 10**mapping.exponent,
            agent=row["sales_agent"],
            manager=teams[row["sales_agent"]]["manager"],
            office=teams[row["sales_agent"]]["regional_office"],
            product=fixes.get(row["product"], row["product"]),
            closed_month=_month(row["close_date"]),
        )
        for row in _rows(folder / mapping.files.opportunities)
    ]


def figures(deals: Iterable[Deal]) -> Figures:
    count: Counter[str] = Counter()
    amount: Counter[str] = Counter()
    for deal in deals:
        count[deal.stage] += 1
        amount[deal.stage] += deal.amount
    return Figures(count, amount)


def figures_by(deals: Iterable[Deal], key: Callable[[Deal], str]) -> dict[str, Figures]:
    groups: defaultdict[str, list[Deal]] = defaultdict(list)
    for deal in deals:
        groups[key(deal)].append(deal)
    return {name: figures(group) for name, group in groups.items()}


def entered(deals: Iterable[Deal]) -> Figures:
    """Who ever entered a stage: a deal that is closed was engaged before (the files say when)."""
    count: Counter[str] = Counter()
    amount: Counter[str] = Counter()
    for deal in deals:
        through = ["Engaging", deal.stage] if deal.stage in {WON, LOST} else [deal.stage]
        count.update(through)
        amount.update(dict.fromkeys(through, deal.amount))
    return Figures(count, amount)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as text:
        return list(csv.DictReader(text))


def _month(text: str) -> str:
    """10/31/2017 → 2017-10; an open deal has none."""
    if not text:
        return ""
    month, _, year = text.split("/")
    return f"{year}-{int(month):02}"
