"""Every place in path, query and body where a route takes an id, and a request with an id in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from tests.access.documents import Documented, Json

UNKNOWN = UUID(int=404)
PREFIX = "/api/v1/"
# What an id names, where its field is not called after it.
_CALLED = {
    "about_id": "accounts",
    "author_id": "users",
    "default_owner_id": "users",
    "delivery_id": "webhooks",
    "event_id": "accounts",
    "follower_id": "users",
    "head_id": "users",
    "manager_id": "users",
    "member_ids": "users",
    "owner_id": "users",
    "possible_duplicate_of_id": None,
    "merged_into_id": None,
    "into_id": None,
    "parent_id": None,
    "id": None,
    "identity": None,
    "replaces_id": "api-keys",
    "service_account_id": "users",
    "sla_policy_id": "sla-policies",
    "stage_id": "pipelines",
}
# Their records belong to nobody: who may read any may read all, and name them.
SHARED = frozenset(
    {"calendars", "departments", "pipelines", "products", "queues", "roles", "sla-policies", "suppressions"}
)
_DEEPEST = 6


@dataclass(frozen=True)
class Place:
    """Where a route takes an id: a parameter, or the way through its body."""

    route: Documented
    where: str
    name: str
    steps: tuple[str | int, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.route.name} {self.where} {self.name}"

    @property
    def kind(self) -> str:
        """The kind of the record that is named, as the plural in its path."""
        own = kind_of(self.route.path)
        plain = self.name.partition("[")[0]
        if self.where == "path" and plain == "identity":
            return own
        called = _CALLED[plain] if plain in _CALLED else plural(plain)
        return called or own


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    path: str
    body: object = None
    headers: list[tuple[str, str]] = field(default_factory=list)


def kind_of(path: str) -> str:
    """The plural that a path begins with; a session's is two words."""
    parts = path.removeprefix(PREFIX).split("/")
    return "/".join(parts[:2]) if parts[0] == "auth" else parts[0]


def plural(name: str) -> str:
    """The plural of the kind that an id is called after."""
    word = name.removesuffix("_ids").removesuffix("_id").replace("_", "-")
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def places(route: Documented) -> Iterator[Place]:
    """Yield every place of a route."""
    for name, each in route.parameters.items():
        if _takes_id(route, each.get("schema", {})):
            yield Place(route, each["in"], name)
    if route.payload is not None:
        for steps in _within(route, route.payload, ()):
            yield Place(route, "body", str(next(s for s in reversed(steps) if isinstance(s, str))), steps)


def request(place: Place, id: object, made: Mapping[str, str]) -> Request:
    """A request that is right but for the id: every other one is of a record that exists."""
    route = place.route
    asked = f"{id},{id}" if place.name.endswith("[in]") else str(id)
    named = {
        name: asked if place.name == name else _other(place, name, made)
        for name, each in route.parameters.items()
        if each["in"] == "path"
    }
    path = route.at(**named)
    given = {
        name: sample(route, each["schema"], name)
        for name, each in route.parameters.items()
        if each["in"] == "query" and each.get("required")
    }
    if place.where == "query":
        given[place.name] = asked
    if given:
        path += "?" + "&".join(f"{quote(name)}={quote(str(value))}" for name, value in given.items())
    body = None if route.payload is None else _right(sample(route, route.payload, ""), made)
    if place.where == "body" and route.payload is not None:
        body = _put(route, route.payload, body, place.steps, str(id))
    return Request(route.method, path, body, [("If-Match", '"1"')] if takes_version(route) else [])


def _right(body: Any, made: Mapping[str, str], name: str = "") -> Any:
    """Put ids of records that exist into a sample."""
    if isinstance(body, dict):
        return {each: _right(value, made, each) for each, value in body.items()}
    if isinstance(body, list):
        return [_right(each, made, name) for each in body]
    return made.get(_CALLED.get(name) or plural(name), body) if body == str(UNKNOWN) else body


def with_field(route: Documented, name: str, value: object, made: Mapping[str, str]) -> Request:
    """A request that is right but for one field that nobody may send."""
    named = {
        each: _other(Place(route, "path", each), each, made)
        for each, parameter in route.parameters.items()
        if parameter["in"] == "path"
    }
    body = _right(sample(route, route.payload or {}, ""), made)
    if is_batch(route):
        body["items"] = [item | {name: value} for item in body["items"]]
    else:
        body |= {name: value}
    return Request(
        route.method, route.at(**named), body, [("If-Match", '"1"')] if takes_version(route) else []
    )


def is_batch(route: Documented) -> bool:
    return route.path.endswith("/batch")


def takes_version(route: Documented) -> bool:
    return any(each["name"] == "If-Match" for each in route.body.get("parameters", ()))


def _other(place: Place, name: str, made: Mapping[str, str]) -> str:
    return made.get(Place(place.route, "path", name).kind, str(UNKNOWN))


def _takes_id(route: Documented, schema: Json) -> bool:
    schema = route.followed(schema)
    return schema.get("format") == "uuid" or (
        schema.get("type") == "array" and _takes_id(route, schema.get("items", {}))
    )


def _within(route: Documented, schema: Json, steps: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    schema = route.followed(schema)
    if schema.get("format") == "uuid":
        yield steps
    if len(steps) < _DEEPEST:
        for name, each in schema.get("properties", {}).items():
            yield from _within(route, each, (*steps, name))
        if schema.get("type") == "array":
            yield from _within(route, schema.get("items", {}), (*steps, 0))


def _put(route: Documented, schema: Json, body: Any, steps: tuple[str | int, ...], value: object) -> Any:
    """Return the body with a value at the end of a way; what is not there on the way is made right."""
    if not steps:
        return value
    schema, first = route.followed(schema), steps[0]
    if isinstance(first, int):
        items = body or [sample(route, schema["items"], "")]
        return [_put(route, schema["items"], items[0], steps[1:], value), *items[1:]]
    inner = schema["properties"][first]
    known = body[first] if first in body else sample(route, inner, "")
    return body | {first: _put(route, inner, known, steps[1:], value)}


# What a schema's words do not say, by schema and field, or by field alone.
_RIGHT: dict[str, Any] = {
    "currency": "EUR",
    "email": "somebody@example.org",
    "filter": {"field": "contact.language", "op": "eq", "value": "zh"},
    "html": "<p>Hello</p>",
    "language": "en",
    "permissions": {"lead:read": "own"},
    "phone": "+8613800138000",
    "stages": [{"name": name, "kind": kind} for name, kind in (("N", "open"), ("W", "won"), ("L", "lost"))],
    "time_zone": "Europe/Berlin",
    "types": ["sales.*"],
    "url": "https://example.org/hooks",
    "scopes": ["lead:read"],
    "password": "correct horse battery",
    "since": "AQ",
}


def sample(route: Documented, schema: Json, name: str) -> Any:
    """Return the least value that a schema takes."""
    schema = route.followed(schema)
    if name in _RIGHT:
        return _RIGHT[name]
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        return {each: sample(route, schema["properties"][each], each) for each in schema.get("required", ())}
    if kind == "array":
        return [sample(route, schema["items"], name)] * schema.get("minItems", 0)
    if kind in {"integer", "number"}:
        return int(max(schema.get("minimum", 0), schema.get("exclusiveMinimum", -1) + 1))
    return True if kind == "boolean" else _text(schema)


def _text(schema: Json) -> str:
    named = {"uuid": str(UNKNOWN), "date": "2026-03-01", "date-time": "2026-03-01T09:00:00Z"}
    return named.get(str(schema.get("format")), "x" * max(1, int(schema.get("minLength", 1))))


def plain(content: bytes, *ids: object) -> str:
    """Return an answer without the ids that were asked for: the rest is what it tells."""
    text = content.decode("utf-8", "replace")
    for id in ids:
        text = text.replace(str(id), "ID")
    return text
