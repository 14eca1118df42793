"""The department path of an owner as it was stamped into an event: ids from the root down, by slashes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, func, literal


def joined(path: Iterable[UUID] | None) -> str:
    """Return the path as text, empty for an owner without a department."""
    return "/".join(map(str, path or ()))


def leads_through(path: ColumnElement[Any], department_id: UUID) -> ColumnElement[bool]:
    """Return the condition that a stored path leads through a department; ids are compared whole."""
    return literal(str(department_id)) == any_(func.string_to_array(path, "/", type_=ARRAY(Text)))
