"""The conventions of the API, as faults found in one OpenAPI document.

Each check takes an operation and yields what is wrong with it; `faults` walks all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.openapi import PROBLEM, REF, operations
from libs.common.problems import MEDIA_TYPE

type Json = dict[str, Any]

CONTROLS = {"limit", "cursor", "sort"}
PAGE = {"items", "next_cursor", "total"}
LARGEST_PAGE = 200
# Each of them says what a text looks like, and so how long it may be.
BOUNDS = {"maxLength", "enum", "const", "format", "pattern"}
# Events have no order to choose and no end to count: their cursor is a place in the log.
FEEDS = {"/api/v1/events", "/api/v1/timeline"}


STREAM = "text/event-stream"


@dataclass(frozen=True)
class Operation:
    """One operation, with the document that its references point into."""

    method: str
    path: str
    body: Json
    document: Json

    @property
    def is_public(self) -> bool:
        return bool(self.body.get("security", self.document.get("security")) == [])

    @property
    def takes_body(self) -> bool:
        return "requestBody" in self.body

    def parameters(self, place: str) -> dict[str, Json]:
        return {each["name"]: each for each in self.body.get("parameters", ()) if each["in"] == place}

    def success(self) -> Iterator[tuple[str, Json]]:
        yield from ((status, each) for status, each in self.body["responses"].items() if status[0] == "2")

    def answered(self) -> Json:
        """The schema of the success, references followed; empty where none is declared."""
        found: Json = {}
        for _, response in self.success():
            found = response.get("content", {}).get("application/json", {}).get("schema", {})
        return self.followed(found)

    def followed(self, schema: Json) -> Json:
        while "$ref" in schema:
            section, name = schema["$ref"].removeprefix(REF).split("/", 1)
            schema = self.document["components"][section][name]
        return schema


def faults(document: Json) -> list[str]:
    """Name every operation that breaks a convention, and how."""
    walked = list(_operations(document))
    found = [
        f"{each.method} {each.path} {fault}" for each in walked for check in CHECKS for fault in check(each)
    ]
    identities = [each.body.get("operationId") for each in walked]
    twice = {each for each in identities if identities.count(each) > 1}
    return [*found, *(f"operationId {each!r} is not unique" for each in sorted(twice, key=str))]


def _operations(document: Json) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method, body in operations(item):
            yield Operation(method.upper(), path, body, document)


def is_described(one: Operation) -> Iterator[str]:
    yield from (
        f"has no {name}" for name in ("summary", "description", "operationId") if not one.body.get(name)
    )


def _is_file(content: Json) -> bool:
    return bool(content.get("schema", {}).get("format") == "binary")


def answers_by_a_schema(one: Operation) -> Iterator[str]:
    """Every success but 204 has a JSON schema that says something; a stream has events, a file is bytes."""
    if not list(one.success()):
        yield "declares no success"
    if any(STREAM in response.get("content", {}) for _, response in one.success()):
        if not one.path.endswith("/stream"):
            yield "is no stream by its name"
        return
    answers = [each for _, response in one.success() for each in response.get("content", {}).values()]
    if any(map(_is_file, answers)):
        return
    schema = one.answered()
    if not schema.get("properties") and any(status != "204" for status, _ in one.success()):
        yield "declares no schema of its success"


def pages(one: Operation) -> Iterator[str]:
    """A list is what answers `items`, or has the path that records are created at."""
    listed = one.answered().get("properties", {})
    is_collection = "post" in one.document["paths"][one.path] and "{" not in one.path
    if one.method != "GET" or not (is_collection or "items" in listed) or one.path in FEEDS:
        return
    if listed.keys() == {"items"} and "maxItems" in listed["items"]:
        return
    yield from (f"lists without `{name}`" for name in sorted(CONTROLS - one.parameters("query").keys()))
    yield from (f"answers a list without `{name}`" for name in sorted(PAGE - listed.keys()))
    limit = one.parameters("query").get("limit", {}).get("schema", {})
    if limit.get("maximum", LARGEST_PAGE + 1) > LARGEST_PAGE:
        yield f"lists more than {LARGEST_PAGE} at once"


def demands_a_version(one: Operation) -> Iterator[str]:
    header = one.parameters("header").get("If-Match")
    if one.method in {"PATCH", "PUT", "DELETE"} and not (header and header.get("required")):
        yield "does not demand If-Match"
    if header:
        yield from _missing(one, "412", "428")


def takes_a_key(one: Operation) -> Iterator[str]:
    """Who signs in has no identity yet that a kept answer could belong to."""
    if one.method == "POST" and not one.is_public and "Idempotency-Key" not in one.parameters("header"):
        yield "takes no Idempotency-Key"


def refuses_by_problems(one: Operation) -> Iterator[str]:
    for status, response in one.body["responses"].items():
        if status[0] in "45d" and response.get("content") != _PROBLEM:
            yield f"answers {status} with something else than a problem"


def declares_its_refusals(one: Operation) -> Iterator[str]:
    if not one.is_public:
        yield from _missing(one, "401")
    if "{" in one.path:
        yield from _missing(one, "404")
    if one.takes_body:
        yield from _missing(one, "422", "413")
    if one.parameters("query") or one.parameters("header"):
        yield from _missing(one, "400")


def bounds_its_texts(one: Operation) -> Iterator[str]:
    """A text without a bound has never met a rule: nobody has thought of NUL and of megabytes in it."""
    for name, parameter in (one.parameters("query") | one.parameters("header")).items():
        yield from (
            f"takes a text of any length at {each}" for each in _unbounded(one, name, parameter["schema"])
        )
    for content in one.body.get("requestBody", {}).get("content", {}).values():
        yield from (
            f"takes a text of any length at {each}" for each in _unbounded(one, "", content["schema"])
        )


def _unbounded(
    one: Operation, place: str, schema: Json, above: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Look into a schema; one that holds itself (`above`) is looked into once."""
    name = str(schema.get("$ref", ""))
    if name in above:
        return
    above |= {name} - {""}
    found = one.followed(schema)
    if found.get("type") == "string" and not found.keys() & BOUNDS:
        yield place
    for name, inner in found.get("properties", {}).items():
        yield from _unbounded(one, f"{place}/{name}", inner, above)
    several = [*found.get("anyOf", ()), *found.get("oneOf", ()), *found.get("allOf", ())]
    below = [found[name] for name in ("items", "additionalProperties") if isinstance(found.get(name), dict)]
    for inner in (*several, *below):
        yield from _unbounded(one, place, inner, above)


def batches_alike(one: Operation) -> Iterator[str]:
    """Up to 200 items in, one shape of results out."""
    if not one.path.endswith("/batch"):
        return
    asked = one.body.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    items = one.followed(asked).get("properties", {}).get("items", {})
    if items.get("maxItems") != LARGEST_PAGE or not items.get("items"):
        yield f"takes no list of at most {LARGEST_PAGE} items"
    answered = one.body["responses"].get("200", {}).get("content", {}).get("application/json", {})
    if answered.get("schema") != {"$ref": f"{REF}schemas/BatchResults"}:
        yield "does not answer BatchResults"


def _missing(one: Operation, *statuses: str) -> Iterator[str]:
    yield from (f"does not declare {each}" for each in statuses if each not in one.body["responses"])


_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": f"{REF}schemas/{PROBLEM}"}}}
CHECKS: tuple[Callable[[Operation], Iterator[str]], ...] = (
    is_described,
    answers_by_a_schema,
    pages,
    demands_a_version,
    takes_a_key,
    refuses_by_problems,
    declares_its_refusals,
    bounds_its_texts,
    batches_alike,
)
