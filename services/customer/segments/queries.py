"""Every SELECT on segments, and on the contacts whom their rules describe."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing import Filter, Listing, Predicate, Source
from libs.common.problems import NotFound
from libs.platform.access.actor import Actor
from services.customer.conditions import Group, Node, demand_readable, leaves, read_rule, sources
from services.customer.contacts.model import Contact
from services.customer.contacts.queries import AT_HOME, is_present
from services.customer.rules import holds, next_change
from services.customer.segment_checks.queries import additions, fillings, sizes
from services.customer.segments.model import Kind, Segment
from services.customer.segments.schemas import MOST_IN_SAMPLE, Previewed, Sampled, SegmentRead

# A preview counts so far and no further: who needs more of it makes the segment.
PREVIEW_CAP = 10_000
_members = select(sizes.c.members).where(sizes.c.segment_id == Segment.id).scalar_subquery()
_open = or_(*(exists().where(work.c.segment_id == Segment.id) for work in (fillings, additions)))
_DERIVED: dict[str, ColumnElement[Any]] = {"member_count": func.coalesce(_members, 0), "is_filling": _open}
LISTING = Listing(
    "segments",
    columns={
        name: _DERIVED[name] if name in _DERIVED else getattr(Segment, name)
        for name in SegmentRead.model_fields
    },
    filters={
        "id": Filter(Segment.id),
        "name": Filter(Segment.name, text=True),
        "kind": Filter(Segment.kind),
        "owner_id": Filter(Segment.owner_id),
        "external_system": Filter(Segment.external_system),
        "external_id": Filter(Segment.external_id),
        "created_at": Filter(Segment.created_at),
        "updated_at": Filter(Segment.updated_at),
        "deleted_at": Filter(Segment.deleted_at),
    },
    sorts=("created_at", "updated_at", "name"),
    unless_filtered={"deleted_at": Segment.deleted_at.is_(None)},
)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """The rule of a dynamic segment as it stands now.

    `sources` are the kinds of record that it looks at; a timed one may change its answer as days go by.
    """

    segment_id: UUID
    node: Node
    sources: frozenset[str]
    is_timed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of one contact, and when that may change by itself."""

    segment_id: UUID
    contact_id: UUID
    is_match: bool
    turns_at: datetime | None


async def listed(source: Source, parameters: Sequence[tuple[str, str]], actor: Actor) -> bytes:
    """Return a page of the segments in the actor's scope, as JSON."""
    scope = actor.sees("segment:read", Segment.owner_id)
    return await LISTING.page(source, LISTING.parse(parameters), scope)


async def read(source: Source, id: UUID, actor: Actor) -> dict[str, Any]:
    """Return one segment in the actor's scope."""
    return await LISTING.read(source, id, actor.sees("segment:read", Segment.owner_id))


async def shown(session: AsyncSession, segment: Segment) -> SegmentRead:
    """Return a segment as the API shows it after a change."""
    await session.flush()
    columns = [column.label(name) for name, column in _DERIVED.items()]
    derived = (await session.execute(select(*columns).where(Segment.id == segment.id))).mappings().one()
    plain = {name: getattr(segment, name) for name in SegmentRead.model_fields if name not in _DERIVED}
    return SegmentRead.model_validate(plain | dict(derived))


async def is_filling(session: AsyncSession, id: UUID) -> bool:
    """Tell whether members of a segment are still being looked for."""
    return bool((await session.execute(select(_open).where(Segment.id == id))).scalar_one())


async def rules(session: AsyncSession | AsyncConnection, ids: Iterable[UUID] | None = None) -> list[Rule]:
    """Return the rules that are kept up, of all segments or of these."""
    statement = select(Segment.id, Segment.filter).where(
        Segment.kind == Kind.DYNAMIC, Segment.deleted_at.is_(None)
    )
    if ids is not None:
        statement = statement.where(Segment.id.in_(sorted(ids)))
    rows = (await session.execute(statement.order_by(Segment.id))).all()
    return [_rule(row.id, orjson.dumps(row.filter)) for row in rows]


@lru_cache(maxsize=1024)
def _rule(segment_id: UUID, tree: bytes) -> Rule:
    node = read_rule(orjson.loads(tree))
    return Rule(segment_id, node, sources(node), any(leaf.is_timed for leaf in leaves(node)))


async def judge(
    session: AsyncSession, asked: Sequence[Rule], contact_ids: Iterable[UUID], now: datetime
) -> list[Verdict]:
    """Return what each rule says of each of these contacts who is there to be dealt with."""
    given = {"contacts": sorted(contact_ids), "now": now}
    return [
        Verdict(rule.segment_id, row[0], row[1 + 2 * number], row[2 + 2 * number])
        for row in await session.execute(_judging(tuple(asked)), given)
        for number, rule in enumerate(asked)
    ]


@lru_cache(maxsize=256)
def _judging(asked: tuple[Rule, ...]) -> Select[Any]:
    """Return the statement that asks these rules; to make it takes longer than to run it."""
    columns = [
        column
        for number, rule in enumerate(asked)
        for column in (
            holds(rule.node).label(f"holds_{number}"),
            _or_null(next_change(rule.node)).label(f"turns_{number}"),
        )
    ]
    among = Contact.id == any_(bindparam("contacts", type_=ARRAY(Uuid())))
    return select(Contact.id, *columns).select_from(AT_HOME).where(among, is_present())


async def next_contacts(session: AsyncSession, after: UUID | None, limit: int) -> list[UUID]:
    """Return the contacts that follow one, by id."""
    statement = select(Contact.id).order_by(Contact.id).limit(limit)
    if after is not None:
        statement = statement.where(Contact.id > after)
    return list((await session.scalars(statement)).all())


async def preview(reading: AsyncConnection, tree: dict[str, Any], actor: Actor, now: datetime) -> Previewed:
    """Return how many contacts in the actor's scope a rule describes, up to PREVIEW_CAP, and some of them.

    Raises Malformed for a bad rule, Forbidden without contact:read.
    """
    actor.demand("contact:read")
    node = read_rule(tree)
    demand_readable(node, actor.restricted)
    described = _described(node, actor).limit(PREVIEW_CAP + 1)
    found = described.cte("found").prefix_with("MATERIALIZED")
    some = func.array(select(found.c.id).limit(MOST_IN_SAMPLE).scalar_subquery(), type_=ARRAY(Uuid()))
    counted = select(func.count()).select_from(found).scalar_subquery()
    count, ids = (await reading.execute(select(counted, some), {"now": now})).one()
    columns = [getattr(Contact, name) for name in Sampled.model_fields]
    rows = await reading.execute(select(*columns).where(_among(ids)).order_by(Contact.id))
    sample = [Sampled.model_validate(dict(each)) for each in rows.mappings()]
    return Previewed(count=min(count, PREVIEW_CAP), capped=count > PREVIEW_CAP, sample=sample)


def _described(node: Node, actor: Actor) -> Select[UUID]:
    scope = actor.sees("contact:read", Contact.owner_id)
    return select(Contact.id).select_from(AT_HOME).where(is_present(), scope, holds(node))


async def explain_nodes(
    reading: AsyncConnection, node: Node | None, contact_id: UUID, actor: Actor, now: datetime
) -> tuple[bool, list[tuple[Node, bool]]]:
    """Return whether a contact in scope is there to be dealt with, and whether each node holds for him."""
    nodes = [] if node is None else list(_nodes(node))
    columns = [holds(each).label(f"node_{number}") for number, each in enumerate(nodes)]
    statement = (
        select(is_present().label("present"), *columns)
        .select_from(AT_HOME)
        .where(Contact.id == contact_id, actor.sees("contact:read", Contact.owner_id))
    )
    row = (await reading.execute(statement, {"now": now})).first()
    if row is None:
        raise NotFound
    return row[0], list(zip(nodes, row[1:], strict=True))


def _nodes(node: Node) -> Iterable[Node]:
    yield node
    if isinstance(node, Group):
        for child in node.children:
            yield from _nodes(child)


def _among(contact_ids: Iterable[UUID]) -> Predicate:
    return Contact.id == any_(bindparam(None, sorted(contact_ids), type_=ARRAY(Uuid())))


def _or_null(column: ColumnElement[Any] | None) -> ColumnElement[Any]:
    return null() if column is None else column
