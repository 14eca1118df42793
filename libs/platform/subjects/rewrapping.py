"""A rotation's part in subjects: each living one's key under the new KEK, told to everybody who holds it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from libs.common.plan import Wrapped
from libs.common.rewrapping import lost
from libs.platform.subjects.model import SubjectKey

PLACE = Wrapped(SubjectKey.__tablename__, "wrapped")


async def rewrap_subjects(session: AsyncSession, place: Wrapped, ids: Sequence[UUID]) -> int:
    """Wrap these subjects' keys anew; the rows are locked, so an erasure comes before or after, and wins."""
    ring: KekRing = session.info["ring"]
    now: datetime = session.info["now"]
    rows = sa.select(SubjectKey).where(SubjectKey.id.in_(ids)).order_by(SubjectKey.id).with_for_update()
    done = 0
    for each in (await session.scalars(rows)).all():
        with lost(place.table):
            done += each.rewrap(ring, now)
    return done
