"""What a restricted caller gets of a route: one place for every door that a route has.

Only requests of callers with restrictions come here. What a route takes and shows is read from its own
declarations: a schema says with `shows = "…"` that it is a record of that kind, wherever it stands in
bodies and answers; a query parameter is named after the field that it asks about, or says with `x-fields`
which ones; a route that answers from fields which it does not show lists them in `x-reads`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import UnionType
from typing import Annotated, Any, TypeAliasType, Union, get_args, get_origin

import orjson
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from libs.common.problems import FieldError, Malformed
from libs.common.restrictions import FREE, Restrictions

_JSON = ("application/json", "application/problem+json")
_SORT, _FIELDS = "sort", "fields"


@dataclass(slots=True)
class Shape:
    """Where records of some kind stand in a JSON value; `items` are a list's or a mapping's values.

    `kind_in` names the member that holds the kind, where each value has its own, and `within` the member
    that is a record of it.
    """

    kind: str | None = None
    members: dict[str, "Shape"] = field(default_factory=dict)
    kind_in: tuple[str, str] | None = None
    by_key: bool = False

    def cut(self, value: Any, restricted: Restrictions) -> Any:
        """Return the value as a restricted reader may see it."""
        if isinstance(value, list):
            return [self.cut(each, restricted) for each in value]
        if not isinstance(value, dict):
            return value
        if self.by_key:
            return {key: self.members[""].cut(each, restricted) for key, each in value.items()}
        shown = restricted.get(self.kind, FREE).cut(value) if self.kind else value
        shown = {
            name: self.members[name].cut(each, restricted) if name in self.members else each
            for name, each in shown.items()
        }
        if self.kind_in and isinstance(record := shown.get(self.kind_in[1]), dict):
            # Without its kind a record is everything that he may not see.
            named = self.kind_in[0] in shown
            own = restricted.get(str(shown.get(self.kind_in[0])), FREE)
            shown[self.kind_in[1]] = own.cut(record) if named else {}
        return shown

    def demand_written(self, value: Any, restricted: Restrictions, pointer: str = "") -> None:
        """Raise Forbidden for a field of a body that the caller may not change."""
        if isinstance(value, list):
            for at, each in enumerate(value):
                self.demand_written(each, restricted, f"{pointer}/{at}")
        if not isinstance(value, dict):
            return
        own = restricted.get(self.kind, FREE) if self.kind else FREE
        for name, each in value.items():
            own.demand_written(self.kind or "", (name,), pointer=f"{pointer}/{name}")
            if name in self.members:
                self.members[name].demand_written(each, restricted, f"{pointer}/{name}")

    def kinds(self) -> Iterator[str]:
        """Yield the kinds of all records, the outermost first."""
        if self.kind:
            yield self.kind
        for each in self.members.values():
            yield from each.kinds()


def shape_of(annotation: Any, above: tuple[type, ...] = ()) -> Shape | None:
    """Return where records stand in what an annotation describes; None where there are none."""
    if isinstance(annotation, TypeAliasType):
        return shape_of(annotation.__value__, above)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(inner[0], above)
    if origin in (Union, UnionType, list, tuple, set, frozenset):
        found = (shape_of(each, above) for each in inner)
        return next((each for each in found if each is not None), None)
    if origin is dict:
        value = shape_of(inner[1], above)
        return Shape(by_key=True, members={"": value}) if value else None
    if not isinstance(annotation, type) or not issubclass(annotation, BaseModel) or annotation in above:
        return None
    return _of_model(annotation, (*above, annotation))


def _of_model(model: type[BaseModel], above: tuple[type, ...]) -> Shape | None:
    kind, kind_in = getattr(model, "shows", None), getattr(model, "shows_in", None)
    members = {
        each.alias or name: found
        for name, each in model.model_fields.items()
        if (found := shape_of(each.annotation, above)) is not None
    }
    return Shape(kind, members, kind_in) if kind or kind_in or members else None


class Guard:
    """The guard of one route; `resource` is what its permission is about."""

    def __init__(self, route: APIRoute, resource: str) -> None:
        """Take the route; its declarations are read when somebody restricted comes for the first time."""
        self._route, self._resource = route, resource

    async def demand(self, request: Request, restricted: Restrictions) -> None:
        """Raise Forbidden for a parameter he may not ask about, or a field he may not send."""
        for read, fields in self._reads.items():
            restricted.get(read, FREE).demand_asked(read, fields)
        if self.kind in restricted:
            for name, value in request.query_params.multi_items():
                self._demand_asked(name, value, restricted)
        if self._body is not None and request.method != "GET":
            self._body.demand_written(_parsed(await request.body()), restricted)

    def cut(self, response: Response, restricted: Restrictions) -> Response:
        """Return an answer without what the caller may not see."""
        shape, body = self._answer, getattr(response, "body", None)
        if shape is None or not body or not str(response.headers.get("content-type")).startswith(_JSON):
            return response
        if restricted.keys().isdisjoint(shape.kinds()) and not self._mixes:
            return response
        shown = orjson.dumps(shape.cut(orjson.loads(body), restricted))
        kept = {name: value for name, value in response.headers.items() if name != "content-length"}
        return Response(shown, response.status_code, kept, background=response.background)

    @cached_property
    def kind(self) -> str:
        """Return the kind of record that the route is about: what it shows, or what its permission names."""
        shown = self._answer.kinds() if self._answer else ()
        return next(iter(shown), self._resource)

    @cached_property
    def parameters(self) -> Mapping[str, tuple[str, ...]]:
        """Return the fields that each query parameter asks about, by its name without an operator."""
        found: dict[str, tuple[str, ...]] = {}
        for each in (self._route.openapi_extra or {}).get("parameters", ()):
            name = each["name"].partition("[")[0]
            found[name] = tuple(each.get("x-fields", (name,)))
        return found

    def _demand_asked(self, name: str, value: str, restricted: Restrictions) -> None:
        kind, asked = self.kind, name.partition("[")[0]
        own = restricted[kind]
        if asked == _SORT:
            own.demand_asked(kind, (each.removeprefix("-") for each in value.split(",")), parameter=name)
        elif asked == _FIELDS:
            own.demand_shown(kind, value.split(","), parameter=name)
        else:
            own.demand_asked(kind, self.parameters.get(asked, (asked,)), parameter=name)

    @cached_property
    def _reads(self) -> Mapping[str, Iterable[str]]:
        reads: Mapping[str, Iterable[str]] = (self._route.openapi_extra or {}).get("x-reads", {})
        return reads

    @cached_property
    def _answer(self) -> Shape | None:
        return shape_of(self._route.response_model)

    @cached_property
    def _mixes(self) -> bool:
        return self._answer is not None and _has_mixed(self._answer)

    @cached_property
    def _body(self) -> Shape | None:
        given = self._route.body_field
        if given is None:
            return None
        annotation = given.field_info.annotation
        shape = shape_of(annotation) or Shape()
        shape.kind = shape.kind or self.kind
        if "items" in getattr(annotation, "model_fields", ()):
            inner = shape.members.setdefault("items", Shape())
            inner.kind = inner.kind or self.kind
        return shape


def _has_mixed(shape: Shape) -> bool:
    return shape.kind_in is not None or any(map(_has_mixed, shape.members.values()))


def _parsed(body: bytes) -> Any:
    """Return what a body holds; Malformed for what this reader cannot read, though another might."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        raise Malformed(errors=[FieldError("bad-json", pointer="")]) from None
