"""Values in a query string, read strictly by the type of the column they are compared with."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, SmallInteger
from sqlalchemy.types import TypeEngine

LONGEST_TEXT = 500

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_FLAGS = {"true": True, "false": False}
_BITS = {SmallInteger: 16, Integer: 32, BigInteger: 64}


@dataclass(frozen=True)
class Kind:
    """How one type of value is read, and what OpenAPI says of it.

    `read` raises ValueError for a text that is no such value, or that the database could not take.
    """

    read: Callable[[str], Any]
    schema: dict[str, Any]
    ordered: bool = True


def kind_of(column_type: TypeEngine[Any]) -> Kind:
    """Return how values of a column's type are read; TypeError for a type that cannot be filtered by."""
    for width, bits in _BITS.items():
        if type(column_type) is width:
            return integer(bits)
    kind = _KINDS.get(column_type.python_type)
    if kind is None:
        message = f"{column_type!r} can be neither filtered nor sorted by"
        raise TypeError(message)
    return kind


def integer(bits: int) -> Kind:
    """Return how a signed integer of so many bits is read."""
    highest = 2 ** (bits - 1) - 1

    def read(text: str) -> int:
        value = int(_match(_INTEGER, text))
        if not -highest - 1 <= value <= highest:
            message = "out of range"
            raise ValueError(message)
        return value

    return Kind(read, {"type": "integer", "minimum": -highest - 1, "maximum": highest})


def read_text(text: str) -> str:
    """Take a text that PostgreSQL can take: no NUL, no lone surrogate, at most LONGEST_TEXT characters."""
    if len(text) > LONGEST_TEXT or "\0" in text:
        message = "too long, or holds a NUL"
        raise ValueError(message)
    text.encode()
    return text


def read_flag(text: str) -> bool:
    """Read "true" or "false"."""
    if text not in _FLAGS:
        message = "neither true nor false"
        raise ValueError(message)
    return _FLAGS[text]


def write(value: Any) -> str | None:
    """Return the text from which the value's kind reads the same value; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _match(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        message = "wrong format"
        raise ValueError(message)
    return text


def _read_datetime(text: str) -> datetime:
    try:
        # asyncpg turns an instant into UTC and would overflow at both ends of the calendar.
        return datetime.fromisoformat(_match(_DATETIME, text)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError from error


_TEXT = Kind(read_text, {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"^[^\u0000]*$"})
_KINDS: dict[type, Kind] = {
    str: _TEXT,
    UUID: Kind(lambda text: UUID(_match(_UUID, text)), {"type": "string", "format": "uuid"}),
    bool: Kind(read_flag, {"type": "boolean"}, ordered=False),
    date: Kind(lambda text: date.fromisoformat(_match(_DATE, text)), {"type": "string", "format": "date"}),
    datetime: Kind(_read_datetime, {"type": "string", "format": "date-time"}),
    Decimal: Kind(
        lambda text: Decimal(_match(_DECIMAL, text)),
        {"type": "string", "pattern": f"^{_DECIMAL.pattern}$"},
    ),
}
