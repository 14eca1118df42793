"""The rule of a published contract: only additions.

Events are kept for ever and read by services of other releases, so a type may gain fields that can be
missing, and nothing else; whatever else is wanted is a V2.
"""

from collections.abc import Iterator
from typing import Any

type Json = dict[str, Any]

# Each of them makes fewer values valid when it is new or changed.
_LIMITS = (
    *("format", "pattern", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "minItems", "maxItems", "additionalProperties"),
)
_IDENTITY = ("x-topic", "x-key")


def breaks(old: Json, new: Json) -> list[str]:
    """Name everything by which `new` is more than an addition to `old`."""
    moved = [f"{name} was {old.get(name)}" for name in _IDENTITY if old.get(name) != new.get(name)]
    return [*moved, *_Comparison(old, new).walk("", old, new)]


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old.get("$defs", {}), new.get("$defs", {})

    def walk(self, place: str, old: Json, new: Json) -> Iterator[str]:
        old, new = _followed(old, self.old), _followed(new, self.new)
        yield from self._types(place, old, new)
        if old.get("x-class") != new.get("x-class"):
            yield f"{place} changed its class from {old.get('x-class')} to {new.get('x-class')}"
        yield from self._fields(place, old, new)
        for name in ("items", "additionalProperties"):
            if isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                yield from self.walk(f"{place}/*", old[name], new[name])

    def _types(self, place: str, old: Json, new: Json) -> Iterator[str]:
        """Each alternative must still be there; one that is left is compared with its like."""
        before, after = _alternatives(old, self.old), _alternatives(new, self.new)
        for kind in before.keys() - after.keys():
            yield f"{place} is no {kind} any more"
        for kind in before.keys() & after.keys():
            if "anyOf" in old or "anyOf" in new:
                yield from self.walk(place, before[kind], after[kind])
                continue
            limits = [name for name in _LIMITS if _limit(new, name) not in (None, _limit(old, name))]
            yield from (f"{place} is narrowed by {name}" for name in limits)

    def _fields(self, place: str, old: Json, new: Json) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        yield from (f"{place}/{name} was removed" for name in before.keys() - after.keys())
        demanded = set(new.get("required", ())) - set(old.get("required", ()))
        yield from (f"{place}/{name} is newly required" for name in sorted(demanded))
        given = set(old.get("required", ())) & after.keys() - set(new.get("required", ()))
        yield from (f"{place}/{name} may be missing now" for name in sorted(given))
        for name in before.keys() & after.keys():
            yield from self.walk(f"{place}/{name}", before[name], after[name])


def _followed(schema: Json, definitions: Json) -> Json:
    while "$ref" in schema:
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]] | rest
    return schema


def _alternatives(schema: Json, definitions: Json) -> dict[str, Json]:
    several = schema.get("anyOf", [schema])
    return {str(_followed(each, definitions).get("type", "anything")): each for each in several}


def _limit(schema: Json, name: str) -> Any:
    """A schema inside is walked by itself; what is allowed without it is no limit."""
    value = schema.get(name)
    return None if isinstance(value, dict) or value is True else value
