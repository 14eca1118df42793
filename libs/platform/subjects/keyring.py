"""The data keys that one transaction needs, read from the service's own database in one go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.consumer import NotYetError
from libs.common.crypto import DataKey, KekRing

# An erasure wins over any key, whatever came first and wherever it stands.
_KEYS = text(
    "SELECT id, wrapped, erased_at FROM subject_key WHERE id = ANY(:ids)"
    " UNION ALL SELECT id, wrapped, erased_at FROM subject_key_replica WHERE id = ANY(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))


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
    connection: AsyncSession | AsyncConnection, ring: KekRing, subject_ids: Iterable[UUID]
) -> KeysAtHand:
    """Read and unwrap the keys of these subjects; no statement is sent for none."""
    wanted = sorted(set(subject_ids))
    rows = (await connection.execute(_KEYS, {"ids": wanted})).all() if wanted else []
    keys: dict[UUID, DataKey | None] = {}
    for subject_id, wrapped, erased_at in rows:
        erased = erased_at is not None or (subject_id in keys and keys[subject_id] is None)
        keys[subject_id] = None if erased else ring.unwrap(str(subject_id), wrapped)
    return KeysAtHand(keys)
