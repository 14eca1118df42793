"""A calendar: when we work, which is when the clocks of tickets run."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.ticketing import (
    CalendarAdded,
    CalendarChanged,
    CalendarDeleted,
    CalendarFact,
    CalendarRestored,
    CalendarState,
    OpeningState,
)
from services.ticketing.business_time import WEEK, BusinessTime, Opening, has_holidays

register(
    {
        "bad-hours": (
            "Hours begin before they end, and those of one day do not overlap",
            "工作时段须先开始后结束，同一天内不得重叠",
        ),
        "unknown-holidays": (
            "There is no list of public holidays for this place",
            "没有该地区的公共假日数据",
        ),
    }
)
DETAILS = ("name", "time_zone", "hours", "holiday_country", "holiday_subdivision", "own_days")


class Calendar(Aggregate, External, Base):
    """Hours of each weekday in a zone, less public holidays, and own days; no hours at all means always."""

    __tablename__ = "calendar"

    name: Mapped[str]
    time_zone: Mapped[str]
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    holiday_country: Mapped[str | None]
    holiday_subdivision: Mapped[str | None]
    own_days: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    @classmethod
    def add(cls, details: Mapping[str, Any], now: datetime) -> Self:
        """Let policies count by it; `details` holds DETAILS and the external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **details)
        made._check()
        made._tell(CalendarAdded, now)
        return made

    def change(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change what is given; instants that were worked out before stay as they are."""
        self._ask_present()
        changed = [name for name in DETAILS if name in details and details[name] != getattr(self, name)]
        if changed:
            for name in changed:
                setattr(self, name, details[name])
            self._check()
            self.updated_at = now
            self._tell(CalendarChanged, now)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin; what counts by it goes on doing so."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(CalendarDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(CalendarRestored, now)

    def business_time(self) -> BusinessTime:
        """Return what it says, to count by."""
        state = self.state()
        return BusinessTime(
            ZoneInfo(state.time_zone),
            tuple(_openings(one for one in state.hours if one.weekday == day) for day in range(WEEK)),
            state.holiday_country,
            state.holiday_subdivision,
            {one.day: _openings(one.hours) for one in state.own_days},
        )

    def state(self) -> CalendarState:
        """Return the public read shape."""
        return CalendarState.model_validate(self, from_attributes=True)

    def _check(self) -> None:
        counted = self.business_time()
        _check_openings([*counted.weekly, *counted.own_days.values()])
        if len(counted.own_days) < len(self.own_days):
            raise Conflict("bad-hours")
        country = self.holiday_country
        if self.holiday_subdivision is not None and country is None:
            raise Conflict("unknown-holidays")
        if country is not None and not has_holidays(country, self.holiday_subdivision):
            raise Conflict("unknown-holidays")

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[CalendarFact], now: datetime) -> None:
        self.record(fact(calendar_id=self.id, occurred_at=now, state=self.state()))


def _openings(given: Iterable[OpeningState]) -> tuple[Opening, ...]:
    return tuple(sorted((one.begins, one.ends) for one in given))


def _check_openings(days: Sequence[tuple[Opening, ...]]) -> None:
    for openings in days:
        is_upside_down = any(begins >= ends for begins, ends in openings)
        if is_upside_down or any(one[1] > other[0] for one, other in pairwise(openings)):
            raise Conflict("bad-hours")
