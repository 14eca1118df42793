"""Wraps what is under an older key-encryption key anew, in small transactions, while everything runs."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.crypto import KekRing, Unreadable
from libs.common.journal import Cause
from libs.common.kek_file import EVERY
from libs.common.metrics import Counter
from libs.common.plan import Wrapped
from libs.common.reads import Asked
from libs.common.transaction import Transactions

log = logging.getLogger(__name__)


class Rewrap(Protocol):
    """Wraps the keys of some rows anew in the caller's transaction."""

    def __call__(self, session: AsyncSession, /, place: Wrapped, ids: Sequence[UUID]) -> Awaitable[int]:
        """Return how many were under an older KEK."""
        ...


_CAUSE = Cause("system", "rewrap-keys")
_REWRAPPED = Counter("plexus_keys_rewrapped_total", "Keys put under a newer KEK", ("table",))
_LOST = Counter("plexus_keys_unreadable_total", "Keys that no KEK here opens", ("table",))
# Rows looked at in one go, and rows locked in one transaction.
PAGE, CHUNK = 5000, 100
_PAUSE, _LOOK = 0.02, 1.0
# Longer than a process takes to hear of a new KEK: what it wraps until then would be passed by.
_SETTLING = 3 * EVERY
# A page ends at its last row, whether it needs anything or not, so that a look at a large table stays short.
_OLD = """
WITH page AS MATERIALIZED (
  SELECT "{key}" AS key, "{column}" AS held FROM "{table}" WHERE "{key}" > $1 ORDER BY "{key}" LIMIT {page}
)
SELECT (SELECT key FROM page ORDER BY key DESC LIMIT 1),
  ARRAY(SELECT key FROM page WHERE held LIKE 'kek.v1.%' AND NOT starts_with(held, $2) ORDER BY key)"""
_HELD = 'SELECT "{key}", "{column}" FROM "{table}" WHERE "{key}" = ANY($1) ORDER BY "{key}" FOR UPDATE'
_KEEP = """
UPDATE "{table}" SET "{column}" = given.held FROM unnest($1::uuid[], $2::text[]) AS given(key, held)
WHERE "{table}"."{key}" = given.key"""


@dataclass(slots=True)
class Rewrapping:
    """A loop of every worker; it may break off anywhere, since what is left shows in the rows themselves."""

    places: Sequence[tuple[Wrapped, Rewrap]]
    _done: str | None = field(default=None, init=False)

    async def __call__(self, transactions: Transactions, stop: asyncio.Event) -> None:
        """Go through every place at the start and whenever another KEK is current, until nothing is left."""
        ring: KekRing = transactions.carries["ring"]
        while not stop.is_set():
            current = ring.current
            if current != self._done:
                await _pause(stop, _SETTLING)
                done = [await rewrap_all(transactions, place, rewrap, stop) for place, rewrap in self.places]
                if not any(done):
                    self._done = current
            await _pause(stop, _LOOK)


async def rewrap_all(transactions: Transactions, place: Wrapped, rewrap: Rewrap, stop: asyncio.Event) -> int:
    """Wrap all of a place that is under an older KEK, or as much until `stop`; return how many were."""
    ring: KekRing = transactions.carries["ring"]
    after: UUID | None = UUID(int=0)
    done = 0
    while after is not None and not stop.is_set():
        rows = await transactions.database.reads.rows(Asked(_sql(_OLD, place), (after, ring.prefix)))
        after, old = rows[0][0], rows[0][1]
        for at in range(0, len(old), CHUNK):
            body = partial(rewrap, place=place, ids=old[at : at + CHUNK])
            wrapped = await transactions.run(_CAUSE, body)
            _REWRAPPED.add(place.table, by=wrapped)
            done += wrapped
            await _pause(stop, _PAUSE)
            if stop.is_set():
                return done
    return done


async def rewrap_rows(session: AsyncSession, place: Wrapped, ids: Sequence[UUID]) -> int:
    """Wrap these rows' keys under the current KEK, and nothing else of them: no record changes."""
    ring: KekRing = session.info["ring"]
    connection = await session.connection()
    result = await connection.exec_driver_sql(_sql(_HELD, place), (list(ids),))
    held: Sequence[Row[tuple[UUID, str | None]]] = result.all()
    fresh: dict[UUID, str] = {}
    for key, wrapped in held:  # type: ignore[misc]  # SQLAlchemy types rows of one part in place of two.
        # Somebody may have emptied it since, or wrapped it anew.
        if wrapped and not ring.is_current(wrapped):
            with lost(place.table):
                fresh[key] = ring.wrap(ring.unwrap(f"{place.prefix}{key}", wrapped))
    if fresh:
        await connection.exec_driver_sql(_sql(_KEEP, place), (list(fresh), list(fresh.values())))
    return len(fresh)


@contextlib.contextmanager
def lost(table: str) -> Iterator[None]:
    """Pass over a key that nobody can read: it would not become readable by stopping here."""
    try:
        yield
    except Unreadable:
        _LOST.add(table)
        log.warning("a key in %s is unreadable", table)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def _sql(sql: str, place: Wrapped) -> str:
    return sql.format(table=place.table, column=place.column, key=place.key, page=PAGE)
