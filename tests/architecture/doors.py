"""Every route says who may come in: it goes through the edge, and carries one marker."""

import re
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Route

from libs.common.dispatch import Index
from libs.common.edge import EdgeRoute, Marker, markers

KINDS = {"user", "service", "public", "link", "portal"}
PERMISSION = re.compile(r"[a-z]+(?:-[a-z]+)*:[a-z]+(?:-[a-z]+)*")
OPEN = {"/livez", "/startupz", "/readyz", "/metrics", "/openapi.json"}


def unguarded(app: FastAPI) -> list[str]:
    """Name each route that does not say who may come in."""
    return [fault for found in iter_route_contexts(app.routes) for fault in _faults(found.original_route)]


def _faults(route: BaseRoute) -> Iterator[str]:
    path = route.path if isinstance(route, Route) else repr(route)
    # The index leads to the routes behind it, and to nothing else.
    if path in OPEN or isinstance(route, Index):
        return
    if not isinstance(route, APIRoute):
        yield f"{path} is no route of the API and not one of {sorted(OPEN)}"
        return
    name = f"{'|'.join(sorted(route.methods or ()))} {path}"
    if not isinstance(route, EdgeRoute):
        yield f"{name} does not go through the edge"
    found = markers(route.dependant)
    if len(found) != 1:
        yield f"{name} has {len(found)} markers, not one"
    yield from (f"{name} {fault}" for marker in found for fault in _marked_badly(marker))


def _marked_badly(marker: Marker) -> Iterator[str]:
    if marker.kind not in KINDS:
        yield f"is marked {marker.kind!r}, which is none of {sorted(KINDS)}"
    if marker.permission is not None and not PERMISSION.fullmatch(marker.permission):
        yield f"asks for {marker.permission!r}, which is not resource:action"
    if marker.kind == "public" and not getattr(marker, "reason", ""):
        yield "is public for no reason"
