"""Filters of a list: an allow-list of fields with operators, compiled to bound parameters."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, or_
from sqlalchemy.orm import InstrumentedAttribute

from libs.common.listing_values import Kind, kind_of, read_flag
from libs.common.problems import BadFilter, BadRequest, FieldError

Predicate = ColumnElement[bool]
Column = ColumnElement[Any] | InstrumentedAttribute[Any]

# As many as fit a request line: longer ones are refused before we see them.
MOST_VALUES = 100
_NAME = re.compile(r"([a-z][a-z0-9_]*)(?:\[([a-z]+)\])?")
_ORDERED: dict[str, Callable[[Column, Any], Predicate]] = {
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}
_TEXT: dict[str, Callable[[Column, Any], Predicate]] = {
    "prefix": lambda column, value: column.istartswith(value, autoescape=True),
    "contains": lambda column, value: column.icontains(value, autoescape=True),
}


@dataclass(frozen=True)
class Filter:
    """A field that a list may be filtered by.

    Operators follow from the column's type: eq, in, null, and gt, gte, lt, lte where it is ordered;
    `text` adds prefix and contains. With `match`, eq and in ask `match(value)` instead of comparing the
    column, and are with null the only operators (a blind index, a link resolved through merges). `of` names
    the fields that the filter asks about, where it is not called as its only one.
    """

    column: Column
    text: bool = False
    match: Callable[[Any], Predicate] | None = None
    of: tuple[str, ...] = ()

    @cached_property
    def kind(self) -> Kind:
        """Return how this field's values are read."""
        return kind_of(self.column.type)

    @cached_property
    def operators(self) -> tuple[str, ...]:
        """Return the operators beside eq, in the order of the documentation."""
        ordered = tuple(_ORDERED) if self.kind.ordered and self.match is None else ()
        return ("in", *ordered, *(_TEXT if self.text else ()), "null")

    def compile(self, operator: str, text: str) -> Predicate:
        """Return the predicate for `operator` and the text of its value; ValueError for a bad value."""
        if operator == "null":
            return self.column.is_(None) if read_flag(text) else self.column.is_not(None)
        if operator == "in":
            return self._among(text.split(","))
        value = self.kind.read(text)
        if operator == "eq":
            return self._equal(value)
        return (_ORDERED | _TEXT)[operator](self.column, value)

    def parameters(self, name: str) -> list[dict[str, Any]]:
        """Return the OpenAPI parameters of the field called `name`."""
        others = [_parameter(f"{name}[{operator}]", self._schema(operator)) for operator in self.operators]
        about = {"x-fields": list(self.of)} if self.of else {}
        return [each | about for each in (_parameter(name, self.kind.schema), *others)]

    def _equal(self, value: Any) -> Predicate:
        return self.column == value if self.match is None else self.match(value)

    def _among(self, texts: list[str]) -> Predicate:
        if len(texts) > MOST_VALUES:
            message = "too many values"
            raise ValueError(message)
        values = [self.kind.read(text) for text in texts]
        if self.match is not None:
            return or_(*map(self.match, values))
        # One array, so that the statement's text does not change with the number of values.
        among: Predicate = self.column == any_(bindparam(None, values, type_=ARRAY(self.column.type)))
        return among

    def _schema(self, operator: str) -> dict[str, Any]:
        if operator == "in":
            return {"type": "array", "items": self.kind.schema, "minItems": 1, "maxItems": MOST_VALUES}
        return {"type": "boolean"} if operator == "null" else self.kind.schema


def compile_filter(filters: dict[str, Filter], parameter: str, text: str) -> tuple[str, Predicate]:
    """Return (field, predicate) of one query parameter, such as `amount_minor[gte]` and "100".

    Raises BadRequest `unknown-parameter` for a field that is not in the allow-list, else BadFilter.
    """
    named = _NAME.fullmatch(parameter)
    declared = filters.get(named[1]) if named else None
    if named is None or declared is None:
        raise BadRequest("unknown-parameter", errors=[FieldError("unknown-parameter", parameter=parameter)])
    operator = named[2] or "eq"
    if operator not in ("eq", *declared.operators):
        raise BadFilter(errors=[FieldError("bad-operator", parameter=parameter)])
    try:
        return named[1], declared.compile(operator, text)
    except ValueError:
        raise BadFilter(errors=[FieldError("not-valid", parameter=parameter)]) from None


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    shown = {"name": name, "in": "query", "required": False, "schema": schema}
    # A list is one parameter with commas, as in `stage_id[in]=a,b`.
    return shown | {"style": "form", "explode": False} if schema.get("type") == "array" else shown
