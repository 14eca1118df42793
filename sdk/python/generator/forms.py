"""JSON Schemas as annotations, models and typed dictionaries."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sdk.python.generator.names import attribute, class_name

type Json = dict[str, Any]

READ: Mapping[str, str] = {
    "binary": "bytes",
    "uuid": "UUID",
    "date-time": "datetime",
    "date": "date",
    "time": "time",
}
SENT: Mapping[str, str] = {
    "uuid": "UUID | str",
    "date-time": "datetime | str",
    "date": "date | str",
    "time": "time | str",
}
SCALARS = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_MARKED = frozenset({"personal", "sensitive"})


@dataclass
class Forms:
    """Writes the schemas of one document.

    What is read is a model and tolerates words of a later day; what is sent is a typed dictionary and knows
    the words there are.
    """

    schemas: Mapping[str, Json]
    prefix: str
    is_sent: bool = False
    needed: set[str] = field(default_factory=set)

    def annotation(self, schema: Json) -> str:
        """Return the annotation of a value; a component is noted as needed."""
        key = self._component(schema)
        if key is not None:
            return self._named(key)
        several = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if several:
            forms = [self.annotation(each) for each in several]
            if self._is_decimal(several):
                forms = ["Decimal", *(forms if self.is_sent else ("None",) * ("None" in forms))]
            return _union(forms)
        if "enum" in schema or "const" in schema:
            words = schema.get("enum", [schema.get("const")])
            return f"Literal[{', '.join(map(repr, words))}]" if self.is_sent else _open(words)
        if isinstance(schema.get("type"), list):
            return _union([self.annotation({**schema, "type": one}) for one in schema["type"]])
        return self._plain(schema)

    def write(self, key: str) -> str:
        """Return the definition of a component."""
        schema = self.schemas[key]
        if "properties" not in schema:
            return f"type {class_name(key)} = {_quoted(self.annotation(schema), class_name(key))}"
        return self._dictionary(key, schema) if self.is_sent else self._model(key, schema)

    def closure(self) -> list[str]:
        """Return the definitions of everything needed, sorted by name."""
        written: dict[str, str] = {}
        while missing := self.needed - written.keys():
            for key in missing:
                written[key] = self.write(key)
        return [written[key] for key in sorted(written, key=class_name)]

    def fields(self, schema: Json, *, tolerant: bool = False) -> Iterator[str]:
        """Return the lines of a model's fields; what is personal may read as null, or be left out."""
        required = set(schema.get("required", ()))
        for name, given in schema["properties"].items():
            form, own = self.annotation(given), attribute(name)
            is_closed = tolerant and is_marked(given)
            if is_closed:
                # A ciphertext stands in for whatever it seals.
                form = _union([form, "str"])
            may_miss = name not in required or is_closed
            if may_miss and "None" not in form.split(" | "):
                form = f"{form} | None"
            alias = f'Field(alias="{name}")' if own != name else ""
            default = f' = Field(default=None, alias="{name}")' if alias else " = None"
            yield f"    {own}: {form}{default if may_miss else alias and f' = {alias}'}"

    def _component(self, schema: Json) -> str | None:
        if "$ref" in schema:
            return str(schema["$ref"].rsplit("/", 1)[1])
        title = schema.get("title")
        same = self.schemas.get(title, {}) if title and "properties" in schema else {}
        return (
            title
            if same.get("properties", {}).keys() == schema.get("properties", {}).keys() and same
            else None
        )

    def _named(self, key: str) -> str:
        self.needed.add(key)
        name = class_name(key)
        return f"{self.prefix}{name}"

    def _plain(self, schema: Json) -> str:
        kind = schema.get("type")
        if kind == "string":
            if not self.is_sent and _looks_decimal(schema):
                return "Decimal"
            return (SENT if self.is_sent else READ).get(schema.get("format", ""), "str")
        if kind == "array":
            inner = self.annotation(schema.get("items", {}))
            return f"Sequence[{inner}]" if self.is_sent else f"tuple[{inner}, ...]"
        if kind == "object":
            values = schema.get("additionalProperties")
            inner = self.annotation(values) if isinstance(values, dict) and values else "Any"
            return f"Mapping[str, {inner}]" if self.is_sent else f"dict[str, {inner}]"
        return SCALARS.get(str(kind), "Any")

    def _model(self, key: str, schema: Json) -> str:
        lines = [f"class {class_name(key)}(Model):", f'    """{docstring(schema, key)}"""', ""]
        return "\n".join([*lines, *self.fields(schema)])

    def _dictionary(self, key: str, schema: Json) -> str:
        required = set(schema.get("required", ()))
        forms = {
            name: f"{'Required' if name in required else 'NotRequired'}[{self.annotation(given)}]"
            for name, given in schema["properties"].items()
        }
        return typed_dictionary(class_name(key), forms, docstring(schema, key))

    @staticmethod
    def _is_decimal(several: list[Json]) -> bool:
        return {"number", "string"} <= {each.get("type") for each in several}


def typed_dictionary(name: str, forms: Mapping[str, str], text: str) -> str:
    """Return a TypedDict; names that are no attributes make it the functional form."""
    if all(attribute(each) == each or each in {"copy", "json", "fields"} for each in forms):
        lines = [f"    {each}: {form}" for each, form in forms.items()]
        return "\n".join([f"class {name}(TypedDict, total=False):", f'    """{text}"""', "", *lines])
    lines = [f'    "{each}": {_quoted(form, name)},' for each, form in forms.items()]
    return "\n".join([f'{name} = TypedDict("{name}", {{', *lines, "}, total=False)", f'"""{text}"""'])


def docstring(schema: Json, fallback: str) -> str:
    """Return a schema's description as one docstring."""
    text = str(schema.get("description") or f"{class_name(fallback)}.").strip()
    return re.sub(r"\s+", " ", text).replace("\\", "\\\\").replace('"""', "'''")


def is_marked(schema: Json) -> bool:
    """Tell whether a field is personal or sensitive, in any of its alternatives."""
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if isinstance(schema.get("items"), dict) else ())]
    return schema.get("x-class") in _MARKED or any(map(is_marked, inner))


def _looks_decimal(schema: Json) -> bool:
    return "\\d*\\.?\\d*" in schema.get("pattern", "")


def _open(words: list[Any]) -> str:
    """Return the type of an enumeration's words: readers take words of a later day."""
    return _union([type(word).__name__ for word in words])


def _union(forms: list[str]) -> str:
    parts = [part for form in forms for part in _split(form)]
    ordered = [part for part in dict.fromkeys(parts) if part != "None"]
    return " | ".join([*ordered, *(("None",) if "None" in parts else ())]) or "Any"


def _split(form: str) -> list[str]:
    """Split a union at its top level."""
    parts, depth = [""], 0
    for mark in form:
        depth += (mark == "[") - (mark == "]")
        if mark == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += mark
    return [part.strip() for part in parts]


def _quoted(form: str, _name: str) -> str:
    return '"' + form.replace('"', "'") + '"'
