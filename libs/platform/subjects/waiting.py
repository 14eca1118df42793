"""Which events cannot be opened yet, because the key of a person they speak of has not come."""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.envelope import Envelope
from libs.common.events import Event
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.sealing import subjects_to_open


async def unopenable(
    session: AsyncSession,
    envelopes: Iterable[Envelope],
    *,
    people: Callable[[Event], frozenset[UUID]] = subjects_to_open,
    coming: frozenset[UUID] = frozenset(),
) -> list[Envelope]:
    """Return the events whose `people` have a key that is neither known here nor `coming` with them.

    The keys that are known are held until the transaction ends, and not read again.
    """
    sealed = [(each, people(each.event)) for each in envelopes if each.event]
    ring: KekRing = session.info["ring"]
    wanted = frozenset[UUID]().union(*(subjects for _, subjects in sealed))
    known = (await load_keys(session, ring, wanted, hold=True)).keys.keys() | coming
    return [each for each, subjects in sealed if not subjects <= known]
