"""Subject keys of every service in each service's database, and what an erasure sets off."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import direct
from libs.common.db import Base
from libs.common.envelope import Envelope
from libs.common.inbox import InboxTransaction
from libs.common.projection import arrays
from libs.common.tables import idempotency
from libs.contracts.subjects import SubjectKeyFact
from libs.platform.references.replica import blank_references
from libs.platform.subjects.model import SubjectKey

type Blank = Callable[[AsyncSession, Sequence[UUID], datetime], Awaitable[None]]

subject_key_replica = sa.Table(
    "subject_key_replica",
    Base.metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("wrapped", sa.Text),
    sa.Column("erased_at", sa.DateTime(timezone=True)),
    sa.Column("linked", sa.ARRAY(sa.Uuid), nullable=False),
)

# Arrays of arrays are flattened by unnest, so those linked travel as text.
_COLUMNS = {
    "id": "uuid",
    **dict.fromkeys(("epoch", "version"), "bigint"),
    "wrapped": "text",
    "erased_at": "timestamptz",
    "linked": "text",
}
_NAMES = ", ".join(_COLUMNS)
# Newer wins, and an erasure wins over everything.
_KEEP = sa.text(f"""
INSERT INTO subject_key_replica AS known ({_NAMES})
SELECT id, epoch, version, wrapped, erased_at, CAST(linked AS uuid[])
FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())}) AS given({_NAMES})
ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id")}
WHERE known.erased_at IS NULL
  AND ((known.epoch, known.version) < (excluded.epoch, excluded.version) OR excluded.erased_at IS NOT NULL)
""")  # noqa: S608 - our own names


async def erase(session: AsyncSession, subject_id: UUID, now: datetime) -> frozenset[UUID]:
    """Erase a subject of this service and all of its own that are linked; return every subject affected.

    Subjects that other services minted hear of it through the event. Unknown ones are passed over.
    """
    reached: set[UUID] = set()
    wave = {subject_id}
    while wave:
        reached |= wave
        rows = (await session.scalars(_own(wave))).all()
        for row in rows:
            row.erase(now)
        touching = {row.id for row in rows} | {one for row in rows for one in row.linked}
        wave = touching - reached
    await _forget(session, sorted(reached))
    return frozenset(reached)


def _own(subjects: set[UUID]) -> sa.Select[SubjectKey]:
    """Select, locked in order, the subjects themselves and those linked to one of them."""
    named = SubjectKey.id.in_(subjects) | SubjectKey.linked.overlap(sorted(subjects))
    return sa.select(SubjectKey).where(named).order_by(SubjectKey.id).with_for_update()


class SubjectKeyApplier:
    """Keeps other services' keys; an erasure also blanks what this service holds of the subject."""

    def __init__(self, blank: Blank | None = None) -> None:
        """Take what blanks this service's own tables."""
        self._blank = blank

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Upsert the newest record of each subject, and carry erasures out."""
        facts = [each for each in envelopes if isinstance(each.event, SubjectKeyFact)]
        rows = {row["id"]: row for row in map(_row, facts)}
        if rows:
            await direct.run(
                transaction.session, _KEEP, arrays(_COLUMNS, [rows[key] for key in sorted(rows)])
            )
        for row in rows.values():
            if row["erased_at"] is not None:
                await self._erased(transaction.session, row)

    async def _erased(self, session: AsyncSession, row: dict[str, Any]) -> None:
        affected = {row["id"]}
        for subject_id in row["touching"]:
            affected |= await erase(session, subject_id, row["erased_at"])
        if self._blank is not None:
            await self._blank(session, sorted(affected), row["erased_at"])


async def _forget(session: AsyncSession, subject_ids: Sequence[UUID]) -> None:
    """Blank what any service keeps of erased subjects: labels of references, and answers kept for 24 h."""
    await blank_references(session, subject_ids)
    named = sa.cast([str(each) for each in subject_ids], sa.ARRAY(sa.Text))
    await session.execute(sa.delete(idempotency).where(idempotency.c.subjects.op("&&")(named)))


def _row(envelope: Envelope) -> dict[str, Any]:
    event = envelope.event
    if not isinstance(event, SubjectKeyFact):
        raise TypeError(envelope.type)
    state = event.state
    return {
        "id": state.subject_id,
        "epoch": envelope.epoch,
        "version": envelope.sequence,
        "wrapped": state.wrapped,
        "erased_at": state.erased_at,
        "linked": f"{{{','.join(map(str, state.linked))}}}",
        "touching": (state.subject_id, *state.linked),
    }
