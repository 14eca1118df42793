"""Personal and sensitive fields of an event: sealed before it leaves, opened where it is read.

A marked field (`Personal[str]`, `Sensitive[str]`) is sealed under the data key of the nearest
enclosing model's `subject_id`; an event without one of its own speaks of its state's subject.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Protocol, get_args
from uuid import UUID

from pydantic import BaseModel

from libs.common.crypto import ERASED, DataKey, aad_of, seal, sealed_key_id, unseal
from libs.common.events import Event, FieldClass


class Keyring(Protocol):
    """The data keys that a transaction or a handler has at hand."""

    def find(self, subject_id: UUID) -> DataKey | None:
        """Return the subject's key, None when he is erased; raise NotYet when it has not come."""
        ...


type _Change = Callable[[str, UUID | None, tuple[str, ...]], str]


def seal_model(event: Event, keys: Keyring) -> dict[str, Any]:
    """Return the event's JSON body, marked fields as ciphertext, or `[erased]` for an erased subject.

    Raises TypeError for a marked field that is not a text or belongs to no subject.
    """

    def sealed(value: str, subject_id: UUID | None, path: tuple[str, ...]) -> str:
        if subject_id is None:
            raise TypeError(f"{event.type}: {'.'.join(path)} belongs to no subject")
        key = keys.find(subject_id)
        return seal(value, key, _aad(event.type, event.aggregate_id, path)) if key else ERASED

    return _changed(event, sealed).model_dump(mode="json")


def open_event[E: Event](event: E, keys: Keyring) -> E:
    """Return the event with its marked fields in the clear, `[erased]` where the subject is erased.

    Raises what `keys` raises for a key that has not come, Unreadable for a forged ciphertext.
    """

    def opened(value: str, _: UUID | None, path: tuple[str, ...]) -> str:
        return open_text(value, event.type, event.aggregate_id, path, keys)

    return _changed(event, opened)


def open_body(body: dict[str, Any], event_type: str, keys: Keyring) -> dict[str, Any]:
    """Do the same to a stored body of a known event type; fields unknown to the type are dropped."""
    event = Event.registry[event_type].model_validate(body)
    return open_event(event, keys).model_dump(mode="json")


def open_text(value: str, event_type: str, aggregate_id: UUID, path: tuple[str, ...], keys: Keyring) -> str:
    """Return one sealed value of an event in the clear; what is not sealed is returned as it is."""
    subject_id = sealed_key_id(value)
    if subject_id is None:
        return value
    key = keys.find(UUID(subject_id))
    return unseal(value, key, _aad(event_type, aggregate_id, path)) if key else ERASED


def subjects_in(event: Event) -> frozenset[UUID]:
    """Return the subjects whose keys are needed to seal or to open this event."""
    found: set[UUID] = set()

    def note(value: str, subject_id: UUID | None, _: tuple[str, ...]) -> str:
        sealed_under = sealed_key_id(value)
        if sealed_under or subject_id:
            found.add(UUID(sealed_under) if sealed_under else subject_id)  # type: ignore[arg-type]
        return value

    _changed(event, note)
    return frozenset(found)


def _aad(event_type: str, aggregate_id: UUID, path: tuple[str, ...]) -> bytes:
    return aad_of("event", event_type, str(aggregate_id), *path)


def _changed[M: BaseModel](
    model: M, change: _Change, subject: UUID | None = None, path: tuple[str, ...] = ()
) -> M:
    texts, nested = _plan(type(model))
    if not texts and not nested:
        return model
    subject = _subject_of(model) or subject
    update: dict[str, Any] = {}
    for name in texts:
        if (value := getattr(model, name)) is not None:
            if not isinstance(value, str):
                raise TypeError(f"{type(model).__name__}.{name} is marked but not a text")
            update[name] = change(value, subject, (*path, name))
    for name in nested:
        update[name] = _inside(getattr(model, name), change, subject, (*path, name))
    return model.model_copy(update=update)


def _inside(value: Any, change: _Change, subject: UUID | None, path: tuple[str, ...]) -> Any:
    if isinstance(value, BaseModel):
        return _changed(value, change, subject, path)
    if isinstance(value, list | tuple):
        items = (_inside(one, change, subject, (*path, str(at))) for at, one in enumerate(value))
        return type(value)(items)
    return value


def _subject_of(model: BaseModel) -> UUID | None:
    subject: UUID | None = getattr(model, "subject_id", None)
    return subject or getattr(getattr(model, "state", None), "subject_id", None)


@cache
def _plan(model: type[BaseModel]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the marked fields, and of those with marked fields somewhere inside."""
    texts, nested = [], []
    for name, info in model.model_fields.items():
        if any(isinstance(mark, FieldClass) for mark in (*info.metadata, *_marks_in(info.annotation))):
            texts.append(name)
        elif any(any(_plan(inner)) for inner in _models_in(info.annotation)):
            nested.append(name)
    return tuple(texts), tuple(nested)


def _marks_in(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for argument in get_args(annotation):
        yield from _marks_in(argument)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
