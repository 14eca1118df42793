"""One OpenAPI 3.1 document out of the services' own.

Schemas of the same name and meaning are kept once; where two services mean different things by
a name, each gets its service's name as a prefix. Errors are one schema everywhere (RFC 9457).
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from gateway.routes import Routes
from libs.common.problems import MEDIA_TYPE, PROBLEM_SCHEMA

Json = dict[str, Any]

API = "/api/"
REF = "#/components/"
PROBLEM = "Problem"
OWN = {PROBLEM: PROBLEM_SCHEMA}
BEARER: Json = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The access_token of POST /api/v1/auth/sign-in, or an API key (plx_…).",
}
COOKIE: Json = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-plexus",
    "description": "What POST /api/v1/auth/web/sign-in gives a browser.",
}
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def merge(documents: Mapping[str, Json], routes: Routes, *, version: str) -> Json:
    """The services' documents as one; a path that the gateway does not route is left out."""
    renames = namespaces(documents)
    paths: Json = {}
    components: dict[str, Json] = {}
    tags: list[Json] = []
    for name, document in documents.items():
        own = rewrite(deepcopy(document), renames[name])
        mine = dict(_operations_of(own, name, routes))
        paths.update(mine)
        tags.extend(_tags_of(mine, routes.services[name].title))
        for section, entries in own.get("components", {}).items():
            components.setdefault(section, {}).update(_renamed(section, entries, renames[name]))
    components.pop("securitySchemes", None)
    components.setdefault("schemas", {}).update(OWN)
    merged: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Plexus CRM", "version": version, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": tags,
        "paths": dict(sorted(paths.items())),
        "components": reachable(paths, components),
    }
    _make_operation_ids_unique(merged["paths"])
    merged["components"]["securitySchemes"] = {"bearer": BEARER, "cookie": COOKIE}
    return merged


# ── Names ────────────────────────────────────────────────────────────────────────────────────


def namespaces(documents: Mapping[str, Json]) -> dict[str, dict[str, str]]:
    """Per service: reference → reference for every component that must carry a prefix.

    Two components collide when their bodies differ, or when they refer to ones that collide.
    """
    bodies = {name: dict(_components(document)) for name, document in documents.items()}
    colliding: set[str] = set()
    while grown := set(_collisions(bodies, colliding)) - colliding:
        colliding |= grown
    return {
        name: {ref: _prefixed(ref, name) for ref in own if ref in colliding} for name, own in bodies.items()
    }


def _components(document: Json) -> Iterator[tuple[str, Json]]:
    for section, entries in document.get("components", {}).items():
        for key, body in entries.items():
            if section != "securitySchemes" and key not in OWN:
                yield f"{REF}{section}/{key}", body


def _collisions(bodies: Mapping[str, Mapping[str, Json]], known: set[str]) -> Iterator[str]:
    first: dict[str, Json] = {}
    shared: set[str] = set()
    for own in bodies.values():
        for ref, body in own.items():
            shared |= {ref} & first.keys()
            if first.setdefault(ref, body) != body:
                yield ref
    yield from (ref for ref in shared if known & set(references(first[ref])))


def _prefixed(ref: str, name: str) -> str:
    section, _, key = ref.rpartition("/")
    return f"{section}/{name}.{key}"


def _renamed(section: str, entries: Json, renames: Mapping[str, str]) -> Json:
    def key_of(key: str) -> str:
        ref = f"{REF}{section}/{key}"
        return renames.get(ref, ref).rpartition("/")[2]

    return {key_of(key): body for key, body in entries.items()}


def references(node: Any) -> Iterator[str]:
    """Every local reference at or below this node, discriminators' mappings included."""
    if isinstance(node, str) and node.startswith(REF):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from references(child)


def rewrite(node: Any, renames: Mapping[str, str]) -> Any:
    """The same tree with every reference renamed."""
    if isinstance(node, dict):
        return {key: rewrite(value, renames) for key, value in node.items()}
    if isinstance(node, list):
        return [rewrite(value, renames) for value in node]
    return renames.get(node, node) if isinstance(node, str) else node


def reachable(paths: Json, components: Mapping[str, Json]) -> dict[str, Json]:
    """The components that some operation needs, sorted by name."""
    needed: set[str] = set()
    waiting = [*references(paths), f"{REF}schemas/{PROBLEM}"]
    while waiting:
        ref = waiting.pop()
        if ref not in needed:
            needed.add(ref)
            section, key = ref.removeprefix(REF).split("/", 1)
            waiting.extend(references(components[section][key]))
    kept = {
        section: {key: entries[key] for key in sorted(entries) if f"{REF}{section}/{key}" in needed}
        for section, entries in components.items()
    }
    return {section: entries for section, entries in kept.items() if entries}


# ── Operations ───────────────────────────────────────────────────────────────────────────────


def operations(path_item: Json) -> Iterator[tuple[str, Json]]:
    yield from ((method, body) for method, body in path_item.items() if method in METHODS)


def _operations_of(document: Json, name: str, routes: Routes) -> Iterator[tuple[str, Json]]:
    service = routes.services[name]
    for path, item in document.get("paths", {}).items():
        # Pages behind signed links are for people who got a mail, and no part of the API.
        if service.answers(path) and path.startswith(API):
            for _, operation in operations(item):
                _normalise(operation, name, is_public=service.is_public(path))
            yield path, item


def _normalise(operation: Json, name: str, *, is_public: bool) -> None:
    tags = [tag.removesuffix(f"/{name}") for tag in operation.get("tags", []) if tag != name]
    operation["tags"] = [f"{name}: {tags[0]}" if tags else name]
    operation.pop("security", None)
    if is_public:
        operation["security"] = []
    problem = {"schema": {"$ref": f"{REF}schemas/{PROBLEM}"}}
    # Services declare all that they answer; the rest is the gateway's own, such as 429 and 502.
    operation.setdefault("responses", {}).setdefault("default", {"description": "Refused by the gateway"})
    for status, response in operation["responses"].items():
        if "$ref" not in response and _is_error(status):
            response["content"] = {MEDIA_TYPE: problem}


def _is_error(status: str) -> bool:
    return status == "default" or status[:1] in {"4", "5"}


def _tags_of(paths: Json, title: str) -> list[Json]:
    names = {tag for item in paths.values() for _, body in operations(item) for tag in body["tags"]}
    return [{"name": name, "description": title} for name in sorted(names)]


def _make_operation_ids_unique(paths: Json) -> None:
    seen: set[str] = set()
    for item in paths.values():
        for _, operation in operations(item):
            identity = operation.get("operationId")
            if identity in seen:
                operation["operationId"] = f"{operation['tags'][0].split(':')[0]}_{identity}"
            seen.add(operation.get("operationId", ""))
