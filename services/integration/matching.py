"""Which events a webhook wants: patterns of types, and a tree of conditions over an event's data."""

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from libs.common.crypto import sealed_key_id
from libs.common.problem_texts import register
from libs.common.problems import BadRequest
from libs.common.restrictions import Restrictions
from libs.common.schemas import Text
from libs.platform.records.kinds import topics

register({"filter-too-large": ("The filter is nested too deeply, or too long", "过滤条件嵌套过深或过长")})

_DEEPEST, _MOST = 6, 50

# `*`, `sales.*`, `sales.opportunity.*`, or a type to its last letter.
Pattern = Annotated[
    str,
    StringConstraints(
        max_length=100,
        pattern=r"^(\*|[a-z]+\.(\*|[a-z]+(-[a-z]+)*\.(\*|[a-z]+(_[a-z]+)*\.v[1-9][0-9]?)))$",
    ),
]
Scalar = Text | Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)] | bool | None


class Condition(BaseModel):
    """One condition over a field of the event's data, such as `state.amount_minor`.

    What is personal or sensitive never matches: nothing can be found out by filtering. `contains` asks for an
    element of a list or a part of a text, `exists` (with true or false) whether the field has a value.
    """

    model_config = ConfigDict(extra="forbid")

    field: Annotated[str, StringConstraints(max_length=200, pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
    op: Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "exists"]
    value: Scalar | Annotated[list[Scalar], Field(max_length=50)] = None


class Every(BaseModel):
    """Holds when all of these hold."""

    model_config = ConfigDict(extra="forbid")

    and_: Annotated[list["Tree"], Field(alias="and", min_length=1, max_length=20)]


class Some(BaseModel):
    """Holds when one of these holds."""

    model_config = ConfigDict(extra="forbid")

    or_: Annotated[list["Tree"], Field(alias="or", min_length=1, max_length=20)]


class Not(BaseModel):
    """Holds when this does not."""

    model_config = ConfigDict(extra="forbid")

    not_: Annotated["Tree", Field(alias="not")]


type Tree = Condition | Every | Some | Not


def wants(patterns: Iterable[str], event_type: str) -> bool:
    """Tell whether a type fits one of the patterns."""
    return any(
        event_type.startswith(each[:-1]) if each.endswith("*") else event_type == each for each in patterns
    )


def checked(tree: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a filter as it is stored; raises BadRequest `filter-too-large`."""
    if tree is not None and (_depth(tree) > _DEEPEST or _count(tree) > _MOST):
        raise BadRequest("filter-too-large")
    return tree


def demand_readable(tree: dict[str, Any] | None, patterns: Iterable[str], restricted: Restrictions) -> None:
    """Raise Forbidden `field-unreadable` for a filter that asks about a field which its owner may not see."""
    kinds = {each.split(".")[2]: each.removeprefix("crm.") for each in topics()}
    wanted = [kind for kind in restricted if any(_may_be(each, kinds.get(kind, "")) for each in patterns)]
    asked = {part for field in _fields(tree) for part in field.split(".")}
    asked |= {part.removeprefix("from_").removeprefix("to_") for part in asked}
    for kind in wanted:
        restricted[kind].demand_asked(kind, asked)


def _may_be(pattern: str, kind: str) -> bool:
    """Tell whether a pattern has types of a kind, `sales.lead`."""
    return (
        pattern == "*" or f"{kind}.".startswith(pattern.removesuffix("*")) or pattern.startswith(f"{kind}.")
    )


def _fields(tree: dict[str, Any] | None) -> Iterator[str]:
    if tree is not None and "field" in tree:
        yield tree["field"]
    for each in _parts(tree or {}):
        yield from _fields(each)


def holds(tree: dict[str, Any] | None, data: Any) -> bool:
    """Tell whether an event's data meets a stored filter; no filter lets everything pass."""
    match tree:
        case None:
            return True
        case {"and": list(parts)}:
            return all(holds(each, data) for each in parts)
        case {"or": list(parts)}:
            return any(holds(each, data) for each in parts)
        case {"not": dict(part)}:
            return not holds(part, data)
    return _meets(_found(data, tree["field"]), tree["op"], tree.get("value"))


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _meets(found: Any, op: str, value: Any) -> bool:
    match op:
        case "eq":
            return _same(found, value)
        case "ne":
            return not _same(found, value)
        case "in":
            return isinstance(value, list) and any(_same(found, each) for each in value)
        case "contains":
            return _contains(found, value)
        case "exists":
            return (found is not None) is (value is not False)
    comparable = type(found) is type(value) and isinstance(found, int | float | str)
    return comparable and _COMPARED[op](found, value)


def _same(found: Any, value: Any) -> bool:
    """Compare without taking true for 1."""
    return isinstance(found, bool) is isinstance(value, bool) and bool(found == value)


def _contains(found: Any, value: Any) -> bool:
    if isinstance(found, list):
        return any(_same(each, value) for each in found)
    return isinstance(found, str) and isinstance(value, str) and value in found


def _found(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return None if sealed_key_id(data) else data


def _parts(tree: dict[str, Any]) -> list[dict[str, Any]]:
    match tree:
        case {"and": list(parts)} | {"or": list(parts)}:
            return parts
        case {"not": dict(part)}:
            return [part]
    return []


def _depth(tree: dict[str, Any]) -> int:
    return 1 + max(map(_depth, _parts(tree)), default=0)


def _count(tree: dict[str, Any]) -> int:
    return 1 + sum(map(_count, _parts(tree)))
