"""The operations of an OpenAPI document as methods of resources, named by one rule.

`/accounts` is the resource `accounts` with `list` and `create`; `/accounts/{id}` has `get`, `update` and
`delete`; `/accounts/{id}/merge` is `merge`. What is read below a record takes its name (`members`), what is
written there says so (`add_members`, `remove_member`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sdk.python.generator.names import singular, snake

type Json = dict[str, Any]

PREFIX = "/api/v1/"
JSON = "application/json"
FILE: Json = {"type": "string", "format": "binary"}
_WRITES = {"get": "", "post": "add_", "put": "set_", "patch": "update_", "delete": "remove_"}
_ON_ONE = {"get": "get", "patch": "update", "put": "replace", "delete": "delete", "post": "create"}


@dataclass(frozen=True)
class Operation:
    """One method of a resource."""

    resource: str
    name: str
    method: str
    path: str
    summary: str
    places: tuple[str, ...]
    query: tuple[Json, ...]
    body: Json | None
    answer: Json | None
    is_created: bool
    needs_version: bool
    takes_key: bool
    takes_file: bool


def operations(document: Json) -> list[Operation]:
    """Return every operation that answers JSON, a file or nothing; ValueError for two of a name."""
    found = sorted(_all(document), key=lambda one: (one.resource, one.path, one.method))
    taken: set[tuple[str, str]] = set()
    for one in found:
        if (one.resource, one.name) in taken:
            raise ValueError(f"{one.method} {one.path} would be {one.resource}.{one.name} a second time")
        taken.add((one.resource, one.name))
    return found


def _all(document: Json) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        if not path.startswith(PREFIX):
            continue
        methods = item.keys() & _WRITES.keys()
        for method in sorted(methods):
            status, answer = _answer(item[method])
            if answer is not None or status == "204":
                yield _operation(document, path, method, methods)


def _operation(document: Json, path: str, method: str, methods: set[str]) -> Operation:
    given = document["paths"][path][method]
    parameters = given.get("parameters", [])
    headers = {each["name"] for each in parameters if each["in"] == "header"}
    status, answer = _answer(given)
    segments = path.removeprefix(PREFIX).split("/")
    sent = given.get("requestBody", {}).get("content", {})
    return Operation(
        resource=snake(segments[0]),
        name=name_of(document, path, method, methods),
        method=method.upper(),
        path=path,
        summary=(given.get("description") or given.get("summary") or "").strip(),
        places=tuple(each[1:-1] for each in segments if each.startswith("{")),
        query=tuple(each for each in parameters if each["in"] == "query"),
        body=sent.get(JSON, {}).get("schema"),
        answer=answer or None,
        is_created=status == "201",
        needs_version="If-Match" in headers,
        takes_key="Idempotency-Key" in headers,
        takes_file=any(map(_is_file, sent.values())),
    )


def name_of(document: Json, path: str, method: str, methods: set[str]) -> str:
    """Return the name of a method."""
    segments = path.removeprefix(PREFIX).split("/")[1:]
    words = [snake(each) for each in segments if not each.startswith("{")]
    is_about_one = bool(segments) and segments[-1].startswith("{")
    if not words:
        if is_about_one:
            return _ON_ONE[method]
        return "create" if method == "post" else ("list" if _lists(document, path) else "get")
    if method == "get" or (method == "post" and methods == {"post"} and not is_about_one):
        return "_".join(words)
    status, _ = _answer(document["paths"][path][method])
    one = is_about_one or status == "201"
    return _WRITES[method] + "_".join([*words[:-1], singular(words[-1]) if one else words[-1]])


def _lists(document: Json, path: str) -> bool:
    schema = resolved(document, _answer(document["paths"][path]["get"])[1] or {})
    return "items" in schema.get("properties", {}) or schema.get("type") == "array"


def is_paged(document: Json, answer: Json | None) -> bool:
    """Tell whether an answer is a page whose last one says so."""
    fields = resolved(document, answer or {}).get("properties", {})
    ends = {"type": "null"} in fields.get("next_cursor", {}).get("anyOf", ())
    return "items" in fields and ends


def resolved(document: Json, schema: Json) -> Json:
    """Follow a reference to its component."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _is_file(content: Json) -> bool:
    return bool(content.get("schema", {}).items() >= FILE.items())


def _answer(given: Json) -> tuple[str, Json | None]:
    """Return the first success, and its schema; None where the answer is neither JSON nor a file."""
    for status, response in given["responses"].items():
        if status.startswith("2"):
            content = response.get("content", {})
            if JSON not in content and any(map(_is_file, content.values())):
                return status, dict(FILE)
            return status, content.get(JSON, {}).get("schema", {} if JSON in content else None)
    return "", None
