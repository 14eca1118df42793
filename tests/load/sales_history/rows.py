"""The files' rows, typed and put right; every row that cannot be is a refusal with its line."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.load.sales_history.mapping import Mapping

Raw = dict[str, str]


@dataclass(frozen=True)
class Account:
    name: str
    sector: str
    founded: int
    revenue_minor: int
    employees: int
    country: str
    parent: str | None


@dataclass(frozen=True)
class Product:
    name: str
    series: str
    price_minor: int


@dataclass(frozen=True)
class Agent:
    name: str
    manager: str
    office: str


@dataclass(frozen=True)
class Opportunity:
    line: int
    id: str
    agent: str
    product: str
    account: str | None
    stage: str
    engaged: date | None
    closed: date | None
    amount_minor: int


@dataclass(frozen=True)
class Refusal:
    """A row that was not sent, or that the API did not take."""

    file: str
    line: int
    reason: str


@dataclass
class History:
    """The four files as they were meant."""

    accounts: dict[str, Account] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    opportunities: dict[str, Opportunity] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    earliest: date = date.max

    @property
    def managers(self) -> dict[str, str]:
        """Each manager's regional office."""
        return {agent.manager: agent.office for agent in self.agents.values()}

    @property
    def offices(self) -> list[str]:
        return sorted({agent.office for agent in self.agents.values()})


def read_history(folder: Path, mapping: Mapping) -> History:
    """All four files of a folder; FileNotFoundError names one that is missing."""
    reader = _Reader(folder, mapping, History())
    held = reader.history
    for row in reader.each(mapping.files.accounts, reader.account):
        held.accounts[row.name] = row
    for product in reader.each(mapping.files.products, reader.product):
        held.products[product.name] = product
    for agent in reader.each(mapping.files.teams, reader.agent):
        held.agents[agent.name] = agent
    for opportunity in reader.each(mapping.files.opportunities, reader.opportunity):
        held.opportunities[opportunity.id] = opportunity
    days = [one.engaged for one in held.opportunities.values() if one.engaged is not None]
    held.earliest = min(days, default=date.max)
    return held


@dataclass
class _Reader:
    folder: Path
    mapping: Mapping
    history: History

    def each[T](self, file: str, parse: Callable[[Raw, int], T]) -> Iterator[T]:
        with (self.folder / file).open(newline="", encoding="utf-8-sig") as text:
            rows = csv.DictReader(text)
            for raw in rows:
                try:
                    yield parse(complete(raw), rows.line_num)
                except ValueError as error:
                    self.history.refusals.append(Refusal(file, rows.line_num, str(error)))

    def account(self, raw: Raw, _line: int) -> Account:
        fix, known = self.mapping.fixed, self.history.accounts
        return Account(
            name=_new(raw["account"], known),
            sector=fix("accounts", "sector", raw["sector"]),
            founded=int(raw["year_established"]),
            revenue_minor=self.mapping.minor(raw["revenue"], self.mapping.accounts.revenue_unit),
            employees=int(raw["employees"]),
            country=fix("accounts", "office_location", raw["office_location"]),
            parent=raw["subsidiary_of"].strip() or None,
        )

    def product(self, raw: Raw, _line: int) -> Product:
        name = _new(raw["product"], self.history.products)
        return Product(name, raw["series"].strip(), self.mapping.minor(raw["sales_price"]))

    def agent(self, raw: Raw, _line: int) -> Agent:
        name = _new(raw["sales_agent"], self.history.agents)
        return Agent(name, _text(raw["manager"]), _text(raw["regional_office"]))

    def opportunity(self, raw: Raw, line: int) -> Opportunity:
        found = Opportunity(
            line=line,
            id=_new(raw["opportunity_id"], self.history.opportunities),
            agent=_known(raw["sales_agent"], self.history.agents, "agent"),
            product=_known(self._product(raw), self.history.products, "product"),
            account=_known(raw["account"], self.history.accounts, "account")
            if raw["account"].strip()
            else None,
            stage=_known(raw["deal_stage"], {s.name for s in self.mapping.pipeline.stages}, "stage"),
            engaged=self._day(raw["engage_date"]),
            closed=self._day(raw["close_date"]),
            amount_minor=self.mapping.minor(raw["close_value"] or "0"),
        )
        self._check(found)
        return found

    def _product(self, raw: Raw) -> str:
        return self.mapping.fixed("opportunities", "product", raw["product"])

    def _day(self, text: str) -> date | None:
        return self.mapping.day(text) if text.strip() else None

    def _check(self, one: Opportunity) -> None:
        kinds = {stage.name: stage.kind for stage in self.mapping.pipeline.stages}
        if (kinds[one.stage] != "open") != (one.closed is not None):
            raise ValueError(f"{one.stage} and close date {one.closed} contradict each other.")
        if one.engaged is None and one.stage != self.mapping.pipeline.undated:
            raise ValueError(f"{one.stage} needs an engage date.")
        if one.engaged and one.closed and one.closed < one.engaged:
            raise ValueError(f"Closed on {one.closed}, before it was engaged on {one.engaged}.")


def complete(raw: dict[str | None, str | list[str] | None]) -> Raw:
    """The row as text; ValueError when it has too few columns or too many."""
    if None in raw or None in raw.values():
        raise ValueError("The row does not have as many columns as the header.")
    return {str(column): str(value) for column, value in raw.items()}


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("A required value is empty.")
    return value.strip()


def _new(value: str, known: object) -> str:
    name = _text(value)
    if isinstance(known, dict) and name in known:
        raise ValueError(f"{name!r} stands in an earlier row.")
    return name


def _known(value: str, known: object, kind: str) -> str:
    name = _text(value)
    if isinstance(known, dict | set) and name not in known:
        raise ValueError(f"{name!r} is not a known {kind}.")
    return name
