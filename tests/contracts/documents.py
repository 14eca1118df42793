"""The contracts as documents: a JSON Schema per event type, an example of each, and AsyncAPI over all."""

import json
from pathlib import Path
from typing import Any

import libs.contracts  # noqa: F401 - importing it fills the registry
from libs.common.events import Event
from tests.figures import ROOT

SCHEMAS = ROOT / "docs" / "events"
EXAMPLES = ROOT / "tests" / "contracts" / "golden"
ASYNCAPI = SCHEMAS / "asyncapi.json"

type Json = dict[str, Any]

_TEXTS = {
    "uuid": "01930000-0000-7000-8000-000000000001",
    "date-time": "2026-03-02T09:00:00Z",
    "date": "2026-03-02",
}

_SCALARS = {"integer": 1, "number": 0.5, "boolean": True}


def contracts() -> dict[str, type[Event]]:
    """Return the product's event types by name; tests declare toys of their own, which are none of them."""
    return {
        name: event
        for name, event in sorted(Event.registry.items())
        if event.__module__.startswith("libs.contracts.")
    }


def schema_of(event: type[Event]) -> Json:
    """Return the JSON Schema of an event's body as it stands on the wire, in the clear."""
    schema = event.model_json_schema(mode="validation")
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": event.__name__}
    return named | schema | {"x-topic": event.topic, "x-key": event.key}


def example_of(event: type[Event]) -> Json:
    """Return a body as it stands on the wire, with every field filled, the same one each time."""
    schema = event.model_json_schema(mode="validation")
    filled = _filled(schema, schema.get("$defs", {}))
    found: Json = json.loads(event.model_validate(filled).model_dump_json())
    return found


def asyncapi() -> Json:
    """Return one AsyncAPI 3.0 document: a channel per topic with the messages on it."""
    channels: dict[str, Json] = {}
    for name, event in contracts().items():
        channel = channels.setdefault(event.topic, {"address": event.topic, "messages": {}})
        message = {
            "title": event.__name__,
            "summary": (event.__doc__ or "").strip().split("\n")[0],
            "contentType": "application/json",
            "payload": {"$ref": f"./{name}.json"},
        }
        channel["messages"][name] = message
    info = {"title": "Plexus CRM: events", "version": "1", "license": {"name": "Apache-2.0"}}
    return {"asyncapi": "3.0.0", "info": info, "channels": dict(sorted(channels.items()))}


def read(path: Path) -> Json:
    found: Json = json.loads(path.read_text("utf-8"))
    return found


def write(path: Path, document: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _filled(schema: Json, definitions: dict[str, Json]) -> Any:
    if "$ref" in schema:
        return _filled(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in schema:
        return _filled(schema["anyOf"][0], definitions)
    if "properties" in schema:
        return {name: _filled(each, definitions) for name, each in schema["properties"].items()}
    scalars = _SCALARS | {"string": _TEXTS.get(schema.get("format", ""), "text")}
    inner = schema.get("items", schema.get("additionalProperties"))
    value = _filled(inner, definitions) if isinstance(inner, dict) else "value"
    by_type = scalars | {"array": [value], "object": {"key": value}}
    return by_type.get(schema.get("type", ""))
