"""What leaves a transaction: events sealed and stamped with the owner's path, audit rows without secrets."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.consumer import NotYetError
from libs.common.crypto import ERASED, DataKey, KekRing, aad_of, aad_part, seal
from libs.common.db import Aggregate, Recorded
from libs.common.events import FieldClass
from libs.common.ids import text_of
from libs.common.journal import Dressed
from libs.contracts.subjects import SubjectKeyState
from libs.platform.directory.model import Directory
from libs.platform.subjects.columns import open_likely
from libs.platform.subjects.keyring import KeysAtHand, held, load_keys
from libs.platform.subjects.marks import classes_of, subject_of
from libs.platform.subjects.model import SubjectKey
from libs.platform.subjects.sealing import sealed_fields, subjects_to_seal


@dataclass(frozen=True, slots=True)
class PlatformDresser:
    """Encrypts what is personal under its subject's key; `directory` tells today's organisation."""

    ring: KekRing
    directory: Directory

    async def __call__(self, session: AsyncSession, events: Sequence[Recorded], /) -> list[Dressed]:
        """Return one Dressed per event, in the same order; reads the keys of all of them at once."""
        decided = {**held(session), **_decided(events)}
        if any(decided.values()):
            # Most transactions that mint or hold a key speak of nobody else.
            with suppress(NotYetError):
                return self._dressed(events, KeysAtHand(decided))
        needed = {subject for each in events for subject in _subjects(each)} - decided.keys()
        found = await load_keys(session, self.ring, needed)
        return self._dressed(events, KeysAtHand({**found.keys, **decided}))

    def _dressed(self, events: Sequence[Recorded], keys: KeysAtHand) -> list[Dressed]:
        paths = _Paths(self.directory)
        return [Dressed(_body(each, keys, paths), _changes(each, keys)) for each in events]


class _Paths(dict[UUID | None, list[str]]):
    """The paths of the owners of one transaction's records, each looked up once."""

    def __init__(self, directory: Directory) -> None:
        super().__init__()
        self._directory = directory

    def __missing__(self, owner_id: UUID | None) -> list[str]:
        self[owner_id] = [str(one) for one in self._directory.owner_path(owner_id)]
        return self[owner_id]


def _decided(events: Sequence[Recorded]) -> dict[UUID, DataKey | None]:
    """Return the keys that the transaction itself minted, and None for those that it destroyed."""
    decided: dict[UUID, DataKey | None] = {}
    for each in events:
        row = each.aggregate
        if isinstance(row, SubjectKey) and (row.fresh or row.erased_at):
            decided[row.id] = row.fresh
    return decided


def _body(each: Recorded, keys: KeysAtHand, paths: _Paths) -> dict[str, Any]:
    table, row = _table_of(each.aggregate), each.aggregate.id

    def reader(value: str, name: str, key: DataKey) -> str:
        # Sensitive columns are bound to their table and row, and must be bound to the event now.
        return open_likely(value, key, keys, (table, row, name))

    body = sealed_fields(each.event, keys, reader)
    state = getattr(each.event, "state", None)
    if isinstance(state, BaseModel) and "owner_id" in _places_of(type(state)):
        body["owner_path"] = paths[vars(state)["owner_id"]]
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


def _changes(each: Recorded, keys: KeysAtHand) -> dict[str, Any]:
    """Return before and after of the public shape's columns; others (indexes, masks, hashes) stay out."""
    state = getattr(each.event, "state", None)
    # The audit trail outlives an erasure, so no key may stand in it, wrapped or not.
    if not isinstance(state, BaseModel) or isinstance(state, SubjectKeyState):
        return {}
    places, changes = _places_of(type(state)), each.changes
    shown = {name: pair for name, pair in changes.items() if name in places}
    personal = [name for name in shown if places[name]]
    if personal:
        subject = subject_of(state)
        place = aad_part("audit", _table_of(each.aggregate)) + aad_of(text_of(each.aggregate.id))
        key = keys.find(subject) if subject else None
        for name in personal:
            aad = place + places[name]
            before, after = shown[name]
            shown[name] = (_sealed(before, key, aad), _sealed(after, key, aad))
    return shown


@cache
def _places_of(state: type[BaseModel]) -> dict[str, bytes]:
    """Return the fields of a public shape: what a personal one's value is bound to, nothing of the others."""
    marked = {name for name, mark in classes_of(state).items() if mark is FieldClass.PERSONAL}
    return {name: aad_part(name) if name in marked else b"" for name in state.model_fields}


def _sealed(value: str | None, key: DataKey | None, aad: bytes) -> str | None:
    if value is None:
        return None
    return seal(value, key, aad) if key else ERASED


def _table_of(aggregate: Aggregate) -> str:
    name: str = aggregate.__tablename__  # type: ignore[attr-defined]
    return name
