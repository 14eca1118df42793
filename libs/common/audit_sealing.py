"""Seals the audit trail behind the writers' backs: they insert rows, and a loop of the worker chains them.

Rows are sealed in the order of their ids, so none may be passed that could still be committed. A row is
settled when its transaction ended before every one that is open now, and when it was written before any of
these began: whoever could still commit a smaller id began before it. Rows are never updated for it.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.audit_chain import BEFORE_ALL, FACTS, HASH_BYTES, Chain, Row, Seal
from libs.common.envelope import Attributes, headers
from libs.common.ids import new_id
from libs.common.journal import Cause, Entry, enqueue
from libs.common.metrics import Counter
from libs.common.plan import anchor_topic
from libs.common.transaction import Transactions

EVERY = 5.0
# The least that is promised is a day; an hour costs one record.
ANCHORED_EVERY = timedelta(hours=1)
AT_ONCE = 1000
_CAUSE = Cause("system", "seal-audit")
_SEALED = Counter("plexus_audit_rows_sealed_total", "Rows of the audit trail that were chained")
# Planned by statistics from before a burst of writes, each turn would read and sort all that waits.
LOCK = """
SELECT pg_try_advisory_xact_lock(7305, 15), set_config('enable_seqscan', 'off', true),
  set_config('enable_bitmapscan', 'off', true)"""
_HEAD = f"""
SELECT coalesce(s.number + cardinality(s.ids) - 1, 0), s.ids[cardinality(s.ids)],
  substr(s.hashes, length(s.hashes) - {HASH_BYTES - 1}), s.number, s.anchored_at IS NOT NULL,
  (SELECT max(anchored_at) FROM audit_seal WHERE anchored_at IS NOT NULL),
  (SELECT least(min(xact_start), clock_timestamp()) FROM pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid())
FROM (SELECT) AS once
LEFT JOIN LATERAL (SELECT * FROM audit_seal ORDER BY number DESC LIMIT 1) AS s ON true"""
_ROWS = f"""
SELECT id, {FACTS}, at < $2 AND age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)
FROM audit WHERE id > $1 ORDER BY id LIMIT {AT_ONCE}"""
_SEAL = "INSERT INTO audit_seal (number, ids, hashes) VALUES ($1, $2, $3)"
_ANCHORED = "UPDATE audit_seal SET anchored_at = $2 WHERE number = $1"


async def seal_audit(transactions: Transactions, stop: asyncio.Event) -> None:
    """Seal until `stop`: what there is every few seconds, and without a pause while there is more."""
    while not stop.is_set():
        if await transactions.run(_CAUSE, seal_turn) < AT_ONCE:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)


async def seal_turn(session: AsyncSession) -> int:
    """Seal the oldest settled rows and tell the log of the head when it is time; return how many rows.

    One process at a time does it. The session carries `ring`, the service's name and `now`.
    """
    ((mine, *_),) = await _rows(session, LOCK)
    if not mine:
        return 0
    ((number, last_id, head, first, is_anchored, anchored_at, before),) = await _rows(session, _HEAD)
    chain = Chain.of(session.info["ring"], number, BEFORE_ALL if last_id is None else last_id, head)
    found = await _rows(session, _ROWS, chain.last_id, before)
    rows = [Row(identity, facts) for identity, facts, _ in found[: _settled(found)]]
    if rows:
        seal: Seal = chain.seal(rows)
        await _run(session, _SEAL, seal.number, seal.ids, seal.hashes)
        first, is_anchored = seal.number, False
        _SEALED.add(by=len(rows))
    now: datetime = session.info["now"]
    if chain.number and not is_anchored and (anchored_at is None or now - anchored_at >= ANCHORED_EVERY):
        await _run(session, _ANCHORED, first, now)
        enqueue(session, _anchor(session.info["service"], chain, now))
    return len(rows)


def _settled(found: Sequence[Any]) -> int:
    """Return how many rows come before the first that is not settled."""
    return next((place for place, row in enumerate(found) if not row[2]), len(found))


def _anchor(service: str, chain: Chain, now: datetime) -> Entry:
    """Return the record that keeps the head outside of the database; no consumer reads it."""
    attributes = Attributes(
        id=new_id(),
        type=f"{service}.audit.anchored.v1",
        source=service,
        time=now,
        subject=service,
        sequence=chain.number,
        actor="system",
        correlation_id=_CAUSE.correlation_id,
    )
    told = {"number": chain.number, "hash": chain.head.hex(), "at": now}
    return Entry(anchor_topic(service), service, headers(attributes), orjson.dumps(told))


async def _rows(session: AsyncSession, sql: str, *values: Any) -> Sequence[Any]:
    connection = await session.connection()
    return (await connection.exec_driver_sql(sql, values)).all()


async def _run(session: AsyncSession, sql: str, *values: Any) -> None:
    await (await session.connection()).exec_driver_sql(sql, values)
