"""What is done with signing keys, by time alone."""

from datetime import datetime
from itertools import pairwise

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing
from services.auth.directory import lock_head
from services.auth.signing_keys import queries
from services.auth.signing_keys.model import AHEAD, ROTATION, SigningKey, is_outlived


async def rotate_signing_keys(session: AsyncSession) -> None:
    """Publish the next key a while before its first use, and retire those that no token needs."""
    now: datetime = session.info["now"]
    ring: KekRing = session.info["ring"]
    head = await lock_head(session)
    keys = await queries.living(session)
    if not keys:
        # Nothing was ever signed, so nobody can be surprised by the first key.
        session.add(SigningKey.publish(head, ring, now, now))
    elif keys[0].usable_from + ROTATION <= now:
        session.add(SigningKey.publish(head, ring, now + AHEAD, now))
    for successor, key in pairwise(keys):
        if is_outlived(key, successor, now):
            key.retire(head, now)
