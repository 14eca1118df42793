"""The reference replica: one generic handler for every aggregate, and the check that an id is known."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common import direct
from libs.common.crypto import ERASED, KekRing
from libs.common.db import also
from libs.common.envelope import Envelope
from libs.common.events import Event, aggregate_of
from libs.common.inbox import InboxTransaction
from libs.common.projection import arrays
from libs.common.transaction import UnknownReference
from libs.platform.access.actor import Actor
from libs.platform.references.tables import reference
from libs.platform.subjects.keyring import load_keys
from libs.platform.subjects.sealing import open_event, subjects_to_open

_INTRODUCE = """
INSERT INTO reference (type, id, epoch, version, label, subject_id, owner_id)
VALUES (${0}::text, ${1}::uuid, 0, 0, ${2}::text, ${3}::uuid, ${4}::uuid) ON CONFLICT DO NOTHING
"""
_FIRST_CJK = "\u2e80"
_COLUMNS = {
    **dict.fromkeys(("type", "label"), "text"),
    **dict.fromkeys(("id", "subject_id", "owner_id", "merged_into_id"), "uuid"),
    **dict.fromkeys(("epoch", "version"), "bigint"),
    "deleted_at": "timestamptz",
}
_NAMES = ", ".join(_COLUMNS)
_KEEP = sa.text(f"""
INSERT INTO reference AS known ({_NAMES})
SELECT * FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS.items())})
ON CONFLICT (type, id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
""")  # noqa: S608 - our own names


class ReferenceApplier:
    """Upserts what `state` says of each record; the type is the aggregate's name in the topic."""

    async def apply(self, transaction: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Keep the newest of each record by (epoch, version); NotYetError when a key has not come."""
        session = transaction.session
        newest = {each.key: each for each in envelopes if hasattr(each.event, "state")}
        events = [each.event for each in newest.values() if each.event]
        subjects = frozenset[UUID]().union(*map(subjects_to_open, events))
        ring: KekRing = session.info["ring"]
        keys = await load_keys(session, ring, subjects, hold=True)
        rows = [_row(each, open_event(each.event, keys)) for each in newest.values() if each.event]
        if rows:
            await direct.run(session, _KEEP, arrays(_COLUMNS, sorted(rows, key=lambda row: row["id"])))


async def refer(session: AsyncSession, kind: str, *ids: UUID | None, actor: Actor) -> None:
    """Return when all of these records of other services are ones that the actor may read; None is none.

    Whoever names a record is shown what people call it, so one out of scope is as unknown to him as one that
    is not there. Raises UnknownReference, which the transaction waits a second for.
    """
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return
    known = sa.select(reference.c.id).where(
        reference.c.type == kind,
        reference.c.id.in_(wanted),
        actor.sees(f"{kind}:read", reference.c.owner_id),
    )
    missing = wanted - set((await session.scalars(known)).all())
    if missing:
        raise UnknownReference(detail=f"{kind} {min(missing)}")


def introduce(
    session: AsyncSession, kind: str, id: UUID, *, label: str | None, subject_id: UUID | None, owner_id: UUID
) -> None:
    """Make a record known whose id this service minted for another one; its events replace it."""
    also(session, _INTRODUCE, kind, id, label, subject_id, owner_id)


async def subject_behind(session: AsyncSession, kind: str, id: UUID) -> UUID | None:
    """Return the subject that a known record speaks of."""
    found = sa.select(reference.c.subject_id).where(reference.c.type == kind, reference.c.id == id)
    return (await session.execute(found)).scalar_one_or_none()


def home_of(kind: str, column: Any) -> sa.ColumnElement[UUID | None]:
    """Return, as SQL, where the record in a column lives on: the end of its chain of merges, or itself.

    Merges are rare, and following them is slow: it is done only where there is something to follow.
    """
    merged = reference.alias()
    is_away = sa.exists().where(
        merged.c.type == kind, merged.c.id == column, merged.c.merged_into_id.is_not(None)
    )
    return sa.case((is_away, sa.func.reference_home(kind, column, type_=sa.Uuid())), else_=column)


def label_in(kind: str, column: Any) -> sa.ScalarSelect[str | None]:
    """Return, as SQL, what people call the record in a column, where it lives on."""
    known = reference.alias()
    named = sa.select(known.c.label).where(known.c.type == kind, known.c.id == home_of(kind, column))
    return named.scalar_subquery()


def among_kin(kind: str, column: Any, id: UUID) -> sa.ColumnElement[bool]:
    """Return, as SQL, whether a column names a record or anything that was merged with it."""
    kin = sa.select(sa.func.reference_kin(kind, sa.literal(id, sa.Uuid()), type_=sa.Uuid()))
    found: sa.ColumnElement[bool] = column.in_(kin)
    return found


async def resolve(
    connection: AsyncSession | AsyncConnection, kind: str, ids: Iterable[UUID]
) -> dict[UUID, UUID]:
    """Return where each record lives on: the end of its chain of merges, or itself."""
    ends = {id: id for id in ids}
    merged = reference.c.merged_into_id
    seen: set[UUID] = set()
    while wave := set(ends.values()) - seen:
        seen |= wave
        query = sa.select(reference.c.id, merged).where(reference.c.type == kind, reference.c.id.in_(wave))
        steps = {row[0]: row[1] for row in await connection.execute(query.where(merged.is_not(None)))}
        ends = {id: steps.get(end, end) for id, end in ends.items()}
    return ends


async def blank_references(session: AsyncSession, subject_ids: Sequence[UUID]) -> None:
    """Forget the labels of erased subjects."""
    erased = sa.update(reference).where(reference.c.subject_id.in_(subject_ids)).values(label=ERASED)
    await session.execute(erased)


def _row(envelope: Envelope, opened: Event) -> dict[str, Any]:
    state: BaseModel = dict(opened)["state"]
    return {
        "type": aggregate_of(opened.topic),
        "id": opened.aggregate_id,
        "epoch": envelope.epoch,
        "version": envelope.sequence,
        "label": label_of(state),
        "subject_id": getattr(state, "subject_id", None),
        "owner_id": getattr(state, "owner_id", None),
        "merged_into_id": getattr(state, "merged_into_id", None),
        "deleted_at": getattr(state, "deleted_at", None),
    }


def label_of(state: BaseModel) -> str | None:
    """Return what people call a record: its name, or the names of a person in the order of his script."""
    family, given = getattr(state, "family_name", None), getattr(state, "given_name", None)
    return label_of_names(family, given) or getattr(state, "name", None)


def label_of_names(family: str | None, given: str | None) -> str | None:
    """Return the names of a person in the order of his script."""
    if family is None or given is None or family == given == ERASED:
        return family or given
    return f"{family}{given}" if family >= _FIRST_CJK else f"{given} {family}"
