"""What leaves a transaction: events sealed and stamped with the owner's path, audit rows without secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import ERASED, KekRing, aad_of, seal
from libs.common.db import Recorded
from libs.common.events import Event, FieldClass
from libs.common.journal import Dressed
from libs.contracts.subjects import SubjectKeyState
from libs.platform.directory.model import Directory
from libs.platform.subjects.columns import open_column
from libs.platform.subjects.keyring import KeysAtHand, load_keys
from libs.platform.subjects.sealing import (
    Place,
    changed,
    classes_of,
    seal_model,
    subject_of,
    subjects_to_seal,
)


@dataclass(frozen=True, slots=True)
class PlatformDresser:
    """Encrypts what is personal under its subject's key; `directory` tells today's organisation."""

    ring: KekRing
    directory: Directory

    async def __call__(self, session: AsyncSession, events: Sequence[Recorded], /) -> list[Dressed]:
        """Return one Dressed per event, in the same order; reads the keys of all of them at once."""
        subjects = frozenset[UUID]().union(*map(_subjects, events))
        keys = await load_keys(session, self.ring, subjects)
        return [Dressed(self._body(each, keys), _changes(each, keys)) for each in events]

    def _body(self, each: Recorded, keys: KeysAtHand) -> dict[str, Any]:
        body = seal_model(_in_clear(each, keys), keys)
        state = getattr(each.event, "state", None)
        if isinstance(state, BaseModel) and "owner_id" in type(state).model_fields:
            owner_id: UUID | None = dict(state)["owner_id"]
            body["owner_path"] = [str(one) for one in self.directory.owner_path(owner_id)]
        return body


def _subjects(each: Recorded) -> frozenset[UUID]:
    """Return whose keys are needed: for the event, and for what was emptied, which the audit row shows."""
    needed = subjects_to_seal(each.event)
    state = getattr(each.event, "state", None)
    if not isinstance(state, BaseModel) or isinstance(state, SubjectKeyState):
        return needed
    marked = classes_of(type(state)).keys() & each.changes.keys()
    subject = subject_of(state) if any(each.changes[name][0] is not None for name in marked) else None
    return needed | {subject} if subject else needed


def _in_clear(each: Recorded, keys: KeysAtHand) -> Event:
    """Open sensitive columns: they are bound to their table and row, and must be bound to the event now."""
    table, row = _table(each), each.aggregate.id

    def opened(value: str, place: Place) -> str:
        sensitive = place.field_class is FieldClass.SENSITIVE
        return open_column(value, keys, (table, row, place.path[-1])) if sensitive else value

    return changed(each.event, opened)


def _changes(each: Recorded, keys: KeysAtHand) -> dict[str, Any]:
    """Return before and after of the public shape's columns; others (indexes, masks, hashes) stay out."""
    state = getattr(each.event, "state", None)
    # The audit trail outlives an erasure, so no key may stand in it, wrapped or not.
    if not isinstance(state, BaseModel) or isinstance(state, SubjectKeyState):
        return {}
    classes, subject = classes_of(type(state)), subject_of(state)
    shown: dict[str, Any] = {}
    for name in each.changes.keys() & type(state).model_fields.keys():
        shown[name] = each.changes[name]
        if classes.get(name) is FieldClass.PERSONAL:
            place = aad_of("audit", _table(each), str(each.aggregate.id), name)
            shown[name] = tuple(_sealed(value, subject, keys, place) for value in each.changes[name])
    return shown


def _table(each: Recorded) -> str:
    return str(inspect(each.aggregate).mapper.local_table)


def _sealed(value: str | None, subject: UUID | None, keys: KeysAtHand, aad: bytes) -> str | None:
    key = keys.find(subject) if subject and value is not None else None
    return seal(value, key, aad) if key and value is not None else None if value is None else ERASED
