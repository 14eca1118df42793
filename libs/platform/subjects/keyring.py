"""The data keys that one transaction needs, read from the service's own database in one go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common import direct
from libs.common.consumer import NotYetError
from libs.common.crypto import DataKey, KekRing

# An erasure wins over any key, whatever came first and wherever it stands.
_ONE = "SELECT id, wrapped, erased_at FROM {table} WHERE id = ANY(:ids) ORDER BY id{lock}"
_BOTH = "SELECT * FROM ({own}) own UNION ALL SELECT * FROM ({replica}) replica"


def _query(lock: str) -> TextClause:
    own = _ONE.format(table="subject_key", lock=lock)
    replica = _ONE.format(table="subject_key_replica", lock=lock)
    return text(_BOTH.format(own=own, replica=replica)).bindparams(bindparam("ids", type_=ARRAY(Uuid())))


_HELD = "held_keys"
_KEYS, _KEYS_HELD = _query(""), _query(" FOR SHARE")


@dataclass(frozen=True, slots=True)
class KeysAtHand:
    """Subjects known here: their keys, and None for the erased ones."""

    keys: Mapping[UUID, DataKey | None]

    def find(self, subject_id: UUID) -> DataKey | None:
        """Return the subject's key, None when he is erased; NotYetError when nothing has come of him."""
        if subject_id not in self.keys:
            raise NotYetError("subject-key", subject_id)
        return self.keys[subject_id]


async def load_keys(
    connection: AsyncSession | AsyncConnection,
    ring: KekRing,
    subject_ids: Iterable[UUID],
    *,
    hold: bool = False,
) -> KeysAtHand:
    """Read and unwrap the keys of these subjects; no statement is sent for none.

    With `hold` nobody is erased until the transaction ends: for what is written in the clear, so that an
    erasure that comes meanwhile finds it and blanks it.
    """
    known = held(connection) if hold and isinstance(connection, AsyncSession) else {}
    asked = set(subject_ids)
    keys = {each: known[each] for each in asked & known.keys()}
    wanted = sorted(asked - keys.keys())
    rows = await _read(connection, _KEYS_HELD if hold else _KEYS, wanted) if wanted else []
    for subject_id, wrapped, erased_at in rows:
        erased = erased_at is not None or (subject_id in keys and keys[subject_id] is None)
        keys[subject_id] = None if erased else ring.unwrap(str(subject_id), wrapped)
    if hold and isinstance(connection, AsyncSession):
        connection.info.setdefault(_HELD, {}).update(keys)
    return KeysAtHand(keys)


async def _read(
    connection: AsyncSession | AsyncConnection, query: TextClause, ids: list[UUID]
) -> Sequence[Any]:
    if isinstance(connection, AsyncSession):
        return await direct.run(connection, query, {"ids": ids})
    return (await connection.execute(query, {"ids": ids})).all()


def held(session: AsyncSession) -> Mapping[UUID, DataKey | None]:
    """Return the keys that this transaction read and holds: they are what they were until it ends."""
    found: Mapping[UUID, DataKey | None] = session.info.get(_HELD, {})
    return found
