"""The published JSON Schemas of events as modules: one per producing service, and one that names them all."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sdk.python.generator.forms import Forms, docstring
from sdk.python.generator.names import class_name

type Json = dict[str, Any]

_HEAD = '"""{}; generated from docs/events by `python -m tests.sdk.write`."""\n\n'
_IMPORTS = (
    "from __future__ import annotations\n\nfrom datetime import date, datetime, time\n"
    "from decimal import Decimal\nfrom typing import Any\nfrom uuid import UUID\n\n"
    "from pydantic import Field\n\n"
    "from plexus_crm.event import Event\nfrom plexus_crm.model import Model\n\n"
)


def modules(schemas: Mapping[str, Json]) -> dict[str, str]:
    """Return the text of each module of `plexus_crm.events`, unformatted; ValueError for a name twice."""
    by_service: dict[str, dict[str, Json]] = defaultdict(dict)
    for name, schema in sorted(schemas.items()):
        by_service[name.partition(".")[0]][name] = schema
    written = {f"{service}.py": _module(service, found) for service, found in by_service.items()}
    return {"__init__.py": _index(by_service), **written}


def _index(by_service: Mapping[str, Mapping[str, Json]]) -> str:
    places: dict[str, str] = {}
    for service, found in by_service.items():
        for schema in found.values():
            if schema["title"] in places:
                raise ValueError(f"{schema['title']} is of {places[schema['title']]} and of {service}")
            places[schema["title"]] = service
    lines = []
    for service, found in by_service.items():
        titles = ", ".join(sorted(each["title"] for each in found.values()))
        lines.append(f"from plexus_crm.events.{service} import {titles}")
    lines.append(
        "from plexus_crm.event import Envelope, Event, MalformedEvent, UnknownEvent, is_sealed, parse"
    )
    names = sorted([*places, "Envelope", "Event", "MalformedEvent", "UnknownEvent", "is_sealed", "parse"])
    return _HEAD.format("Every type of event") + "\n".join(lines) + f"\n\n__all__ = {names!r}\n"


def _module(service: str, found: Mapping[str, Json]) -> str:
    definitions: dict[str, Json] = {}
    for name, schema in found.items():
        for key, each in schema.get("$defs", {}).items():
            if definitions.setdefault(key, each) != each:
                raise ValueError(f"{key} of {name} is another one than before")
    parts = [_model(key, definitions) for key in sorted(definitions)]
    parts += [_event(name, schema, definitions) for name, schema in found.items()]
    return _HEAD.format(f"What {service} tells") + _IMPORTS + "\n\n\n".join(parts) + "\n"


def _model(key: str, definitions: Mapping[str, Json]) -> str:
    schema, forms = definitions[key], Forms(definitions, "")
    if "properties" not in schema:
        return forms.write(key)
    head = [f"class {class_name(key)}(Model):", f'    """{docstring(schema, key)}"""', ""]
    return "\n".join([*head, *forms.fields(schema, tolerant=True)])


def _event(name: str, schema: Json, definitions: Mapping[str, Json]) -> str:
    marks = f'type="{name}", topic="{schema["x-topic"]}", key="{schema["x-key"]}"'
    head = [
        f"class {schema['title']}(Event, {marks}):",
        f'    """{docstring(schema, schema["title"])}"""',
        "",
    ]
    return "\n".join([*head, *Forms(definitions, "").fields(schema, tolerant=True)])
