"""What every event type is held to, as faults."""

import json
import re
from collections.abc import Iterator

from libs.common.events import Event, State

# The English of irregular verbs; every other past ends in -ed.
IRREGULAR = {"won", "lost", "begun", "done", "put", "read", "sent", "given", "left", "withdrawn"}


def faults(event: type[Event]) -> list[str]:
    """Name each rule that an event type breaks."""
    return [*_name(event), *_state(event), *_openness(event)]


def _name(event: type[Event]) -> Iterator[str]:
    service, aggregate, verb, _ = event.type.split(".")
    if not any(word in IRREGULAR or word.endswith("ed") for word in verb.split("_")):
        yield f"{verb} is not in the past"
    if "Event" in event.__name__:
        yield "an event is not called an event"
    spoken, subject = _camel(verb), _camel(aggregate)
    # The subjects' events are alike in every service, so they begin with its name and say Subject for short.
    own = f"{service.capitalize()}{subject}{spoken}"
    if event.__name__ not in {subject + spoken, spoken, own, f"{service.capitalize()}Subject{spoken}"}:
        yield f"{event.__name__} is not the name of {event.type}"
    if event.topic != f"crm.{service}.{aggregate}":
        yield f"is on {event.topic}"


def _state(event: type[Event]) -> Iterator[str]:
    state = event.model_fields.get("state")
    if state is None or not isinstance(state.annotation, type) or not issubclass(state.annotation, State):
        yield "carries no state"
    elif not state.is_required():
        yield "may be without its state"


def _openness(event: type[Event]) -> Iterator[str]:
    """A closed list of words would make poison of a word of the next release."""
    text = json.dumps(event.model_json_schema())
    if '"enum"' in text or '"const"' in text:
        yield "knows only some words"
    if '"additionalProperties": false' in text:
        yield "refuses a field of the next release"


def _camel(words: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[-_]", words))
