"""Which fields of a model are marked as personal or sensitive, and whose they are."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel

from libs.common.events import FieldClass


@cache
def classes_of(model: type[BaseModel]) -> dict[str, FieldClass]:
    """Return the class of each marked field of a model itself, not of what it contains."""
    found = {}
    for name, info in model.model_fields.items():
        for mark in (*info.metadata, *_marks_in(info.annotation)):
            if isinstance(mark, FieldClass):
                found[name] = mark
    return found


def subject_of(model: BaseModel) -> UUID | None:
    """Return the subject that a model names: its own, or its state's."""
    held = vars(model)
    subject: UUID | None = held.get("subject_id")
    return subject or getattr(held.get("state"), "subject_id", None)


@cache
def nested_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Names of the fields with marked fields somewhere inside."""
    unmarked = [item for item in model.model_fields.items() if item[0] not in classes_of(model)]
    return tuple(name for name, info in unmarked if any(map(_is_marked, _models_in(info.annotation))))


def _is_marked(model: type[BaseModel]) -> bool:
    return bool(classes_of(model) or nested_of(model))


def _marks_in(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for argument in get_args(annotation):
        yield from _marks_in(argument)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
