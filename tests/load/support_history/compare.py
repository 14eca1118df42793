"""What analytics says of the tickets, against what the file says."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from deploy.demo.client import Api
from deploy.demo.wire import Json
from tests.figures import Figures
from tests.load.sales_history.payloads import slug
from tests.load.support_history import truth
from tests.load.support_history.payloads import Known
from tests.load.support_history.truth import Case

EVERYTHING = "all"


@dataclass
class Comparison:
    """Asks for every figure and adds a row for each; `rows` prints and judges them.

    It asks as one of the agents: each of them is in every queue, so he sees the whole history and nothing
    else that may be on the platform.
    """

    api: Api
    known: Known
    cases: list[Case]
    rows: Figures

    async def run(self) -> None:
        for group, key in self._keys().items():
            volumes = await self._ask("tickets", group)
            kept = await self._ask("sla", group)
            scores = await self._ask("csat", group)
            for name, cases in self._expected(key).items():
                label = f"tickets by {group} {name[1]}"
                said = volumes.get(name[0], {})
                self._volume(label, said, cases)
                self._kept(label, kept.get(name[0], {}), cases)
                self._scores(label, scores.get(name[0], {}), cases)
            self._nothing_else(group, volumes, key)
        await self._by_month()
        await self._total()

    def _keys(self) -> dict[str, Callable[[Case], tuple[str, str]]]:
        """How a case is keyed in each report, and what people call it."""
        users, queues = self.known.users, self.known.queues
        return {
            "queue": lambda case: (queues[case.team], case.team),
            "owner": lambda case: (users[case.agent], case.agent),
            "priority": lambda case: (case.priority.lower(), case.priority),
            "channel": lambda case: (slug(case.channel, "-"), case.channel),
            "category": lambda case: (case.category, case.category),
        }

    def _expected(self, key: Callable[[Case], tuple[str, str]]) -> dict[tuple[str, str], list[Case]]:
        names = {key(case) for case in self.cases}
        return {
            name: [case for case in self.cases if key(case) == name]
            for name in sorted(names, key=lambda pair: pair[1])
        }

    async def _ask(self, report: str, group: str) -> dict[str, Json]:
        answer = await self.api.get(f"/metrics/{report}", group_by=group)
        return {str(row["key"]): row for row in answer["rows"]}

    def _volume(self, label: str, said: Json, cases: list[Case]) -> None:
        self.rows.exactly(f"{label}: volume", said_volume(said), truth.volume(cases))
        took = [case.resolution_seconds for case in cases if case.resolution_seconds is not None]
        resolution = said_durations(said.get("resolution_seconds"))
        self.rows.exactly(f"{label}: resolution", resolution, truth.durations(took))
        waited = [case.response_seconds for case in cases]
        response = said_durations(said.get("first_response_seconds"))
        self.rows.exactly(f"{label}: first response", response, truth.durations(waited))

    def _kept(self, label: str, said: Json, cases: list[Case]) -> None:
        response, resolution = said_kept(said.get("first_response")), said_kept(said.get("resolution"))
        self.rows.exactly(f"{label}: first response in time", response, truth.response_kept(cases))
        self.rows.exactly(f"{label}: resolution in time", resolution, truth.resolution_kept(cases))

    def _scores(self, label: str, said: Json, cases: list[Case]) -> None:
        self.rows.exactly(f"{label}: satisfaction", said_answers(said), truth.satisfaction(cases))

    def _nothing_else(self, group: str, said: Map[str, Json], key: Callable[[Case], tuple[str, str]]) -> None:
        known = {key(case)[0] for case in self.cases}
        others = sum(int(row["opened"]) for name, row in said.items() if name not in known)
        self.rows.exactly(f"tickets by {group}: of anything else", others, 0)

    async def _by_month(self) -> None:
        """What was opened, solved and rated, each in its own month; a promise by the month of the opening."""
        volumes, kept = await self._ask("tickets", "month"), await self._ask("sla", "month")
        scores = await self._ask("csat", "month")
        opened = truth.grouped(self.cases, lambda case: case.opened_month)
        solved = truth.grouped(
            [case for case in self.cases if case.is_resolved], lambda case: case.resolved_month
        )
        for month in sorted(opened.keys() | solved.keys() | volumes.keys()):
            said, label = volumes.get(month, {}), f"tickets in {month}"
            came, went = opened.get(month, []), solved.get(month, [])
            counts = f"opened {said.get('opened', 0):,} resolved {said.get('resolved', 0):,}"
            self.rows.exactly(f"{label}: volume", counts, f"opened {len(came):,} resolved {len(went):,}")
            took = [case.resolution_seconds or 0.0 for case in went]
            resolution = said_durations(said.get("resolution_seconds"))
            self.rows.exactly(f"{label}: resolution", resolution, truth.durations(took))
            self._kept(label, kept.get(month, {}), came)
            self._scores(label, scores.get(month, {}), went)

    async def _total(self) -> None:
        volumes = (await self.api.get("/metrics/tickets", group_by="priority"))["total"]
        kept = (await self.api.get("/metrics/sla", group_by="priority"))["total"]
        scores = (await self.api.get("/metrics/csat", group_by="priority"))["total"]
        self._volume(f"tickets, {EVERYTHING}", volumes, self.cases)
        self._kept(f"tickets, {EVERYTHING}", kept, self.cases)
        self._scores(f"tickets, {EVERYTHING}", scores, self.cases)


def said_volume(said: Json) -> str:
    counts = {name: int(said.get(name, 0)) for name in ("opened", "resolved", "open")}
    return " ".join(f"{name} {count:,}" for name, count in counts.items())


def said_durations(said: Json | None) -> str:
    if not said or not said["count"]:
        return "none"
    return truth.shown_durations(said["count"], *(float(said[name]) for name in ("average", "median", "p90")))


def said_kept(said: Json | None) -> str:
    given: dict[str, Any] = said or {"met": 0, "breached": 0, "pending": 0}
    pending = f" pending {given['pending']:,}" if given["pending"] else ""
    return truth.kept(given["met"], given["breached"]) + pending


def said_answers(said: Json) -> str:
    distribution: Map[str, int] = said.get("distribution", {})
    return truth.answers(Counter({int(score): count for score, count in distribution.items() if count}))
