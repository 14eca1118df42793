"""Sensitive columns at rest: sealed under the subject's key and bound to table, row and column."""

from uuid import UUID

from libs.common.crypto import ERASED, DataKey, Unreadable, aad_of, aad_part, seal, sealed_key_id, unseal
from libs.common.ids import text_of
from libs.platform.subjects.sealing import IN_THE_CLEAR, Keyring, sealed_under


def seal_column(value: str, subject_id: UUID, keys: Keyring, place: tuple[str, UUID, str]) -> str:
    """Return the ciphertext to store at `place` (table, row id, column); `[erased]` for an erased subject."""
    key = keys.find(subject_id)
    if key is None:
        return ERASED
    sealed = seal(value, key, _aad(place))
    key.sealed[sealed] = value
    return sealed


def open_column(value: str, keys: Keyring, place: tuple[str, UUID, str]) -> str:
    """Return a stored value in the clear, `[erased]` for an erased subject.

    Raises Unreadable when the ciphertext belongs elsewhere, or there is anything else in its place, and what
    `keys` raises for an unknown subject.
    """
    if value == ERASED:
        return value
    subject_id = sealed_under(value)
    if subject_id is None:
        raise Unreadable(IN_THE_CLEAR)
    key = keys.find(subject_id)
    return unseal(value, key, _aad(place)) if key else ERASED


def open_likely(value: str, key: DataKey, keys: Keyring, place: tuple[str, UUID, str]) -> str:
    """Do the same where `key` is the likely one; what is sealed under another is looked up in `keys`."""
    if value in key.sealed:
        return key.sealed[value]
    if sealed_key_id(value) == key.key_id:
        return unseal(value, key, _aad(place))
    return open_column(value, keys, place)


def _aad(place: tuple[str, UUID, str]) -> bytes:
    table, row, column = place
    return aad_part("column", table) + aad_of(text_of(row)) + aad_part(column)
