"""A comparison that cannot fail proves nothing: each test tells analytics another lie."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.demo.client import Api
from deploy.demo.wire import Outcome
from tests.figures import Figures
from tests.load.sales_history.compare import Comparison, worth
from tests.load.sales_history.mapping import load_mapping
from tests.load.sales_history.payloads import Known
from tests.load.sales_history.readback import differing, doubles
from tests.load.sales_history.test_rows import history
from tests.load.sales_history.test_truth import DEALS
from tests.load.sales_history.truth import LOST, WON, Deal, read_deals

Json = dict[str, Any]
STAGES = ("Prospecting", "Engaging", "Won", "Lost")
KNOWN = Known(
    departments={"Dustin Brinkmann": "team", "Central": "office", "Sales": "root"},
    users={"Moses Frase": "agent"},
    accounts={},
    products={"GTX Pro": "product"},
    pipeline="pipe",
    stages={name: f"id-{name}" for name in STAGES},
    opportunities={},
)


def usd(minor: int) -> list[Json]:
    return [{"currency": "USD", "amount_minor": minor}]


class Analytics:
    """Answers from the deals it is given, less one row or with one stage changed."""

    def __init__(self, deals: list[Deal]) -> None:
        self.deals = deals
        self.lost_row = ""
        self.extra: dict[str, Json] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/sign-in"):
            return httpx.Response(200, json={"access_token": "a"})
        if request.url.path.endswith("/funnel"):
            return httpx.Response(200, json={"stages": [self._stage(name) for name in STAGES]})
        return httpx.Response(200, json={"rows": self._rows(request.url.params)})

    def _stage(self, name: str) -> Json:
        here = [deal for deal in self.deals if deal.stage == name]
        ever = [d for d in self.deals if d.stage == name or (name == "Engaging" and d.closed_month)]
        true: Json = {
            "name": name,
            "current": len(here),
            "current_amounts": usd(sum(deal.amount for deal in here)),
            "entered": len(ever),
            "entered_amounts": usd(sum(deal.amount for deal in ever)),
        }
        return true | self.extra.get(name, {})

    def _rows(self, params: httpx.QueryParams) -> list[Json]:
        group, level = params["group_by"], params.get("level", "")
        single = {"owner": "agent", "product": "product", "department2": "office", "department3": "team"}
        groups: dict[str, list[Deal]] = {}
        for deal in self.deals:
            key = single.get(group + level, deal.closed_month)
            groups.setdefault(key, []).append(deal)
        groups.pop(self.lost_row, None)
        return [{"key": key, "stages": self._stages(deals)} for key, deals in groups.items() if key]

    def _stages(self, deals: list[Deal]) -> list[Json]:
        held = {name: [d for d in deals if d.stage == name] for name in STAGES}
        return [
            {"stage_id": f"id-{name}", "count": len(all), "amounts": usd(sum(d.amount for d in all))}
            for name, all in held.items()
        ]


@pytest.fixture
def deals(tmp_path: Path) -> list[Deal]:
    history(tmp_path, *DEALS)
    return read_deals(tmp_path, load_mapping())


async def compare(deals: list[Deal], analytics: Analytics, folder: Path) -> list[str]:
    rows = Figures("load", folder)
    transport = httpx.MockTransport(analytics)
    async with Api("http://plexus", "a@example.com", "x", transport=transport) as api:
        await Comparison(api, load_mapping(), KNOWN, deals, rows).run()
    assert len(rows.rows) > 15
    return rows.failures()


class TestComparison:
    async def test_is_content_with_the_truth(self, deals: list[Deal], tmp_path: Path) -> None:
        assert await compare(deals, Analytics(deals), tmp_path) == []

    async def test_sees_one_deal_that_is_missing(self, deals: list[Deal], tmp_path: Path) -> None:
        failures = await compare(deals, Analytics(deals[1:]), tmp_path)

        named = " ".join(failures)
        for row in (
            "now in Won",
            "ever entered Engaging",
            "agent",
            "manager",
            "office",
            "product",
            "2017-03",
        ):
            assert row in named

    async def test_sees_one_deal_that_is_counted_twice(self, deals: list[Deal], tmp_path: Path) -> None:
        assert len(await compare(deals, Analytics([*deals, deals[4]]), tmp_path)) >= 5

    @pytest.mark.parametrize("row", ["agent", "team", "office", "product", "2017-12"])
    async def test_sees_a_row_that_is_missing(self, deals: list[Deal], tmp_path: Path, row: str) -> None:
        analytics = Analytics(deals)
        analytics.lost_row = row

        assert len(await compare(deals, analytics, tmp_path)) == 1

    async def test_sees_a_wrong_amount(self, deals: list[Deal], tmp_path: Path) -> None:
        analytics = Analytics(deals)
        analytics.extra = {WON: {"current_amounts": usd(109_900)}}

        (failure,) = await compare(deals, analytics, tmp_path)

        assert "W 2 = 1,099 (bar = W 2 = 1,100)" in failure


class TestWorth:
    def test_refuses_another_currency(self) -> None:
        with pytest.raises(ValueError, match="EUR"):
            worth([{"currency": "EUR", "amount_minor": 1}], "USD")


def outcome(id: str, **item: object) -> Outcome:
    return Outcome({"external_id": {"system": "s", "id": id}, **item}, 409, id, {})


class TestReadback:
    def test_finds_what_is_not_as_it_was_sent(self) -> None:
        sent = [outcome("1", name="A"), outcome("2", name="B"), outcome("3", name="C")]
        held = [{"id": "1", "name": "A"}, {"id": "2", "name": "X"}]

        assert differing(sent, held, ["name"]) == ["2", "3"]

    def test_compares_the_last_stage_of_a_history(self) -> None:
        sent = [outcome("1", history=[{"stage_id": WON}, {"stage_id": LOST}])]

        assert differing(sent, [{"id": "1", "stage_id": LOST}], ["stage_id"]) == []
        assert differing(sent, [{"id": "1", "stage_id": WON}], ["stage_id"]) == ["1"]

    def test_finds_what_is_there_twice(self) -> None:
        first, twice = ({"id": id, "external_system": "s", "external_id": "1"} for id in ("1", "9"))

        assert doubles([outcome("1")], [first]) == 0
        assert doubles([outcome("1")], [first, twice]) == 1
