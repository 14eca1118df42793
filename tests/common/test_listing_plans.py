"""A page that is asked again: which statements it takes, and that its total stays true."""

import pytest

from libs.common import listing_plans
from libs.common.listing_plans import COUNT_CAP, MOST_KEPT, SURE_FOR, SURELY_LONG, Kept, Plan, total
from libs.common.reads import Asked, ReadPool, Row

LIMIT = 2


class Rows(ReadPool):
    """A list of so many rows; `names` tells which statements were asked."""

    def __init__(self, count: int) -> None:
        super().__init__("", 1)
        self.count, self.names = count, list[str]()

    async def rows(self, asked: Asked) -> list[Row]:
        self.names.append(asked.text)
        if asked.text == "total":
            return [(min(self.count, SURELY_LONG + 1),)]
        shown = range(min(self.count, LIMIT + 1))
        counted = min(self.count, COUNT_CAP + 1)
        return [(row, counted) if asked.text == "whole" else (row,) for row in shown]


def make_plan(rows: Rows, *, is_first: bool = True) -> Plan:
    return Plan(rows, lambda name: Asked(name, []), Kept(), LIMIT, is_first)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(listing_plans, "monotonic", lambda: now[0])
    return now


class TestPlan:
    async def test_asks_once_where_the_page_holds_everything(self) -> None:
        rows = Rows(LIMIT)

        found, count = await make_plan(rows).found()

        assert (len(found), count, rows.names) == (LIMIT, LIMIT, ["page"])

    async def test_counts_in_the_same_statement_where_the_list_was_short(self) -> None:
        rows = Rows(40)
        plan = make_plan(rows)

        assert [(await plan.found())[1] for _ in range(2)] == [40, 40]

        assert rows.names == ["page", "total", "whole"]

    async def test_asks_again_where_the_list_is_short_no_more(self) -> None:
        rows = Rows(40)
        plan = make_plan(rows)
        await plan.found()
        rows.count = COUNT_CAP + 1

        found, count = await plan.found()

        assert (len(found[0]), total(count)) == (1, {"count": COUNT_CAP, "capped": True})
        assert rows.names[2:] == ["whole", "page"]
        await plan.found()
        assert rows.names[4:] == ["page", "total"]

    async def test_counts_behind_a_cursor_apart(self) -> None:
        rows = Rows(40)
        plan = make_plan(rows, is_first=False)

        assert [(await plan.found())[1] for _ in range(2)] == [40, 40]

        assert rows.names == ["page", "total"] * 2

    async def test_counts_a_surely_long_list_once_a_moment(self, clock: list[float]) -> None:
        rows = Rows(SURELY_LONG + 1)
        plan = make_plan(rows)

        for _ in range(3):
            assert total((await plan.found())[1]) == {"count": COUNT_CAP, "capped": True}
        clock[0] += SURE_FOR
        await plan.found()

        assert rows.names == ["page", "total", "page", "page", "page", "total"]

    async def test_counts_a_list_anew_that_may_come_below_the_cap(self, clock: list[float]) -> None:
        rows = Rows(SURELY_LONG)
        plan = make_plan(rows)
        await plan.found()
        rows.count = COUNT_CAP - 1

        assert total((await plan.found())[1]) == {"count": COUNT_CAP - 1, "capped": False}
        assert clock == [1000.0]


class TestKept:
    def test_begins_anew_when_it_is_full(self) -> None:
        kept: Kept[int, int] = Kept()

        for each in range(MOST_KEPT + 1):
            kept.keep(each, each)

        assert kept == {MOST_KEPT: MOST_KEPT}
