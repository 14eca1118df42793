"""The same history through the eyes of single people: funnel, list and get show their part alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpx

from deploy.demo.client import Api
from deploy.demo.wire import Refused
from tests.figures import Figures as Rows
from tests.load.sales_history.compare import read_funnel
from tests.load.sales_history.payloads import Known, Payloads
from tests.load.sales_history.truth import Deal, entered, figures

AGENTS = 5
GETS = 5
# Beyond it a list's total says only "more".
COUNTED = 1000


@dataclass
class Person:
    name: str
    role: str
    deals: list[Deal]


def people(deals: Sequence[Deal]) -> list[Person]:
    """Every manager with the team's deals, and some agents with their own."""
    managers = sorted({deal.manager for deal in deals})
    agents = sorted({deal.agent for deal in deals})
    chosen = agents[:: max(1, len(agents) // AGENTS)][:AGENTS]
    teams = [Person(name, "manager", [d for d in deals if d.manager == name]) for name in managers]
    return teams + [Person(name, "agent", [d for d in deals if d.agent == name]) for name in chosen]


@dataclass
class Eyes:
    """Signs in as each person and adds a row for each; a row is ok when every door agrees."""

    url: str
    ca_file: str | None
    password: str
    payloads: Payloads
    known: Known
    deals: list[Deal]
    rows: Rows

    async def run(self) -> None:
        for person in people(self.deals):
            faults = await self._faults(person)
            name = f"as {person.role} {person.name}, who sees {len(person.deals):,}"
            self.rows.exactly(name, "; ".join(faults) or "no faults", "no faults")

    async def _faults(self, person: Person) -> list[str]:
        try:
            async with self._api(person) as api:
                return [
                    *await self._funnel(api, person),
                    *await self._list(api, person),
                    *await self._get(api, person),
                ]
        except (Refused, PermissionError) as error:
            return [str(error)]

    def _api(self, person: Person) -> Api:
        return Api(self.url, self.payloads.email(person.name), self.password, ca_file=self.ca_file)

    async def _funnel(self, api: Api, person: Person) -> list[str]:
        said = await read_funnel(api, self.payloads.mapping, self.known)
        pairs = {
            "funnel now": (said.current, figures(person.deals)),
            "funnel entered": (said.entered, entered(person.deals)),
        }
        return [f"{name} {a} ≠ {b}" for name, (a, b) in pairs.items() if str(a) != str(b)]

    async def _list(self, api: Api, person: Person) -> list[str]:
        pages = [page async for page in api.pages("/opportunities", pipeline_id=self.known.pipeline)]
        seen = {item["id"] for page in pages for item in page["items"]}
        meant = self._ids(person.deals)
        faults = [f"list shows {len(seen)}, not {len(meant)}"] if seen != meant else []
        total = {"count": min(len(meant), COUNTED), "capped": len(meant) > COUNTED}
        return faults + ([f"total says {pages[0]['total']}"] if pages[0]["total"] != total else [])

    async def _get(self, api: Api, person: Person) -> list[str]:
        own = {deal.id for deal in person.deals}
        others = [deal for deal in self.deals if deal.id not in own]
        mine = [await self._status(api, id) for id in self._some(person.deals)]
        theirs = [await self._status(api, id) for id in self._some(others)]
        faults = [f"get of an own one answers {mine}"] if set(mine) != {httpx.codes.OK} else []
        is_hidden = set(theirs) == {httpx.codes.NOT_FOUND}
        return faults + ([] if is_hidden else [f"get of another's answers {theirs}"])

    async def _status(self, api: Api, id: str) -> int:
        try:
            await api.get(f"/opportunities/{id}")
        except Refused as refused:
            return refused.status
        return httpx.codes.OK

    def _some(self, deals: Sequence[Deal]) -> list[str]:
        return sorted(self._ids(deals[:: max(1, len(deals) // GETS)][:GETS]))

    def _ids(self, deals: Iterable[Deal]) -> set[str]:
        return {self.known.opportunities[deal.id] for deal in deals if deal.id in self.known.opportunities}
