"""Which contacts are to be looked at again for which segments: the work tables behind the members.

Marks are left by triggers, in the transaction of whatever changed. One process at a time works them off, so
that the verdicts on a contact come one after another; none of these tables is ever waited for by a writer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    MetaData,
    Table,
    Uuid,
    and_,
    bindparam,
    delete,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.reads import Asked, ReadPool

_work = MetaData()
# How many members a segment has, beside the segment: a version for each entry would help nobody.
sizes = Table(
    "segment_size",
    _work,
    Column("segment_id", Uuid, primary_key=True),
    Column("members", BigInteger),
)
# Rules that have not been asked about every contact yet; `after` is the last one asked about.
fillings = Table(
    "segment_filling",
    _work,
    Column("segment_id", Uuid, primary_key=True),
    Column("definition", BigInteger),
    Column("after", Uuid),
)
# Whom a snapshot is still to take in.
additions = Table(
    "segment_addition",
    _work,
    Column("segment_id", Uuid, primary_key=True),
    Column("contact_id", Uuid, primary_key=True),
)
_IDS = ARRAY(Uuid())

# The oldest marks. Accounts are taken apart: each may stand for any number of contacts.
_TAKE = text("""
WITH oldest AS (SELECT id FROM segment_check ORDER BY id LIMIT :size)
DELETE FROM segment_check AS taken USING oldest WHERE taken.id = oldest.id
RETURNING source, record_id, after
""")
_MARK = text("""
INSERT INTO segment_check (source, record_id, after)
SELECT 'account', record_id, after FROM unnest(:records, :afters) AS given(record_id, after)
""").bindparams(bindparam("records", type_=_IDS), bindparam("afters", type_=_IDS))
_AT_ACCOUNTS = text("""
SELECT given.n, found.id
FROM unnest(:records, :afters) WITH ORDINALITY AS given(record_id, after, n)
CROSS JOIN LATERAL (
  SELECT c.id FROM contact c
  WHERE c.account_id IN (SELECT account_kin(given.record_id)) AND (given.after IS NULL OR c.id > given.after)
  ORDER BY c.id LIMIT :size
) AS found
ORDER BY given.n, found.id LIMIT :size
""").bindparams(bindparam("records", type_=_IDS), bindparam("afters", type_=_IDS))
_POSTPONE = text("""
WITH oldest AS (
  DELETE FROM segment_check WHERE id = (SELECT min(id) FROM segment_check) RETURNING source, record_id, after
) INSERT INTO segment_check (source, record_id, after) SELECT source, record_id, after FROM oldest
""")
_WAITING = """
SELECT name FROM (VALUES
  ('checks', EXISTS (SELECT FROM segment_check)),
  ('rechecks', EXISTS (SELECT FROM segment_recheck WHERE at <= $1)),
  ('fillings', EXISTS (SELECT FROM segment_filling)),
  ('additions', EXISTS (SELECT FROM segment_addition))
) AS work(name, is_there) WHERE is_there
"""
_DUE = text("""
WITH due AS (SELECT segment_id, contact_id FROM segment_recheck WHERE at <= :now ORDER BY at LIMIT :size)
DELETE FROM segment_recheck AS taken USING due
WHERE taken.segment_id = due.segment_id AND taken.contact_id = due.contact_id
RETURNING taken.segment_id, taken.contact_id
""").bindparams(bindparam("now", type_=DateTime(timezone=True)))
_TURNS = text("""
WITH given AS (
  SELECT * FROM unnest(:segments, :contacts, :instants) AS given(segment_id, contact_id, at)
), gone AS (
  DELETE FROM segment_recheck AS known USING given
  WHERE known.segment_id = given.segment_id AND known.contact_id = given.contact_id AND given.at IS NULL
)
INSERT INTO segment_recheck AS known (segment_id, contact_id, at)
SELECT segment_id, contact_id, at FROM given WHERE at IS NOT NULL
ON CONFLICT (segment_id, contact_id) DO UPDATE SET at = EXCLUDED.at WHERE known.at <> EXCLUDED.at
""").bindparams(
    bindparam("segments", type_=_IDS),
    bindparam("contacts", type_=_IDS),
    bindparam("instants", type_=ARRAY(DateTime(timezone=True))),
)
_FILL = text("""
INSERT INTO segment_filling (segment_id, definition) VALUES (:segment_id, :definition)
ON CONFLICT (segment_id) DO UPDATE SET definition = EXCLUDED.definition, after = NULL
""").bindparams(bindparam("segment_id", type_=Uuid()))
_FILLING = text("SELECT segment_id, definition, after FROM segment_filling ORDER BY at, segment_id LIMIT 1")
_ADDITIONS = text("""
WITH first AS (SELECT segment_id, contact_id FROM segment_addition ORDER BY 1, 2 LIMIT :size)
DELETE FROM segment_addition AS taken USING first
WHERE taken.segment_id = first.segment_id AND taken.contact_id = first.contact_id
RETURNING taken.segment_id, taken.contact_id
""")
_COPY = text("""
INSERT INTO segment_addition (segment_id, contact_id)
SELECT :into_id, contact_id FROM segment_member WHERE segment_id = :from_id AND is_member
""").bindparams(bindparam("into_id", type_=Uuid()), bindparam("from_id", type_=Uuid()))
_COUNT = text("""
INSERT INTO segment_size AS known (segment_id, members)
SELECT segment_id, members FROM unnest(:segments, CAST(:members AS bigint[])) AS given(segment_id, members)
ORDER BY segment_id
ON CONFLICT (segment_id) DO UPDATE SET members = known.members + EXCLUDED.members
""").bindparams(bindparam("segments", type_=_IDS))
_LEADER = text("SELECT pg_try_advisory_xact_lock(hashtextextended('segment members', 7305))")


@dataclass(frozen=True, slots=True)
class Mark:
    """A change that may have moved somebody: of what kind of record, and whose."""

    source: str
    record_id: UUID
    after: UUID | None


@dataclass(frozen=True, slots=True)
class Filling:
    """A rule that has not been asked about every contact yet; `after` is the last one asked about."""

    segment_id: UUID
    definition: int
    after: UUID | None


type Turn = tuple[UUID, UUID, datetime | None]


async def lead(session: AsyncSession) -> bool:
    """Tell whether this transaction is the one that keeps members up; it is until it ends."""
    return bool((await session.execute(_LEADER)).scalar_one())


async def waiting(reads: ReadPool, now: datetime) -> list[str]:
    """Return which kinds of work there are."""
    return [name for (name,) in await reads.rows(Asked(_WAITING, (now,)))]


async def take_marks(session: AsyncSession, size: int) -> list[Mark]:
    """Take the oldest marks."""
    rows = await session.execute(_TAKE, {"size": size})
    return [Mark(row.source, row.record_id, row.after) for row in rows]


async def at_accounts(session: AsyncSession, marks: Sequence[Mark], size: int) -> list[UUID]:
    """Return contacts at the accounts of these marks; what is over `size` is marked again."""
    rows = (await session.execute(_AT_ACCOUNTS, _columns(marks) | {"size": size})).all()
    if len(rows) == size:
        last = rows[-1]
        rest = [Mark("account", marks[last.n - 1].record_id, last.id), *marks[last.n :]]
        await session.execute(_MARK, _columns(rest))
    return [row.id for row in rows]


def _columns(marks: Sequence[Mark]) -> dict[str, Any]:
    return {"records": [each.record_id for each in marks], "afters": [each.after for each in marks]}


async def postpone(session: AsyncSession) -> None:
    """Put the oldest mark behind all others."""
    await session.execute(_POSTPONE)


async def take_due(session: AsyncSession, now: datetime, size: int) -> list[tuple[UUID, UUID]]:
    """Take the (segment, contact) whose verdict may have changed by itself."""
    rows = await session.execute(_DUE, {"now": now, "size": size})
    return sorted((row.segment_id, row.contact_id) for row in rows)


async def keep_turns(session: AsyncSession, turns: Sequence[Turn]) -> None:
    """Note when the verdict on each (segment, contact) may change by itself, or with None that it cannot."""
    segments, contacts, instants = ([each[at] for each in turns] for at in range(3))
    await session.execute(_TURNS, {"segments": segments, "contacts": contacts, "instants": instants})


async def begin_filling(session: AsyncSession, segment_id: UUID, definition: int) -> None:
    """Have a rule asked about every contact, from the first one on; `definition` tells it from older ones."""
    await session.execute(_FILL, {"segment_id": segment_id, "definition": definition})


async def next_filling(session: AsyncSession) -> Filling | None:
    """Return the oldest rule that has not been asked about everybody."""
    row = (await session.execute(_FILLING)).one_or_none()
    return None if row is None else Filling(row.segment_id, row.definition, row.after)


async def fill_on(session: AsyncSession, filling: Filling, after: UUID | None) -> None:
    """Note how far a rule has been asked, or with None that it is done; not if it changed meanwhile."""
    own = and_(fillings.c.segment_id == filling.segment_id, fillings.c.definition == filling.definition)
    if after is None:
        await session.execute(delete(fillings).where(own))
    else:
        await session.execute(update(fillings).where(own).values(after=after))


async def copy_members(session: AsyncSession, from_id: UUID, into_id: UUID) -> None:
    """Note everybody who is in one segment now, to be entered into another."""
    await session.execute(_COPY, {"from_id": from_id, "into_id": into_id})


async def take_additions(session: AsyncSession, size: int) -> list[tuple[UUID, UUID]]:
    """Take (segment, contact) of snapshots that are still to be entered."""
    rows = await session.execute(_ADDITIONS, {"size": size})
    return sorted((row.segment_id, row.contact_id) for row in rows)


async def add_to_sizes(session: AsyncSession, deltas: Mapping[UUID, int]) -> None:
    """Count entries and exits, in the order of the segments' ids so that nobody waits in a circle."""
    changed = sorted((segment_id, delta) for segment_id, delta in deltas.items() if delta)
    if changed:
        given = {"segments": [each[0] for each in changed], "members": [each[1] for each in changed]}
        await session.execute(_COUNT, given)
