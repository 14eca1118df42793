"""The types of fields that a caller may send: strict, bounded, and always storable."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)

_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

# PostgreSQL stores no NUL; a line holds no control characters at all.
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=r"^[^\x00]*$"),
]
EmailAddress = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"
    ),
]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
MinorUnits = Annotated[int, Strict(), Field(ge=-(10**15), le=10**15)]
Count = Annotated[int, Strict(), Field(ge=0, le=10**9)]


def _only_text(value: Any) -> Any:
    """Refuse a number, which pydantic would take for seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("an instant is a text")  # noqa: TRY004 - pydantic reports ValueError alone
    return value


def _in_our_time(value: datetime) -> datetime:
    """Return the instant in UTC; far years would overflow the database driver."""
    naive = value.replace(tzinfo=UTC)
    if not _EARLIEST < naive < _LATEST:
        raise ValueError("out of range")
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, BeforeValidator(_only_text), AfterValidator(_in_our_time)]


class Input(BaseModel):
    """What a caller sends; a field that we do not know is refused."""

    model_config = ConfigDict(extra="forbid")


class ExternalId(Input):
    """The record's name in the system that it came from; unique for each kind of record."""

    system: Word
    id: Line


class Create(Input):
    """What every create takes beside its own fields; `occurred_at` needs the permission history:write."""

    external_id: ExternalId | None = None
    occurred_at: Instant | None = None
