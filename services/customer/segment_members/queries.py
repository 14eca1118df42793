"""Every SELECT on the members of segments."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, bindparam, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.common.listing import Filter, Listing, Predicate
from libs.common.problems import NotFound
from libs.platform.access.actor import Actor
from libs.platform.access.scopes import ALL
from services.customer.conditions import Leaf, Node, demand_readable, read_rule
from services.customer.contacts.model import Contact
from services.customer.contacts.queries import is_present
from services.customer.segment_members.model import AWAY, Reason, SegmentMember
from services.customer.segment_members.schemas import Explained, ExplainedNode, SegmentMemberRead
from services.customer.segments.model import Kind, Segment
from services.customer.segments.queries import Verdict, explain_nodes

_NAMES: dict[str, ColumnElement[Any]] = {
    name: select(getattr(Contact, name)).where(Contact.id == SegmentMember.contact_id).scalar_subquery()
    for name in ("family_name", "given_name")
}
LISTING = Listing(
    "segment members",
    columns={
        name: _NAMES[name] if name in _NAMES else getattr(SegmentMember, name)
        for name in SegmentMemberRead.model_fields
    },
    filters={
        "contact_id": Filter(SegmentMember.contact_id),
        "is_member": Filter(SegmentMember.is_member),
        "reason": Filter(SegmentMember.reason),
        "entered_at": Filter(SegmentMember.entered_at),
        "left_at": Filter(SegmentMember.left_at),
    },
    sorts=("entered_at", "left_at"),
    default_sort="-entered_at",
    unless_filtered={"is_member": SegmentMember.is_member.is_(True)},
)


async def listed(
    reading: AsyncConnection, segment_id: UUID, parameters: Sequence[tuple[str, str]], actor: Actor
) -> bytes:
    """Return a page of the members whom the actor may see, of a segment that he may see, as JSON."""
    query = LISTING.parse(parameters)
    await _filter_of(reading, segment_id, actor)
    own = and_(SegmentMember.segment_id == segment_id, _seen(actor))
    return await LISTING.page(reading, query, own)


async def explain(
    reading: AsyncConnection, segment_id: UUID, contact_id: UUID, actor: Actor, now: datetime
) -> Explained:
    """Return whether a contact is in a segment, and whether each node of its rule holds for him now."""
    actor.demand("contact:read")
    tree = await _filter_of(reading, segment_id, actor)
    node = None if tree is None else read_rule(tree)
    is_there, nodes = await explain_nodes(reading, node, contact_id, actor, now)
    known = select(SegmentMember.is_member, SegmentMember.reason).where(
        SegmentMember.segment_id == segment_id, SegmentMember.contact_id == contact_id
    )
    is_member, reason = (await reading.execute(known)).one_or_none() or (False, None)
    return Explained(
        contact_id=contact_id,
        is_member=is_member,
        reason=reason,
        is_present=is_there,
        nodes=[_explained(each, answer) for each, answer in nodes],
    )


def _explained(node: Node, answer: bool) -> ExplainedNode:  # noqa: FBT001 - what the node comes to
    field, value = (node.field, node.value) if isinstance(node, Leaf) else (None, None)
    return ExplainedNode(pointer=node.pointer, op=node.op, field=field, value=value, holds=answer)


async def _filter_of(reading: AsyncConnection, segment_id: UUID, actor: Actor) -> dict[str, Any] | None:
    """Return the filter of a segment in scope; whom it describes tells what it asks about."""
    known = select(Segment.filter).where(
        Segment.id == segment_id, actor.sees("segment:read", Segment.owner_id)
    )
    row = (await reading.execute(known)).one_or_none()
    if row is None:
        raise NotFound
    tree: dict[str, Any] | None = row[0]
    if tree is not None and actor.restricted:
        demand_readable(read_rule(tree), actor.restricted)
    return tree


def _seen(actor: Actor) -> Predicate:
    """Return that a member is a contact in the actor's scope."""
    actor.demand("contact:read")
    if actor.visible("contact:read") is ALL:
        return true()
    owner = actor.sees("contact:read", Contact.owner_id)
    return exists().where(Contact.id == SegmentMember.contact_id, owner)


async def seen_contacts(session: AsyncSession, ids: Iterable[UUID], actor: Actor) -> list[Contact]:
    """Return those of these contacts whom the actor may see; they stay as they are until the commit."""
    statement = select(Contact).where(_among(Contact.id, ids), actor.sees("contact:read", Contact.owner_id))
    locked = statement.order_by(Contact.id).with_for_update(read=True)
    return list((await session.scalars(locked)).all())


async def present(session: AsyncSession, ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these contacts who are there to be dealt with; they stay so until the commit."""
    statement = select(Contact.id).where(_among(Contact.id, ids), is_present())
    locked = statement.order_by(Contact.id).with_for_update(read=True)
    return set((await session.scalars(locked)).all())


async def gone(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Reason]:
    """Return those of these contacts who are not there any more, and why."""
    columns = (Contact.id, Contact.erased_at, Contact.deleted_at)
    rows = await session.execute(select(*columns).where(_among(Contact.id, ids), ~is_present()))
    return {
        row.id: Reason.ERASED if row.erased_at else Reason.DELETED if row.deleted_at else Reason.MERGED
        for row in rows
    }


async def homes(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return where those of these contacts who were merged live on."""
    merged = select(Contact.id, func.contact_home(Contact.id, type_=Uuid())).where(
        _among(Contact.id, ids), Contact.merged_into_id.is_not(None)
    )
    return {row[0]: row[1] for row in await session.execute(merged)}


async def members(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, SegmentMember]:
    """Return the members of these ids, locked in order."""
    statement = select(SegmentMember).where(_among(SegmentMember.id, ids)).order_by(SegmentMember.id)
    return {each.id: each for each in await session.scalars(statement.with_for_update())}


async def find(session: AsyncSession, segment_id: UUID, contact_id: UUID, actor: Actor) -> SegmentMember:
    """Return one member whom the actor may see, locked; NotFound for nobody."""
    statement = select(SegmentMember).where(
        SegmentMember.segment_id == segment_id, SegmentMember.contact_id == contact_id, _seen(actor)
    )
    found = (await session.scalars(statement.with_for_update())).one_or_none()
    if found is None or not found.is_member:
        raise NotFound
    return found


async def shown(session: AsyncSession, member: SegmentMember) -> SegmentMemberRead:
    """Return a member as the API shows him, with his name."""
    named = select(Contact.family_name, Contact.given_name).where(Contact.id == member.contact_id)
    names = (await session.execute(named)).mappings().one()
    return SegmentMemberRead.model_validate(member).model_copy(update=dict(names))


async def inside(session: AsyncSession, verdicts: Sequence[Verdict]) -> set[tuple[UUID, UUID]]:
    """Return the (segment, contact) of these verdicts that are members now."""
    statement = select(SegmentMember.segment_id, SegmentMember.contact_id).where(
        _among(SegmentMember.segment_id, {each.segment_id for each in verdicts}),
        _among(SegmentMember.contact_id, {each.contact_id for each in verdicts}),
        SegmentMember.is_member,
    )
    return {(row[0], row[1]) for row in await session.execute(statement)}


async def held_by(session: AsyncSession, contact_ids: Iterable[UUID]) -> list[SegmentMember]:
    """Return the memberships of these contacts, locked in order."""
    mine = _among(SegmentMember.contact_id, contact_ids)
    statement = select(SegmentMember).where(mine, SegmentMember.is_member).order_by(SegmentMember.id)
    return list((await session.scalars(statement.with_for_update())).all())


async def away(session: AsyncSession, contact_ids: Iterable[UUID]) -> list[SegmentMember]:
    """Return those who left a static segment only because they were away, and are present again."""
    statement = (
        select(SegmentMember)
        .join(Segment, Segment.id == SegmentMember.segment_id)
        .join(Contact, Contact.id == SegmentMember.contact_id)
        .where(_among(SegmentMember.contact_id, contact_ids), ~SegmentMember.is_member, is_present())
        .where(Segment.kind == Kind.STATIC, SegmentMember.reason.in_(sorted(AWAY)))
    )
    locked = statement.order_by(SegmentMember.id).with_for_update(of=SegmentMember)
    return list((await session.scalars(locked)).all())


def _among(column: Any, ids: Iterable[UUID]) -> Predicate:
    found: Predicate = column == any_(bindparam(None, sorted(ids), type_=ARRAY(Uuid())))
    return found
