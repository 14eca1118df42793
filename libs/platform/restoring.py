"""What a restored database must hear before it serves: who was erased since the backup."""

import asyncio
import logging
from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import lineage
from libs.common.bus import Bus, Record
from libs.common.envelope import Envelope, PoisonError, decoded
from libs.common.events import Event
from libs.common.inbox_postgres import PostgresTransaction
from libs.common.journal import Cause
from libs.common.transaction import Transactions
from libs.contracts.subjects import SubjectKeyFact
from libs.platform.subjects.replica import SubjectKeyApplier

log = logging.getLogger(__name__)
_CAUSE = Cause("system", "replay-erasures")
_CHUNK, _POLLED = 50, 1000
_WAIT, _PATIENCE = 1.0, 30.0
# Erased here as well, in whichever of the two tables he stands.
_DONE = text("""
SELECT id FROM (
  SELECT id, erased_at FROM subject_key UNION ALL SELECT id, erased_at FROM subject_key_replica
) AS known WHERE id = ANY(:ids) GROUP BY id HAVING bool_and(erased_at IS NOT NULL)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))


async def replay(transactions: Transactions, bus: Bus, applier: SubjectKeyApplier) -> int:
    """Carry out every erasure that the key topics tell of, then mark the database; return how many were new.

    Repeated, or broken off and begun again, it does what is left.
    """
    service: str = transactions.carries["service"]
    told = await erasures(bus, service)
    new = 0
    for at in range(0, len(told), _CHUNK):
        chunk = told[at : at + _CHUNK]

        async def body(session: AsyncSession, chunk: Sequence[Envelope] = chunk) -> int:
            ids = [each.event.aggregate_id for each in chunk if each.event]
            done = set((await session.execute(_DONE, {"ids": ids})).scalars())
            left = [each for each in chunk if each.event and each.event.aggregate_id not in done]
            await applier.apply(PostgresTransaction(session, service), left)
            return len(left)

        new += await transactions.run(_CAUSE, body)
    await transactions.run(_CAUSE, lineage.mark)
    return new


async def replay_if_restored(transactions: Transactions, bus: Bus, applier: SubjectKeyApplier) -> None:
    """Do it where the database is not the one that was marked last."""
    async with transactions.database.reading.connect() as connection:
        if await lineage.is_known(connection):
            return
    new = await replay(transactions, bus, applier)
    log.warning("a database that was not known: %d erasures replayed", new)


async def erasures(bus: Bus, service: str) -> list[Envelope]:
    """Return every erasure on all key topics, this service's own too, up to their ends of now."""
    topics = sorted({each.topic for each in Event.registry.values() if issubclass(each, SubjectKeyFact)})
    left = {place: end for place, end in (await bus.ends(topics)).items() if end}
    found = list[Envelope]()
    if not left:
        return found
    reader = await bus.reader(f"{service}.erasures.{uuid4().hex[:8]}", topics, "0")
    try:
        async with asyncio.timeout(_PATIENCE) as patience:
            while left:
                for place in reader.unplaced():
                    reader.place(place, 0)
                for place, records in (await reader.poll(_WAIT, _POLLED)).items():
                    patience.reschedule(asyncio.get_running_loop().time() + _PATIENCE)
                    found += [each for each in map(_erasure, records) if each is not None]
                    if place in left and records[-1].offset + 1 >= left[place]:
                        del left[place]
    finally:
        await reader.close()
    return found


def _erasure(record: Record) -> Envelope | None:
    """Return an erasure, None for any other record and for what no service wrote."""
    if not (record.header("ce_type") or "").endswith(".subject-key.erased.v1"):
        return None
    try:
        return decoded(record)
    except PoisonError:
        return None
