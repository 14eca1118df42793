"""Calendars as the API takes and shows them: hours as HH:MM on the wall clock."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import Day, ExternalRef, Text, kept

_ZONES = available_timezones()
_HOUR = 60


def _known_zone(value: str) -> str:
    if value not in _ZONES:
        message = "must be a zone of the IANA database"
        raise ValueError(message)
    return value


Zone = Annotated[
    str, StringConstraints(max_length=64), AfterValidator(_known_zone), Field(examples=["Asia/Shanghai"])
]
Clock = Annotated[
    str,
    StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"),
    Field(examples=["09:00"], description="On the wall clock; 24:00 is the end of the day."),
]


class OpeningIn(BaseModel):
    """Hours of work on one day."""

    model_config = ConfigDict(extra="forbid")

    begins: Clock
    ends: Clock


class HoursIn(OpeningIn):
    """Hours of work on a day of the week; 0 is Monday."""

    weekday: Annotated[int, Field(strict=True, ge=0, le=6)]


class OwnDayIn(BaseModel):
    """A day that is otherwise than its weekday or a public holiday: without hours it is off."""

    model_config = ConfigDict(extra="forbid")

    day: Day
    name: Text | None = None
    hours: Annotated[list[OpeningIn], Field(max_length=8)] = []


Hours = Annotated[list[HoursIn], Field(max_length=56, description="None at all means always.")]
OwnDays = Annotated[list[OwnDayIn], Field(max_length=366)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(description="ISO 3166-1 alpha-2.")]
Subdivision = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$"), Field(description="ISO 3166-2.")]


class CalendarCreate(BaseModel):
    """A new calendar."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    time_zone: Zone
    hours: Hours = []
    holiday_country: Country | None = None
    holiday_subdivision: Subdivision | None = None
    own_days: OwnDays = []
    external_id: ExternalRef | None = None


class CalendarUpdate(BaseModel):
    """What changes; hours and days are given as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    time_zone: Zone = kept()
    hours: Hours = kept()
    holiday_country: Country | None = None
    holiday_subdivision: Subdivision | None = None
    own_days: OwnDays = kept()


class OpeningOut(BaseModel):
    """Hours of work on one day."""

    begins: str
    ends: str


class HoursOut(OpeningOut):
    """Hours of work on a day of the week; 0 is Monday."""

    weekday: int


class OwnDayOut(BaseModel):
    """A day that is otherwise."""

    day: date
    name: str | None
    hours: list[OpeningOut]


class CalendarRead(BaseModel):
    """A calendar."""

    shows: ClassVar[str] = "calendar"

    id: UUID
    version: int
    name: str
    time_zone: str
    hours: list[HoursOut]
    holiday_country: str | None
    holiday_subdivision: str | None
    own_days: list[OwnDayOut]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


def in_minutes(given: dict[str, Any]) -> dict[str, Any]:
    """Return a calendar's fields with hours as minutes from midnight, and days as text."""
    kept_as = dict(given)
    if "hours" in given:
        kept_as["hours"] = [_minutes(one) for one in given["hours"]]
    if "own_days" in given:
        kept_as["own_days"] = [
            {**one, "day": str(one["day"]), "hours": [_minutes(each) for each in one["hours"]]}
            for one in given["own_days"]
        ]
    return kept_as


def as_shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a calendar's row with hours as HH:MM, as far as they are there."""
    shown = dict(row)
    if "hours" in row:
        shown["hours"] = [_wall_clock(one) for one in row["hours"]]
    if "own_days" in row:
        shown["own_days"] = [
            {**one, "hours": [_wall_clock(each) for each in one["hours"]]} for one in row["own_days"]
        ]
    return shown


def _minutes(opening: dict[str, Any]) -> dict[str, Any]:
    return opening | {name: _minute(opening[name]) for name in ("begins", "ends")}


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * _HOUR + int(minute)


def _wall_clock(opening: dict[str, Any]) -> dict[str, Any]:
    shown = {name: "{:02}:{:02}".format(*divmod(opening[name], _HOUR)) for name in ("begins", "ends")}
    return opening | shown
