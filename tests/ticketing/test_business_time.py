"""Business time against an oracle that walks minute by minute with an eye on the wall clock."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.ticketing.business_time import (
    BusinessTime,
    Opening,
    has_holidays,
    public_holidays,
)

MINUTE = timedelta(minutes=1)
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    # Changes the clock by half an hour, at midnight, and is off by a quarter.
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Kathmandu",
]
NIGHT_OF_CHANGE = {
    "Europe/Berlin": [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)],
    "America/Havana": [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)],
}
OFFICE: tuple[tuple[Opening, ...], ...] = (((540, 1020),),) * 5 + ((),) * 2
UTC_ZONE = ZoneInfo("UTC")


def walked(business: BusinessTime, start: datetime, end: datetime) -> timedelta:
    """Count the minutes at whose beginning the wall clock stands within an opening."""
    minutes, instant = 0, start
    while instant < end:
        minutes += is_open(business, instant.astimezone(business.zone))
        instant += MINUTE
    return minutes * MINUTE


def is_open(business: BusinessTime, local: datetime) -> bool:
    day, minute = local.date(), local.hour * 60 + local.minute
    if day in business.own_days:
        openings = business.own_days[day]
    elif business.country and day in public_holidays(business.country, business.subdivision, day.year):
        openings = ()
    else:
        openings = business.weekly[day.weekday()] if any(business.weekly) else ((0, 1440),)
    return any(begins <= minute < ends for begins, ends in openings)


def any_calendar(chance: random.Random) -> BusinessTime:
    weekly = []
    for _ in range(7):
        cuts = sorted(chance.sample(range(1441), chance.choice([0, 2, 2, 4])))
        weekly.append(tuple(zip(cuts[::2], cuts[1::2], strict=True)))
    own = {date(2026, 3, 29): ((0, 1440),), date(2026, 10, 25): (), date(2026, 3, 8): ((60, 200),)}
    return BusinessTime(
        ZoneInfo(chance.choice(ZONES)),
        tuple(weekly) if chance.random() < 0.9 else ((),) * 7,
        country=chance.choice([None, None, "DE", "US", "CN"]),
        own_days=own if chance.random() < 0.3 else {},
    )


def any_instant(chance: random.Random, business: BusinessTime) -> datetime:
    """An instant of some night in which the clock is changed, or of any day."""
    nights = NIGHT_OF_CHANGE.get(business.zone.key)
    if nights and chance.random() < 0.6:
        return chance.choice(nights) + chance.randrange(3 * 1440) * MINUTE
    return datetime(2026, 1, 1, tzinfo=UTC) + chance.randrange(360 * 1440) * MINUTE


class TestAgainstTheWalker:
    @pytest.mark.parametrize("seed", range(60))
    def test_counts_every_open_minute_between_two_instants(self, seed: int) -> None:
        chance = random.Random(seed)
        business = any_calendar(chance)
        start = any_instant(chance, business)
        end = start + chance.randrange(5 * 1440) * MINUTE

        assert business.between(start, end) == walked(business, start, end)

    @pytest.mark.parametrize("seed", range(60))
    def test_adds_the_first_instant_at_which_so_much_has_passed(self, seed: int) -> None:
        chance = random.Random(1000 + seed)
        business = any_calendar(chance)
        start, amount = any_instant(chance, business), chance.randrange(1, 2000) * MINUTE

        due = business.add(start, amount)

        if due is None:
            assert walked(business, start, start + timedelta(days=30)) == timedelta(0)
        else:
            assert business.between(start, due) == amount
            assert business.between(start, due - timedelta(microseconds=1)) < amount
            assert walked(business, start, due) == amount

    @pytest.mark.parametrize("seed", range(30))
    def test_takes_a_pause_out_without_losing_a_microsecond(self, seed: int) -> None:
        chance = random.Random(2000 + seed)
        business = any_calendar(chance)
        start = any_instant(chance, business) + timedelta(microseconds=chance.randrange(10**9))
        middle = start + timedelta(seconds=chance.randrange(200_000))
        end = middle + timedelta(seconds=chance.randrange(200_000))

        parts = business.between(start, middle) + business.between(middle, end)

        assert parts == business.between(start, end)


class TestRoundTheClock:
    def test_is_plain_arithmetic(self) -> None:
        business = BusinessTime(ZoneInfo("Europe/Berlin"))
        start = datetime(2026, 3, 28, 22, 0, 0, 1, tzinfo=UTC)

        assert business.add(start, timedelta(hours=24)) == start + timedelta(hours=24)
        assert business.between(start, start + timedelta(days=3)) == timedelta(days=3)

    def test_passes_over_a_day_of_its_own(self) -> None:
        business = BusinessTime(UTC_ZONE, own_days={date(2026, 3, 3): ()})
        start = datetime(2026, 3, 2, 12, tzinfo=UTC)

        assert business.add(start, timedelta(hours=24)) == datetime(2026, 3, 4, 12, tzinfo=UTC)


class TestOfficeHours:
    def test_ends_at_the_close_and_not_at_the_next_opening(self) -> None:
        business = BusinessTime(UTC_ZONE, OFFICE)
        monday = datetime(2026, 3, 2, 9, tzinfo=UTC)

        assert business.add(monday, timedelta(hours=8)) == datetime(2026, 3, 2, 17, tzinfo=UTC)

    def test_goes_on_after_the_weekend(self) -> None:
        business = BusinessTime(UTC_ZONE, OFFICE)
        friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)

        assert business.add(friday, timedelta(hours=1)) == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)

    def test_begins_when_the_doors_open(self) -> None:
        business = BusinessTime(UTC_ZONE, OFFICE)
        sunday = datetime(2026, 3, 8, 3, tzinfo=UTC)

        assert business.add(sunday, MINUTE) == datetime(2026, 3, 9, 9, 1, tzinfo=UTC)
        assert business.between(sunday, datetime(2026, 3, 9, 9, tzinfo=UTC)) == timedelta(0)

    def test_knows_half_days(self) -> None:
        business = BusinessTime(UTC_ZONE, OFFICE, own_days={date(2026, 12, 24): ((540, 720),)})
        eve = datetime(2026, 12, 24, 8, tzinfo=UTC)

        assert business.between(eve, eve + timedelta(days=1)) == timedelta(hours=3)

    @pytest.mark.parametrize(
        ("country", "subdivision", "day", "hours"),
        [
            ("DE", None, date(2026, 5, 1), 0),
            ("DE", "BY", date(2026, 1, 6), 0),
            ("DE", "BE", date(2026, 1, 6), 8),
            ("CN", None, date(2026, 10, 1), 0),
            ("US", None, date(2026, 11, 26), 0),
            (None, None, date(2026, 5, 1), 8),
        ],
        ids=[
            "labour-day",
            "epiphany-in-bavaria",
            "none-in-berlin",
            "national-day",
            "thanksgiving",
            "nowhere",
        ],
    )
    def test_knows_public_holidays(
        self, country: str | None, subdivision: str | None, day: date, hours: int
    ) -> None:
        business = BusinessTime(UTC_ZONE, OFFICE, country, subdivision)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)

        assert business.between(midnight, midnight + timedelta(days=1)) == timedelta(hours=hours)

    def test_works_on_a_holiday_that_is_a_day_of_our_own(self) -> None:
        labour_day = date(2026, 5, 1)
        business = BusinessTime(UTC_ZONE, OFFICE, "DE", own_days={labour_day: ((600, 660),)})
        midnight = datetime(2026, 5, 1, tzinfo=UTC)

        assert business.between(midnight, midnight + timedelta(days=1)) == timedelta(hours=1)


class TestChangeOfTheClock:
    def test_leaves_out_the_hour_that_is_left_out(self) -> None:
        night = BusinessTime(ZoneInfo("Europe/Berlin"), ((((0, 300),),) * 7))
        spring = datetime(2026, 3, 28, 23, tzinfo=UTC)

        assert night.between(spring, spring + timedelta(hours=10)) == timedelta(hours=4)

    def test_counts_the_hour_that_comes_twice_twice(self) -> None:
        night = BusinessTime(ZoneInfo("Europe/Berlin"), ((((0, 300),),) * 7))
        autumn = datetime(2026, 10, 24, 22, tzinfo=UTC)

        assert night.between(autumn, autumn + timedelta(hours=10)) == timedelta(hours=6)

    def test_closes_by_the_wall_clock_both_times(self) -> None:
        early = BusinessTime(ZoneInfo("Europe/Berlin"), ((((120, 150),),) * 7))
        autumn = datetime(2026, 10, 24, 22, tzinfo=UTC)

        assert early.between(autumn, autumn + timedelta(hours=10)) == timedelta(hours=1)


class TestLimits:
    def test_gives_up_where_nothing_ever_opens(self) -> None:
        never = BusinessTime(UTC_ZONE, ((),) * 6 + (((0, 1),),), own_days={})
        once_a_week = never.add(datetime(2026, 3, 2, tzinfo=UTC), timedelta(days=30))

        assert once_a_week is None

    @pytest.mark.parametrize("amount", [timedelta(0), timedelta(minutes=-5)], ids=["nothing", "less"])
    def test_is_due_at_once_when_nothing_is_left(self, amount: timedelta) -> None:
        sunday = datetime(2026, 3, 8, tzinfo=UTC)

        assert BusinessTime(UTC_ZONE, OFFICE).add(sunday, amount) == sunday

    def test_has_no_time_backwards(self) -> None:
        monday = datetime(2026, 3, 2, 12, tzinfo=UTC)

        assert BusinessTime(UTC_ZONE, OFFICE).between(monday, monday - timedelta(hours=1)) == timedelta(0)

    @pytest.mark.parametrize(
        ("country", "subdivision", "known"),
        [("DE", None, True), ("DE", "BY", True), ("DE", "XX", False), ("XX", None, False)],
    )
    def test_knows_whose_holidays_it_knows(
        self, *, country: str, subdivision: str | None, known: bool
    ) -> None:
        assert has_holidays(country, subdivision) is known
