"""What a calendar allows, and what it tells."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.problems import Conflict
from libs.contracts.ticketing import CalendarAdded, CalendarChanged, CalendarDeleted, CalendarRestored
from services.ticketing.calendars.model import Calendar
from tests.factories.records import told
from tests.factories.ticketing import NINE_TO_FIVE, NOW, make_calendar

LATER = NOW + timedelta(hours=1)


def opening(begins: int, ends: int, weekday: int = 0) -> dict[str, int]:
    return {"weekday": weekday, "begins": begins, "ends": ends}


def assert_refused(calendar: Calendar, slug: str, act: Callable[[], Any]) -> None:
    events = told(calendar)

    with pytest.raises(Conflict) as refused:
        act()

    assert refused.value.slug == slug
    assert told(calendar) == events


class TestAdd:
    def test_records_calendar_added(self) -> None:
        calendar = make_calendar(hours=NINE_TO_FIVE, holiday_country="DE")

        (added,) = told(calendar)
        assert added == CalendarAdded(calendar_id=calendar.id, occurred_at=NOW, state=calendar.state())
        assert (added.state.hours[0].begins, added.state.holiday_country) == (540, "DE")

    @pytest.mark.parametrize(
        "hours",
        [
            [opening(600, 540)],
            [opening(600, 600)],
            [opening(540, 720), opening(700, 900)],
            [opening(700, 900), opening(540, 720)],
        ],
        ids=["backwards", "empty", "overlapping", "in-any-order"],
    )
    def test_rejects_hours_that_make_no_sense(self, hours: list[dict[str, int]]) -> None:
        with pytest.raises(Conflict, match="bad-hours"):
            make_calendar(hours=hours)

    def test_rejects_a_day_said_twice(self) -> None:
        day: dict[str, Any] = {"day": "2026-12-24", "name": None, "hours": []}

        with pytest.raises(Conflict, match="bad-hours"):
            make_calendar(own_days=[day, day])

    @pytest.mark.parametrize(
        "place",
        [
            {"holiday_country": "XX"},
            {"holiday_country": "DE", "holiday_subdivision": "XX"},
            {"holiday_subdivision": "BY"},
        ],
        ids=["country", "subdivision", "subdivision-of-nothing"],
    )
    def test_rejects_a_place_without_a_list(self, place: dict[str, str]) -> None:
        with pytest.raises(Conflict, match="unknown-holidays"):
            make_calendar(**place)

    def test_lets_two_openings_touch(self) -> None:
        calendar = make_calendar(hours=[opening(540, 720), opening(720, 900)])

        monday = datetime(2026, 3, 2, tzinfo=UTC)
        counted = calendar.business_time().between(monday, monday + timedelta(days=1))
        assert counted == timedelta(hours=6)


class TestBusinessTime:
    def test_counts_by_hours_zone_and_days(self) -> None:
        day = {"day": "2026-03-03", "name": "Half day", "hours": [{"begins": 540, "ends": 600}]}
        calendar = make_calendar(hours=NINE_TO_FIVE, time_zone="Asia/Shanghai", own_days=[day])

        monday = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
        counted = calendar.business_time().between(monday, monday + timedelta(days=2))

        # Monday from 8:00 on the wall in Shanghai: eight hours, and one on Tuesday.
        assert counted == timedelta(hours=9)

    def test_is_always_without_hours(self) -> None:
        counted = make_calendar().business_time().between(NOW, NOW + timedelta(days=9))

        assert counted == timedelta(days=9)


class TestChange:
    def test_records_what_it_is_now(self) -> None:
        calendar = make_calendar()

        calendar.change({"name": "Office", "hours": list(NINE_TO_FIVE)}, LATER)

        changed = told(calendar)[-1]
        assert isinstance(changed, CalendarChanged)
        assert (changed.state.name, len(changed.state.hours), changed.state.updated_at) == (
            "Office",
            5,
            LATER,
        )

    def test_says_nothing_when_nothing_changes(self) -> None:
        calendar = make_calendar()

        calendar.change({"name": "Always", "hours": []}, LATER)

        assert (len(told(calendar)), calendar.updated_at) == (1, NOW)

    def test_rejects_hours_that_make_no_sense(self) -> None:
        calendar = make_calendar()

        assert_refused(calendar, "bad-hours", lambda: calendar.change({"hours": [opening(9, 8)]}, LATER))


class TestDelete:
    def test_goes_to_the_recycle_bin_and_comes_back(self) -> None:
        calendar = make_calendar()

        calendar.delete(LATER)
        calendar.restore(LATER)

        assert [type(event) for event in told(calendar)[1:]] == [CalendarDeleted, CalendarRestored]

    @pytest.mark.parametrize(
        "act",
        [lambda one: one.delete(LATER), lambda one: one.change({"name": "x"}, LATER)],
        ids=["delete", "change"],
    )
    def test_rejects_everything_else_afterwards(self, act: Any) -> None:
        calendar = make_calendar()
        calendar.delete(NOW)

        assert_refused(calendar, "deleted", lambda: act(calendar))

    def test_rejects_restoring_what_is_not_deleted(self) -> None:
        calendar = make_calendar()

        assert_refused(calendar, "not-deleted", lambda: calendar.restore(LATER))
