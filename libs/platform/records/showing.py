"""An event as a reader of its record sees it: personal fields in the clear, sensitive ones left out."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson

from libs.common.consumer import NotYetError
from libs.common.crypto import PENDING, Unreadable, sealed_key_id
from libs.common.events import Event, FieldClass
from libs.common.restrictions import UNRESTRICTED, Restrictions, cut_event
from libs.platform.subjects.sealing import Keyring, Place, changed, open_text, sealed_under

_GONE = object()


def shown(
    value: bytes, event_type: str, keys: Keyring, restricted: Restrictions = UNRESTRICTED
) -> dict[str, Any]:
    """Return an event's body for somebody who may read its record.

    What is personal is opened, `[erased]` where the person was forgotten and `[pending]` where his key has
    not come. What is sensitive is left out, and so is whatever is sealed and this release does not know, and
    what the reader is restricted from.
    """
    body: dict[str, Any] = orjson.loads(value)
    kind = Event.registry.get(event_type)
    if kind is not None:
        event = kind.model_validate_json(value)
        for text, place in _marked(event):
            open_ = place.field_class is FieldClass.PERSONAL
            _put(body, place.path, _opened(event, text, place, keys) if open_ else _GONE)
    return cut(_without_sealed(body), event_type, restricted)


def cut(body: dict[str, Any], event_type: str, restricted: Restrictions) -> dict[str, Any]:
    """Return an event's body without what a reader is restricted from."""
    kind = Event.registry.get(event_type)
    return cut_event(body, event_type.split(".")[1], kind.tells if kind else {}, restricted)


def subjects_in(value: bytes) -> frozenset[UUID]:
    """Return the subjects under whose keys something in a body is sealed."""
    return frozenset(_subjects(orjson.loads(value)))


def _subjects(value: Any) -> Iterator[UUID]:
    if isinstance(value, str):
        try:
            subject = sealed_under(value)
        except Unreadable:
            # A text that merely looks sealed is nobody's.
            return
        if subject is not None:
            yield subject
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _subjects(each)


def _marked(event: Event) -> list[tuple[str, Place]]:
    found: list[tuple[str, Place]] = []

    def note(value: str, place: Place) -> str:
        found.append((value, place))
        return value

    changed(event, note)
    return found


def _opened(event: Event, text: str, place: Place, keys: Keyring) -> object:
    try:
        return open_text(text, event.type, event.aggregate_id, place.path, keys)
    except NotYetError:
        return PENDING
    except Unreadable:
        return _GONE


def _put(body: Any, path: tuple[str, ...], value: object) -> None:
    """Set or remove what stands at a path; parts of a list are named by their index."""
    *above, last = path
    for step in above:
        body = body[int(step)] if isinstance(body, list) else body[step]
    if value is _GONE:
        body.pop(last)
    else:
        body[last] = value


def _without_sealed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_sealed(each) for key, each in value.items() if sealed_key_id(each) is None}
    if isinstance(value, list):
        return [_without_sealed(each) for each in value if sealed_key_id(each) is None]
    return value
