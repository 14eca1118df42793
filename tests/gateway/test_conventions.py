"""Every operation of every service keeps the conventions of the API."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from gateway.openapi import API, merge, operations
from gateway.routes import load_routes
from libs.common.edge import markers
from tests.figures import Figures
from tests.gateway.apps import applications
from tests.gateway.conventions import faults

type Json = dict[str, Any]

ACCOUNTS, ACCOUNT = "/api/v1/accounts", "/api/v1/accounts/{identity}"
BATCH, SIGN_IN = "/api/v1/accounts/batch", "/api/v1/auth/sign-in"


@pytest.fixture(scope="module")
def merged() -> Json:
    documents = {name: app.openapi() for name, app in applications().items()}
    return merge(documents, load_routes(), version="1")


@pytest.fixture
def planted(merged: Json) -> Json:
    """A copy of the document, to break something in."""
    return deepcopy(merged)


def test_every_operation_keeps_every_convention(merged: Json) -> None:
    figures = Figures("api")
    walked = sum(1 for item in merged["paths"].values() for _ in operations(item))

    found = faults(merged)

    figures.exactly("operations that break a convention", len(found), 0)
    figures.sample("operations", walked)
    assert figures.done(part=True), found


def test_every_route_of_every_service_is_documented(merged: Json) -> None:
    for name, app in applications().items():
        routes = [found.original_route for found in iter_route_contexts(app.routes)]
        # The document names a parameter without its converter.
        paths = {re.sub(r":\w+}", "}", route.path) for route in routes if isinstance(route, APIRoute)}

        assert {path for path in paths if path.startswith(API)} <= merged["paths"].keys(), name


def test_everything_else_is_a_page_behind_a_link() -> None:
    for name, app in applications().items():
        for found in iter_route_contexts(app.routes):
            route = found.original_route
            if isinstance(route, APIRoute) and not route.path.startswith(API):
                assert {each.kind for each in markers(route.dependant)} == {"link"}, name
                assert load_routes().services[name].is_public(route.path), route.path


def test_the_documentation_calls_public_exactly_what_is(merged: Json) -> None:
    routes = [
        found.original_route for app in applications().values() for found in iter_route_contexts(app.routes)
    ]
    doors = {
        (route.path, method.lower())
        for route in routes
        if isinstance(route, APIRoute) and any(each.kind == "public" for each in markers(route.dependant))
        for method in route.methods or ()
    }

    documented = {
        (path, method)
        for path, item in merged["paths"].items()
        for method, body in operations(item)
        if body.get("security") == []
    }
    assert documented == doors


def _forget_parameter(name: str) -> Callable[[Json], None]:
    def plant(operation: Json) -> None:
        operation["parameters"] = [each for each in operation["parameters"] if each["name"] != name]

    return plant


def _forget_answer(status: str) -> Callable[[Json], None]:
    return lambda operation: operation["responses"].pop(status)


def _forget(name: str) -> Callable[[Json], None]:
    return lambda operation: operation.pop(name)


def _answer_otherwise(
    status: str, schema: Json, media_type: str = "application/json"
) -> Callable[[Json], None]:
    def plant(operation: Json) -> None:
        operation["responses"][status]["content"] = {media_type: {"schema": schema}}

    return plant


def _make_version_optional(operation: Json) -> None:
    for each in operation["parameters"]:
        each["required"] = each["name"] != "If-Match"


def _list_thousands(operation: Json) -> None:
    for each in operation["parameters"]:
        if each["name"] == "limit":
            each["schema"]["maximum"] = 10_000


def _share_an_identity(operation: Json) -> None:
    operation["operationId"] = "read_keys_api_v1_auth_jwks_get"


def _take_any_text(operation: Json) -> None:
    schema = {"type": "object", "properties": {"name": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}
    operation["requestBody"]["content"]["application/json"]["schema"] = schema


ITEMS = {"type": "object", "properties": {"items": {"type": "array"}}}
RESULTS = {"type": "object", "properties": {"results": {"type": "array"}}}
PLANTED = [
    (ACCOUNTS, "get", _forget_parameter("limit"), "lists without `limit`"),
    (ACCOUNTS, "get", _forget_parameter("cursor"), "lists without `cursor`"),
    (ACCOUNTS, "get", _forget_parameter("sort"), "lists without `sort`"),
    (ACCOUNTS, "get", _list_thousands, "lists more than 200 at once"),
    (ACCOUNTS, "get", _answer_otherwise("200", ITEMS), "answers a list without `total`"),
    (ACCOUNTS, "get", _answer_otherwise("200", RESULTS), "answers a list without `items`"),
    (f"{ACCOUNT}/duplicates", "get", _answer_otherwise("200", ITEMS), "lists without `cursor`"),
    (ACCOUNT, "patch", _forget_parameter("If-Match"), "does not demand If-Match"),
    (ACCOUNT, "patch", _make_version_optional, "does not demand If-Match"),
    (ACCOUNT, "delete", _forget_parameter("If-Match"), "does not demand If-Match"),
    (ACCOUNT, "delete", _forget_answer("428"), "does not declare 428"),
    (ACCOUNTS, "post", _forget_parameter("Idempotency-Key"), "takes no Idempotency-Key"),
    (BATCH, "post", _forget_parameter("Idempotency-Key"), "takes no Idempotency-Key"),
    (ACCOUNTS, "post", _answer_otherwise("409", ITEMS), "answers 409 with something else than a problem"),
    (
        ACCOUNTS,
        "post",
        _answer_otherwise("default", ITEMS, "text/html"),
        "answers default with something else",
    ),
    (ACCOUNTS, "post", _forget_answer("422"), "does not declare 422"),
    (ACCOUNTS, "get", _forget_answer("400"), "does not declare 400"),
    (ACCOUNTS, "get", _forget_answer("401"), "does not declare 401"),
    (ACCOUNT, "get", _forget_answer("404"), "does not declare 404"),
    (SIGN_IN, "post", _forget_answer("422"), "does not declare 422"),
    (SIGN_IN, "post", _forget("security"), "takes no Idempotency-Key"),
    (ACCOUNTS, "get", _forget("summary"), "has no summary"),
    (ACCOUNTS, "get", _forget("operationId"), "has no operationId"),
    (ACCOUNTS, "get", _share_an_identity, "'read_keys_api_v1_auth_jwks_get' is not unique"),
    (ACCOUNT, "get", _forget_answer("200"), "declares no success"),
    (ACCOUNT, "get", _answer_otherwise("200", {}), "declares no schema of its success"),
    (ACCOUNT, "get", _answer_otherwise("200", {}, "text/event-stream"), "is no stream"),
    (BATCH, "post", _answer_otherwise("200", RESULTS), "does not answer BatchResults"),
    (ACCOUNTS, "post", _take_any_text, "takes a text of any length at /name"),
    (BATCH, "post", _forget("requestBody"), "takes no list of at most 200 items"),
]


@pytest.mark.parametrize(("path", "method", "plant", "fault"), PLANTED)
def test_planted_violation_is_found(
    planted: Json, path: str, method: str, plant: Callable[[Json], None], fault: str
) -> None:
    plant(planted["paths"][path][method])

    assert [each for each in faults(planted) if fault in each]
