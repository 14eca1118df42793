"""Every route of the seven services, as its OpenAPI document and its marker tell it."""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from gateway.openapi import REF, operations
from libs.common.edge import Marker, markers
from libs.common.settings import Settings
from libs.platform.app import create_app
from tests.gateway.apps import SERVICES, applications

type Json = dict[str, Any]


@dataclass(frozen=True)
class Documented:
    """One operation of a service, with the marker of the route behind it."""

    service: str
    method: str
    path: str
    marker: Marker
    body: Json
    document: Json

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_for_users(self) -> bool:
        return self.marker.kind == "user"

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def is_endless(self) -> bool:
        answers = self.body["responses"].values()
        return any("text/event-stream" in each.get("content", {}) for each in answers)

    @cached_property
    def payload(self) -> Json | None:
        """The schema of its JSON body; None where it takes none."""
        content = self.body.get("requestBody", {}).get("content", {}).get("application/json")
        return None if content is None else self.followed(content.get("schema", {}))

    @cached_property
    def parameters(self) -> dict[str, Json]:
        """What it takes in path and query, by name."""
        given = self.body.get("parameters", ())
        return {each["name"]: each for each in given if each["in"] in {"path", "query"}}

    def answered(self) -> Json:
        """The schema of what it answers with on success; empty where none is declared."""
        for status, answer in self.body["responses"].items():
            content = answer.get("content", {}).get("application/json")
            if status.startswith("2") and content:
                return self.followed(content.get("schema", {}))
        return {}

    def followed(self, schema: Json) -> Json:
        """Follow references, and take what is no null of a choice."""
        while True:
            if "$ref" in schema:
                section, name = schema["$ref"].removeprefix(REF).split("/", 1)
                schema = self.document["components"][section][name]
            elif "anyOf" in schema:
                schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
            else:
                return schema

    def at(self, **named: object) -> str:
        """Its path with the parameters filled in."""
        return self.path.format(**named)


def built(service: str, settings: Settings) -> FastAPI:
    """Build a service's application as its main module does, over other settings."""
    applications([service])
    main = importlib.import_module(f"services.{service}.main")
    routers = [each for each in vars(main).values() if isinstance(each, APIRouter)]
    app = create_app(main.Settings(**settings.model_dump()), f"services.{service}", routers)
    assert {route.path for route in api_routes(app)} == {route.path for route in api_routes(main.app)}
    return app


def documented(apps: Mapping[str, FastAPI]) -> list[Documented]:
    """Return every operation of every document."""
    return [each for service in SERVICES for each in _of(service, apps[service])]


def api_routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route that somebody wrote, whether it is documented or not."""
    found = (each.original_route for each in iter_route_contexts(app.routes))
    return (each for each in found if isinstance(each, APIRoute))


def _of(service: str, app: FastAPI) -> Iterator[Documented]:
    document = app.openapi()
    marked = {
        (method, route.path_format): markers(route.dependant)
        for route in api_routes(app)
        for method in route.methods or ()
    }
    for path, item in document["paths"].items():
        for method, body in operations(item):
            (marker,) = marked[method.upper(), path]
            yield Documented(service, method.upper(), path, marker, body, document)


def for_users(routes: Iterable[Documented]) -> list[Documented]:
    """Those that ask who one is."""
    return [each for each in routes if each.is_for_users]
