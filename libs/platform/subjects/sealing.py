"""Personal and sensitive fields of an event: sealed before it leaves, opened where it is read.

A marked field (`Personal[str]`, `Sensitive[str]`) is sealed under the data key of the nearest
enclosing model's `subject_id`; an event without one of its own speaks of its state's subject.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import orjson
from pydantic import BaseModel

from libs.common.crypto import ERASED, DataKey, Unreadable, aad_of, aad_part, seal, sealed_key_id, unseal
from libs.common.envelope import encode
from libs.common.events import Event, FieldClass
from libs.common.ids import text_of
from libs.platform.subjects.marks import classes_of, nested_of, subject_of

IN_THE_CLEAR = "not sealed where it has to be"


class Keyring(Protocol):
    """The data keys that a transaction or a handler has at hand."""

    def find(self, subject_id: UUID) -> DataKey | None:
        """Return the subject's key, None when he is erased; raise NotYetError when it has not come."""
        ...


class Place(NamedTuple):
    """Where a marked text stands in an event: its path, its class, and the subject it speaks of."""

    path: tuple[str, ...]
    field_class: FieldClass
    subject_id: UUID | None


# Name and class of a marked field, and what a value in it is bound to.
type _Mark = tuple[str, FieldClass, bytes]
# The name of a field with marked ones inside, and the path to it.
type _Inner = tuple[str, tuple[str, ...]]
type Change = Callable[[str, Place], str]
# From what a sensitive field holds, its name and the key of its subject to the text itself.
type Reader = Callable[[str, str, DataKey], str]


def seal_model(event: Event, keys: Keyring) -> dict[str, Any]:
    """Return the event's JSON body, marked fields as ciphertext, or `[erased]` for an erased subject.

    Raises TypeError for a marked field that is not a text or belongs to no subject.
    """
    body: dict[str, Any] = orjson.loads(encode(sealed_fields(event, keys)))
    return body


def sealed_fields(event: Event, keys: Keyring, reader: Reader | None = None) -> dict[str, Any]:
    """Return what `seal_model` does as Python's own values, to be encoded once.

    `reader` turns what stands in a sensitive field into the text to seal.
    """
    if not any(_plan(type(event), ())):
        return dict(vars(event))
    return _Sealer(event, keys, reader).fields(event, None, ())


def open_event[E: Event](event: E, keys: Keyring) -> E:
    """Return the event with its marked fields in the clear, `[erased]` where the subject is erased.

    Raises what `keys` raises for a key that has not come, Unreadable for a forged ciphertext.
    """

    def opened(value: str, place: Place) -> str:
        return open_text(value, event.type, event.aggregate_id, place.path, keys)

    return changed(event, opened)


def open_body(body: dict[str, Any], event_type: str, keys: Keyring) -> dict[str, Any]:
    """Do the same to a stored body of a known event type; fields unknown to the type are dropped."""
    event = Event.registry[event_type].model_validate(body)
    return open_event(event, keys).model_dump(mode="json")


def open_text(value: str, event_type: str, aggregate_id: UUID, path: tuple[str, ...], keys: Keyring) -> str:
    """Return one sealed value of an event in the clear; Unreadable for whatever else is in its place."""
    if value == ERASED:
        return value
    subject_id = sealed_under(value)
    if subject_id is None:
        raise Unreadable(IN_THE_CLEAR)
    key = keys.find(subject_id)
    return unseal(value, key, _aad(event_type, aggregate_id, path)) if key else ERASED


def sealed_under(value: str) -> UUID | None:
    """Return the subject under whose key a value is sealed; Unreadable when it names none."""
    key_id = sealed_key_id(value)
    try:
        return UUID(key_id) if key_id else None
    except ValueError:
        raise Unreadable("sealed under no subject") from None


def subjects_to_seal(event: Event) -> frozenset[UUID]:
    """Return the subjects of the event's marked fields."""
    found: set[UUID] = set()
    _note_subjects(event, None, found)
    return frozenset(found)


def subjects_to_open(event: Event) -> frozenset[UUID]:
    """Return the subjects under whose keys the fields of a received event are sealed."""
    return frozenset(subject for value in _marked(event) if (subject := sealed_under(value)))


def changed[M: BaseModel](model: M, change: Change) -> M:
    """Return a copy in which every marked text that is not null went through `change`."""
    return _changed(model, change, None, ())


def _aad(event_type: str, aggregate_id: UUID, path: tuple[str, ...]) -> bytes:
    return _bound_of(event_type, aggregate_id) + aad_part(*path)


def _bound_of(event_type: str, aggregate_id: UUID) -> bytes:
    return aad_part("event", event_type) + aad_of(text_of(aggregate_id))


def _note_subjects(model: BaseModel, subject: UUID | None, found: set[UUID]) -> None:
    """Add the subjects of the marked fields that hold something."""
    classes, nested = classes_of(type(model)), nested_of(type(model))
    if not classes and not nested:
        return
    subject = subject_of(model) or subject
    if subject is not None and any(getattr(model, name) is not None for name in classes):
        found.add(subject)
    for name in nested:
        for inner in _models_at(getattr(model, name)):
            _note_subjects(inner, subject, found)


def _models_at(value: Any) -> Iterator[BaseModel]:
    """Yield the models that a field holds, in lists too."""
    if isinstance(value, BaseModel):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _models_at(one)


class _Sealer:
    """Seals the marked fields of one event, bound to its type and aggregate."""

    def __init__(self, event: Event, keys: Keyring, reader: Reader | None) -> None:
        self._type, self._keys, self._reader = event.type, keys, reader
        self._bound = _bound_of(event.type, event.aggregate_id)

    def fields(self, model: BaseModel, subject: UUID | None, path: tuple[str, ...]) -> dict[str, Any]:
        """Return a model's fields in which every marked text that is not null is sealed."""
        fields = dict(vars(model))
        marks, nested = _plan(type(model), path)
        if marks or nested:
            subject = subject_of(model) or subject
        held = [mark for mark in marks if fields[mark[0]] is not None]
        if held:
            key = self._key(subject, held[0][0])
            for mark in held:
                fields[mark[0]] = self._sealed(fields[mark[0]], key, mark)
        for name, inner in nested:
            fields[name] = self._inside(fields[name], subject, inner)
        return fields

    def _key(self, subject: UUID | None, name: str) -> DataKey | None:
        if subject is None:
            raise TypeError(f"{self._type}: {name} belongs to no subject")
        return self._keys.find(subject)

    def _sealed(self, value: Any, key: DataKey | None, mark: _Mark) -> str:
        name, kind, place = mark
        if not isinstance(value, str):
            raise TypeError(f"{self._type}: {name} is marked but not a text")
        if key is None:
            return ERASED
        if kind is FieldClass.SENSITIVE and self._reader is not None:
            value = self._reader(value, name, key)
        return seal(value, key, self._bound + place)

    def _inside(self, value: Any, subject: UUID | None, path: tuple[str, ...]) -> Any:
        if isinstance(value, BaseModel):
            return self.fields(value, subject, path)
        if isinstance(value, list | tuple):
            return [self._inside(one, subject, (*path, str(at))) for at, one in enumerate(value)]
        return value


@lru_cache(maxsize=4096)
def _plan(model: Any, path: tuple[str, ...]) -> tuple[tuple[_Mark, ...], tuple[_Inner, ...]]:
    """Return (name, class, aad of its path) of marked fields, and (name, path) of those with such inside."""
    marks = ((name, mark, aad_of(*path, name)) for name, mark in classes_of(model).items())
    return tuple(marks), tuple((name, (*path, name)) for name in nested_of(model))


def _marked(model: BaseModel) -> Iterator[str]:
    """Yield the marked texts that are not null, of inner models too."""
    held = vars(model)
    for name in classes_of(type(model)):
        if (value := held[name]) is not None:
            yield value
    for name in nested_of(type(model)):
        for inner in _models_at(held[name]):
            yield from _marked(inner)


def _changed[M: BaseModel](model: M, change: Change, subject: UUID | None, path: tuple[str, ...]) -> M:
    classes, nested = classes_of(type(model)), nested_of(type(model))
    if not classes and not nested:
        return model
    subject = subject_of(model) or subject
    update: dict[str, Any] = {}
    for name, field_class in classes.items():
        if (value := getattr(model, name)) is not None:
            if not isinstance(value, str):
                raise TypeError(f"{type(model).__name__}.{name} is marked but not a text")
            update[name] = change(value, Place((*path, name), field_class, subject))
    for name in nested:
        update[name] = _inside(getattr(model, name), change, subject, (*path, name))
    return model.model_copy(update=update)


def _inside(value: Any, change: Change, subject: UUID | None, path: tuple[str, ...]) -> Any:
    if isinstance(value, BaseModel):
        return _changed(value, change, subject, path)
    if isinstance(value, list | tuple):
        items = (_inside(one, change, subject, (*path, str(at))) for at, one in enumerate(value))
        return type(value)(items)
    return value
