"""Making a subject, and the keys of some, inside a command's transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.ids import new_id
from libs.platform.subjects.keyring import KeysAtHand, load_keys
from libs.platform.subjects.model import SubjectKey


def mint(session: AsyncSession, subject_id: UUID | None = None) -> UUID:
    """Make a subject of this service with a fresh key, and return his id.

    Call it before the aggregate records the first event that speaks of him.
    """
    info = session.info
    ring: KekRing = info["ring"]
    now: datetime = info["now"]
    made = SubjectKey.mint(info["service"], subject_id or new_id(), ring, now)
    session.add(made)
    info.setdefault("minted", {})[made.id] = made
    touch(session, made.id)
    return made.id


def touch(session: AsyncSession, subject_id: UUID | None) -> None:
    """Note that the transaction handles a subject's data: kept answers are found by it when he is erased."""
    if subject_id is not None:
        session.info.setdefault("subjects", set()).add(subject_id)


async def keys_of(session: AsyncSession, subject_ids: Iterable[UUID]) -> KeysAtHand:
    """Return the keys of these subjects; those just minted are at hand and cost no statement."""
    wanted = set(subject_ids)
    minted: dict[UUID, SubjectKey] = session.info.get("minted", {})
    fresh = {id: key for id in wanted if (made := minted.get(id)) and (key := made.fresh)}
    if len(wanted) == len(fresh):
        return KeysAtHand(fresh)
    await session.flush()
    return await load_keys(session, session.info["ring"], wanted)
