"""The field types that every schema shares."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _printable(value: str) -> str:
    """Refuse NUL, which PostgreSQL cannot store, and lone surrogates, which are no text."""
    if _UNFIT.search(value):
        message = "must not contain NUL or surrogates"
        raise ValueError(message)
    return value


def _written_out(value: Any) -> Any:
    """Refuse a number, or the text of one, which pydantic would take for seconds since 1970."""
    if not isinstance(value, date | str) or (isinstance(value, str) and not _DATED.match(value)):
        message = "must begin with a date"
        raise ValueError(message)
    return value


def _day_in_range(value: date) -> date:
    """Hold days within the same years as instants."""
    if not date(1900, 1, 1) <= value < date(2200, 1, 1):
        message = "must lie between 1900 and 2200"
        raise ValueError(message)
    return value


def kept() -> Any:
    """Return the default of a field that a PATCH may leave out, but not set to null.

    Read it with `exclude_unset` or `model_fields_set` alone: the value that stands there means nothing.
    """
    return Field(default=None, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _in_range(value: datetime) -> datetime:
    """Hold instants within what every part of the platform can store, and in UTC."""
    earliest, latest = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    if not earliest <= value < latest:
        message = "must lie between 1900 and 2200"
        raise ValueError(message)
    return value.astimezone(UTC)


_strip = StringConstraints(strip_whitespace=True, min_length=1, max_length=255)
Text = Annotated[str, _strip, AfterValidator(_printable)]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(_printable),
]
LongText = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_printable)]
Document = Annotated[str, StringConstraints(min_length=1, max_length=60_000), AfterValidator(_printable)]
Amount = Annotated[int, Field(strict=True, ge=0, le=10**15, description="In the currency's minor unit.")]
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217.")]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_range)]
Day = Annotated[date, BeforeValidator(_written_out), AfterValidator(_day_in_range)]


class ExternalRef(BaseModel):
    """A record's own id in another system, so that a load can be repeated."""

    model_config = ConfigDict(extra="forbid")

    system: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,64}$")]
    id: Annotated[str, _strip, AfterValidator(_printable)]
