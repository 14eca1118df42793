"""Business time: what passes while we work, by hours on the wall clock of a zone.

An opening holds exactly while the wall clock stands within it: on the day of a change of the clock, an hour
that comes twice counts twice, and one that is left out does not count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

type Opening = tuple[int, int]
type Span = tuple[datetime, datetime]

DAY_MINUTES = 1440
WEEK = 7
NOTHING = timedelta(0)
_ALWAYS: tuple[Opening, ...] = ((0, DAY_MINUTES),)
_MINUTE = timedelta(minutes=1)
# Beyond it nobody waits for an answer, and a calendar of nothing but holidays would be searched for ever.
_HORIZON = timedelta(days=366 * 10)


@lru_cache(maxsize=1024)
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Return the public holidays of a year; NotImplementedError for a place that nobody has a list of."""
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


def has_holidays(country: str, subdivision: str | None) -> bool:
    """Tell whether there is a list of public holidays for a country (ISO 3166-1) or a part of it."""
    known: dict[str, list[str]] = holidays.list_supported_countries()
    return country in known and (subdivision is None or subdivision in known[country])


@dataclass(frozen=True)
class BusinessTime:
    """When we work: `weekly` has the openings of each weekday (0 is Monday), none at all means always.

    Openings are minutes from local midnight, [begins, ends), in order and apart. `own_days` replaces both the
    weekday and a public holiday.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Opening, ...], ...] = ((),) * WEEK
    country: str | None = None
    subdivision: str | None = None
    own_days: Mapping[date, tuple[Opening, ...]] = field(default_factory=dict)

    def add(self, start: datetime, amount: timedelta) -> datetime | None:
        """Return the first instant (UTC) at which `amount` of business time has passed since `start`.

        None when that is more than ten years away.
        """
        if amount <= NOTHING or self._is_always:
            return start + max(amount, NOTHING)
        left = amount
        for begins, ends in self._spans(start, start + _HORIZON):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the business time that passes from `start` to `end`, nothing when `end` is not later."""
        if end <= start or self._is_always:
            return max(end - start, NOTHING)
        return sum((ends - begins for begins, ends in self._spans(start, end)), NOTHING)

    @property
    def _is_always(self) -> bool:
        return not any(self.weekly) and self.country is None and not self.own_days

    def _spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the stretches (UTC) in which we work between two instants, in order."""
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            for begins, ends in self._day(day):
                if begins < end and ends > start:
                    yield max(begins, start), min(ends, end)
            day += timedelta(days=1)

    def _day(self, day: date) -> Iterator[Span]:
        """Yield what a local day's openings are on the world's clock."""
        openings = self._openings(day)
        stretches = list(_stretches(self.zone, day)) if openings else []
        for opening in openings:
            midnight = datetime.combine(day, time(), UTC)
            opens, closes = (midnight + minutes * _MINUTE for minutes in opening)
            for begins, ends, offset in stretches:
                span = max(begins, opens - offset), min(ends, closes - offset)
                if span[0] < span[1]:
                    yield span

    def _openings(self, day: date) -> tuple[Opening, ...]:
        if (own := self.own_days.get(day)) is not None:
            return own
        if self.country and day in public_holidays(self.country, self.subdivision, day.year):
            return ()
        return self.weekly[day.weekday()] if any(self.weekly) else _ALWAYS


def _stretches(zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield (begins, ends, offset) of a local day, one for each offset from UTC that it has."""
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    while begins < ends:
        offset = _offset(zone, begins)
        change = ends if _offset(zone, ends - _MINUTE) == offset else _change(zone, begins, ends)
        yield begins, change, offset
        begins = change


def _change(zone: ZoneInfo, begins: datetime, ends: datetime) -> datetime:
    """Return the minute at which the clock is changed, found by halving."""
    offset, low, high = _offset(zone, begins), 0, (ends - begins) // _MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, begins + middle * _MINUTE) == offset else (low, middle)
    return begins + high * _MINUTE


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or NOTHING
