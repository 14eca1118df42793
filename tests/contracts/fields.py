"""A contract's fields in rows that people read: place, form, class."""

from collections.abc import Iterator
from typing import Any, NamedTuple

type Json = dict[str, Any]

_CLASSES = ("public", "personal", "sensitive")


class Field(NamedTuple):
    """One field: `name` is its place (`stages[].name`), `form` its type in words."""

    name: str
    form: str
    kind: str
    may_be_missing: bool


class Shape(NamedTuple):
    """A state: what an aggregate looks like after the change."""

    name: str
    description: str
    fields: tuple[Field, ...]


def own_fields(schema: Json) -> tuple[Field, ...]:
    """Return the rows of an event's body beside its state."""
    return tuple(_rows({**schema, "properties": _without_state(schema)}, schema.get("$defs", {})))


def state_of(schema: Json) -> Shape:
    """Return the state that an event carries."""
    definitions = schema.get("$defs", {})
    state = _followed(schema["properties"]["state"], definitions)
    return Shape(state["title"], state.get("description", ""), tuple(_rows(state, definitions)))


def _without_state(schema: Json) -> Json:
    return {name: each for name, each in schema["properties"].items() if name != "state"}


def _rows(schema: Json, definitions: Json, before: str = "") -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, given in schema["properties"].items():
        field = _followed(given, definitions)
        place = f"{before}{name}"
        yield Field(place, form_of(field, definitions), class_of(field, definitions), name not in required)
        inner = _inner(field, definitions)
        if inner is not None:
            suffix = "[]." if "array" in _types(field, definitions) else "."
            yield from _rows(inner, definitions, place + suffix)


def _inner(field: Json, definitions: Json) -> Json | None:
    """Return the object whose fields stand below this one."""
    for each in (field, *field.get("anyOf", ()), field.get("items", {})):
        found = _followed(each, definitions)
        nested = _followed(found.get("items", {}), definitions)
        for candidate in (found, nested):
            if "properties" in candidate:
                return candidate
    return None


def form_of(field: Json, definitions: Json) -> str:
    """Return a type in words: `uuid`, `list of text`, `integer or null`."""
    field = _followed(field, definitions)
    if "anyOf" in field:
        forms = [form_of(each, definitions) for each in field["anyOf"]]
        return " or ".join(dict.fromkeys(forms))
    kind = field.get("type", "anything")
    if kind == "array":
        return f"list of {form_of(field.get('items', {}), definitions)}"
    if kind == "string":
        return str(field.get("format", "decimal" if "pattern" in field else "text"))
    return str(kind)


def class_of(field: Json, definitions: Json) -> str:
    """Return the strictest class of a field and what is in its alternatives."""
    found: list[str] = [field.get("x-class", "public")]
    inner = [*field.get("anyOf", ()), *([field["items"]] if isinstance(field.get("items"), dict) else [])]
    found += [class_of(each, definitions) for each in inner]
    return max(found, key=_CLASSES.index)


def _types(field: Json, definitions: Json) -> set[str]:
    alternatives = [field, *field.get("anyOf", ())]
    return {str(_followed(each, definitions).get("type", "")) for each in alternatives}


def _followed(schema: Json, definitions: Json) -> Json:
    while "$ref" in schema:
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]] | rest
    return schema
