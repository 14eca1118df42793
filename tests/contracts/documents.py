"""The contracts as documents: a JSON Schema per event type, an example of each, and AsyncAPI over all."""

import json
import tomllib
import zlib
from pathlib import Path
from typing import Any

import libs.contracts  # noqa: F401 - importing it fills the registry
from libs.common.events import Event
from libs.common.plan import is_compacted
from tests.figures import ROOT

SCHEMAS = ROOT / "docs" / "events"
EXAMPLES = ROOT / "tests" / "contracts" / "golden"
ASYNCAPI = SCHEMAS / "asyncapi.json"
PARTITIONS = 12

type Json = dict[str, Any]

_TEXTS = {
    "uuid": "01930000-0000-7000-8000-000000000001",
    "date-time": "2026-03-02T09:00:00Z",
    "date": "2026-03-02",
    "uri": "https://example.com",
}
# What a reader of an example recognises; everything else reads "text".
_WORDS = {
    "city": "Leeds",
    "country": "DE",
    "currency": "EUR",
    "channel": "email",
    "email": "li.na@example.com",
    "family_name": "Li",
    "given_name": "Na",
    "industry": "Automotive",
    "language": "zh",
    "locale": "en",
    "name": "Lantern Instruments",
    "phone": "+49****12",
    "priority": "high",
    "purpose": "marketing",
    "reason": "As agreed",
    "subject": "The pump hums",
    "time_zone": "Europe/Berlin",
    "url": "https://example.com",
    "website": "https://example.com",
}
_SCALARS = {"integer": 1, "number": 0.5, "boolean": True}

WORDS = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text("utf-8"))
# The attributes of CloudEvents 1.0 and ours, as they stand on Kafka with `ce_` before them.
ATTRIBUTES: dict[str, str] = WORDS["en"]["attributes"]


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
    filled = _filled(schema, schema.get("$defs", {}), "")
    if "default" not in schema["properties"][event.key]:
        filled[event.key] = _TEXTS["uuid"]
    found: Json = json.loads(event.model_validate(filled).model_dump_json())
    return found


def summary_of(event: type[Event]) -> str:
    """Return the first line of its docstring: when it happens."""
    return (event.__doc__ or "").strip().split("\n")[0]


def partitions_of(topic: str) -> int:
    """Return how many partitions it has: the directory is one ordered stream."""
    return 1 if topic.endswith(".directory") else PARTITIONS


def asyncapi() -> Json:
    """Return one AsyncAPI 3.0 document: a channel per topic, the messages on it, and that we send them."""
    channels: dict[str, Json] = {}
    for name, event in contracts().items():
        channel = channels.setdefault(event.topic, _channel(event.topic))
        channel["messages"][name] = _message(name, event)
    return {
        "asyncapi": "3.0.0",
        "info": _INFO,
        "defaultContentType": "application/json",
        "channels": dict(sorted(channels.items())),
        "operations": {f"send-{topic}": _operation(topic) for topic in sorted(channels)},
        "components": {"schemas": {"CloudEvent": _headers()}},
    }


_INFO: Json = {
    "title": "Plexus CRM: events",
    "version": "1",
    "description": (
        "Every change of state, one topic per aggregate, in order per key. "
        "CloudEvents 1.0 in binary mode: the attributes are Kafka headers, the payload is the body."
    ),
    "license": {"name": "Apache-2.0"},
    "contact": {"name": "Plexus CRM", "url": "https://plexus-crm.org"},
    "tags": [{"name": "CRM"}],
}


def _channel(topic: str) -> Json:
    _, service, aggregate = topic.split(".")
    policy = "compact" if is_compacted(topic) else "delete"
    kafka = {"partitions": partitions_of(topic), "topicConfiguration": {"cleanup.policy": [policy]}}
    return {
        "address": topic,
        "description": f"Every change of a {aggregate} of {service}, in order per key, kept for ever.",
        "messages": {},
        "bindings": {"kafka": kafka},
    }


def _message(name: str, event: type[Event]) -> Json:
    return {
        "name": name,
        "title": event.__name__,
        "summary": summary_of(event),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/CloudEvent"},
        "payload": {"$ref": f"./{name}.json"},
        "bindings": {"kafka": {"key": {"type": "string", "format": "uuid", "description": event.key}}},
    }


def _operation(topic: str) -> Json:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}


def _headers() -> Json:
    optional = {"causationid", "traceparent"}
    names = {name: name if name == "traceparent" else f"ce_{name}" for name in ATTRIBUTES}
    texts = {name: text.replace("`", "") for name, text in ATTRIBUTES.items()}
    return {
        "type": "object",
        "properties": {
            "content-type": {"type": "string", "description": "application/json"},
            **{names[name]: {"type": "string", "description": texts[name]} for name in ATTRIBUTES},
        },
        "required": ["content-type", *(names[name] for name in ATTRIBUTES if name not in optional)],
    }


def read(path: Path) -> Json:
    found: Json = json.loads(path.read_text("utf-8"))
    return found


def write(path: Path, document: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _filled(schema: Json, definitions: dict[str, Json], field: str) -> Any:
    if "$ref" in schema:
        return _filled(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions, field)
    if "anyOf" in schema:
        return _filled(schema["anyOf"][0], definitions, field)
    if "properties" in schema:
        return {name: _filled(each, definitions, name) for name, each in schema["properties"].items()}
    if "default" in schema and schema["default"] is not None and not isinstance(schema["default"], list):
        return schema["default"]
    scalars = _SCALARS | {"string": _text(schema.get("format", ""), field)}
    inner = schema.get("items", schema.get("additionalProperties"))
    value = _filled(inner, definitions, field) if isinstance(inner, dict) else "value"
    by_type = scalars | {"array": [value], "object": {"key": value}}
    return by_type.get(schema.get("type", ""))


def _text(kind: str, field: str) -> str:
    """Return the field's own word or form; each kind of id has a value of its own."""
    if kind == "uuid" and field != "id":
        return f"01930000-0000-7000-8000-{zlib.crc32(field.encode()):012x}"
    return _TEXTS.get(kind) or _WORDS.get(field, "text")
