"""What analytics says, against what the files say."""

from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from deploy.demo.client import Api
from deploy.demo.wire import Json
from tests.figures import Figures as Rows
from tests.load.sales_history.mapping import Mapping
from tests.load.sales_history.payloads import Known
from tests.load.sales_history.truth import LOST, WON, Deal, Figures, entered, figures, figures_by

NOTHING = Figures({}, {})
# The root is level 1, a regional office 2, a manager's team 3.
OFFICE, TEAM = 2, 3


@dataclass
class Comparison:
    """Asks for every figure and adds a row for each; `rows` prints and judges them."""

    api: Api
    mapping: Mapping
    known: Known
    deals: list[Deal]
    rows: Rows

    async def run(self) -> None:
        await self._funnel()
        users, departments = self.known.users, self.known.departments
        await self._by("agent", "owner", users, figures_by(self.deals, lambda deal: deal.agent))
        teams = figures_by(self.deals, lambda deal: deal.manager)
        await self._by("manager", "department", departments, teams, level=TEAM)
        offices = figures_by(self.deals, lambda deal: deal.office)
        await self._by("regional office", "department", departments, offices, level=OFFICE)
        products = figures_by(self.deals, lambda deal: deal.product)
        await self._by("product", "product", self.known.products, products)
        await self._by_month()

    async def _funnel(self) -> None:
        said = await read_funnel(self.api, self.mapping, self.known)
        now, ever = figures(self.deals), entered(self.deals)
        for stage in (one.name for one in self.mapping.pipeline.stages):
            self._row(f"now in {stage}", said.current.of(stage), now.of(stage))
            self._row(f"ever entered {stage}", said.entered.of(stage), ever.of(stage))

    async def _by(
        self,
        label: str,
        group: str,
        ids: Map[str, str],
        expected: Map[str, Figures],
        level: int | None = None,
    ) -> None:
        said = await self._performance(group, level)
        names = {ids[name]: name for name in expected}
        for key, name in sorted(names.items(), key=lambda pair: pair[1]):
            self._row(f"{label} {name}", said.get(key, NOTHING), expected[name])
        others = sum(one.total for key, one in said.items() if key not in names)
        self.rows.exactly(f"{label}: of anyone else", others, 0)

    async def _by_month(self) -> None:
        """Only what is closed has a month of close."""
        closed = [deal for deal in self.deals if deal.closed_month]
        expected = figures_by(closed, lambda deal: deal.closed_month)
        said = {key: one.of(WON, LOST) for key, one in (await self._performance("month", None)).items()}
        for month in sorted(expected.keys() | {key for key, one in said.items() if one.total}):
            self._row(f"closed in {month}", said.get(month, NOTHING), expected.get(month, NOTHING))

    async def _performance(self, group: str, level: int | None) -> dict[str, Figures]:
        query = {"group_by": group, "level": level, "pipeline_id": self.known.pipeline}
        answer = await self.api.get("/metrics/sales-performance", **query)
        names = {id: name for name, id in self.known.stages.items()}
        return {str(row["key"]): self._figures(row["stages"], names) for row in answer["rows"]}

    def _figures(self, stages: list[Json], names: Map[str, str]) -> Figures:
        held = [stage for stage in stages if stage["count"]]
        count = {names[stage["stage_id"]]: int(stage["count"]) for stage in held}
        currency = self.mapping.currency
        amount = {names[one["stage_id"]]: worth(one["amounts"], currency) for one in held}
        return Figures(count, amount)

    def _row(self, name: str, said: Figures, expected: Figures) -> None:
        self.rows.exactly(name, str(said), str(expected))


@dataclass(frozen=True)
class Funnel:
    """The two sides of each stage: who is there, and who ever came in."""

    current: Figures
    entered: Figures


async def read_funnel(api: Api, mapping: Mapping, known: Known) -> Funnel:
    """The funnel as this user sees it."""
    stages = (await api.get("/metrics/funnel", pipeline_id=known.pipeline))["stages"]
    return Funnel(_side(stages, "current", mapping), _side(stages, "entered", mapping))


def _side(stages: list[Json], side: str, mapping: Mapping) -> Figures:
    held = [stage for stage in stages if stage[side]]
    count = {stage["name"]: int(stage[side]) for stage in held}
    amounts = f"{side}_amounts"
    return Figures(count, {s["name"]: worth(s[amounts], mapping.currency) for s in held})


def worth(amounts: list[dict[str, Any]], currency: str) -> int:
    """The sum in minor units; ValueError when something is not in this currency."""
    others = [one for one in amounts if one["currency"] != currency and one["amount_minor"]]
    if others:
        raise ValueError(f"Amounts that are not in {currency}: {others}")
    return sum(int(one["amount_minor"]) for one in amounts)
