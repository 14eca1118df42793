"""What the SDK is generated from: the services' documents merged by the gateway, and the published events."""

from typing import Any

from gateway.openapi import merge
from gateway.routes import load_routes
from tests.contracts.documents import contracts, schema_of
from tests.gateway.apps import applications

VERSION = "0.1.0"

type Json = dict[str, Any]


def merged() -> Json:
    """Return the one OpenAPI document of this checkout's services."""
    documents = {name: app.openapi() for name, app in applications().items()}
    return merge(documents, load_routes(), version=VERSION)


def schemas() -> dict[str, Json]:
    """Return the JSON Schema of each event type."""
    return {name: schema_of(event) for name, event in contracts().items()}
