"""A typed event: the body of a CloudEvent as a model of its type, with its attributes beside it."""

import builtins
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from pydantic import ValidationError

from plexus_crm.model import Model
from plexus_crm.problems import PlexusError

SPEC = "1.0"
_SEALED = "enc.v"
_PAIRS = {"correlationid": "correlation_id", "causationid": "causation_id"}


class MalformedEvent(PlexusError):
    """It is no CloudEvent, or breaks the schema of a type that this release knows."""


class Envelope(Model):
    """The attributes of an event (CloudEvents 1.0); `sequence` counts the changes of its record."""

    id: str
    type: str
    source: str
    time: datetime
    subject: str
    sequence: int
    epoch: int = 1
    actor: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None


class Event(Model):
    """What happened; a subclass per type. `key` is the id of the record that it happened to."""

    type: ClassVar[str] = ""
    topic: ClassVar[str] = ""
    key_field: ClassVar[str] = ""
    registry: ClassVar[dict[str, builtins.type["Event"]]] = {}

    envelope: Envelope

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Leave the keywords to pydantic, which hands them on once the fields are known."""

    @classmethod
    def __pydantic_init_subclass__(cls, *, type: str = "", topic: str = "", key: str = "", **_: Any) -> None:
        """Register the class of a type."""
        if type:
            cls.type, cls.topic, cls.key_field = type, topic, key
            cls.registry[type] = cls

    @property
    def key(self) -> str:
        """The id of the record, by which its events are in order."""
        return str(getattr(self, self.key_field, None) or self.envelope.subject)

    @property
    def place(self) -> tuple[str, str]:
        """What `sequence` counts within: the kind of record, and its key."""
        service, _, rest = self.envelope.type.partition(".")
        return f"{service}.{rest.partition('.')[0]}", self.key


class UnknownEvent(Event):
    """An event of a type that this release does not know; its body is in `data`."""

    data: dict[str, Any]

    @property
    def key(self) -> str:
        """The id of the record, as far as the envelope tells."""
        state = self.data.get("state")
        own = state.get("id") if isinstance(state, dict) else None
        return str(own or self.envelope.subject)


def parse(document: Mapping[str, Any]) -> Event:
    """Return a CloudEvent in structured mode as the event of its type; raises MalformedEvent."""
    attributes = {_PAIRS.get(name, name): value for name, value in document.items()}
    data = attributes.pop("data", None)
    if attributes.pop("specversion", None) != SPEC or not isinstance(data, dict):
        raise MalformedEvent("not a CloudEvent 1.0 with a body")
    kind = Event.registry.get(str(attributes.get("type")))
    try:
        envelope = Envelope.model_validate(attributes)
        if kind is None:
            return UnknownEvent(envelope=envelope, data=data)
        return kind.model_validate({**data, "envelope": envelope})
    except ValidationError as error:
        places = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise MalformedEvent(f"{attributes.get('type')} breaks its schema at {places}") from error


def parse_json(body: bytes | str) -> Event:
    """Return a CloudEvent in structured mode, as JSON; raises MalformedEvent."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise MalformedEvent("not JSON") from error
    if not isinstance(document, dict):
        raise MalformedEvent("not a JSON object")
    return parse(document)


def parse_record(headers: Iterable[tuple[str, bytes]], value: bytes) -> Event:
    """Return a Kafka record in binary mode as the event of its type; raises MalformedEvent."""
    try:
        named = {name: raw.decode() for name, raw in headers}
        document = {name.removeprefix("ce_"): text for name, text in named.items() if name != "content-type"}
        return parse({**document, "data": json.loads(value)})
    except ValueError as error:
        raise MalformedEvent("not a CloudEvent in UTF-8") from error


def is_sealed(value: object) -> bool:
    """Tell a personal or sensitive field that is still ciphertext, as it is on Kafka."""
    return isinstance(value, str) and value.startswith(_SEALED)


type Wanted = str | builtins.type[Event]


def names_of(wanted: Iterable[Wanted] | None) -> list[str] | None:
    """Return types as the platform names them, of names, patterns (`sales.*`) and event classes."""
    return None if wanted is None else [each if isinstance(each, str) else each.type for each in wanted]


def known_of(wanted: Iterable[Wanted] | None) -> list[str]:
    """Return types by name, with every known one for a pattern; ValueError for a pattern of none."""
    given = names_of(wanted) or []
    return [name for each in given for name in (_matching(each) if "*" in each else [each])]


def _matching(pattern: str) -> list[str]:
    found = sorted(name for name in Event.registry if fnmatchcase(name, pattern))
    if not found:
        raise ValueError(f"no known type is like {pattern}")
    return found
