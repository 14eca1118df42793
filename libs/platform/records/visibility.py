"""Which records of any service a user may read: the scopes of access, over the record replica.

Decided when it is read, by the owner's place in today's directory; the same rule for feed, search, timeline
and webhooks, so that none of them shows what the owning service would not.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    SQLColumnExpression,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from libs.platform.access.actor import Actor
from libs.platform.access.collaborators import OPENS, shared_with
from libs.platform.access.scopes import ALL
from libs.platform.records.kinds import kinds
from libs.platform.records.tables import record_access

type Record = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one actor may read now: `whole` kinds to the last record, others by owner or by membership.

    Of the `shared` kinds there may be records that are shared with him.
    """

    user_id: UUID
    whole: tuple[str, ...]
    reaches: tuple[tuple[tuple[str, ...], tuple[UUID, ...]], ...]
    shared: tuple[str, ...] = ()

    def of_root(self, root: Any) -> ColumnElement[bool]:
        """Return the condition on a record that has no parent, or is one."""
        partly = tuple(sorted(kind for named, _ in self.reaches for kind in named))
        return or_(
            root.type == any_(_texts(self.whole)),
            *(
                and_(root.type == any_(_texts(named)), root.owner_id == any_(_ids(owners)))
                for named, owners in self.reaches
            ),
            and_(root.type == any_(_texts(partly)), root.group_id.in_(_groups_of(self.user_id))),
            *((_shared_with(self.user_id, self.shared, root),) if self.shared else ()),
        )

    def at_a_glance(self) -> tuple[str, ...]:
        """Return the kinds of which every record is readable, whatever the replica knows of it."""
        known = kinds()
        parents = {name: known[name].parent or name for name in self.whole if name in known}
        return tuple(name for name, parent in parents.items() if parent in self.whole)


def sight(actor: Actor) -> Sight | None:
    """Return what an actor may read, as of now; None for the system, which reads everything."""
    if actor.user_id is None:
        return None
    whole: list[str] = []
    reaches: defaultdict[frozenset[UUID], list[str]] = defaultdict(list)
    for kind in sorted(kinds().values(), key=lambda each: each.type):
        visible = actor.visible(kind.permission)
        if visible is ALL or (visible and not kind.is_owned):
            whole.append(kind.type)
        elif visible:
            reaches[frozenset(visible)].append(kind.type)
    partly = sorted(kind for named in reaches.values() for kind in named)
    shared = tuple(kind for kind in partly if actor.shared(kinds()[kind].permission, kind))
    parts = ((tuple(named), tuple(sorted(owners))) for owners, named in reaches.items())
    return Sight(actor.user_id, tuple(whole), tuple(sorted(parts)), shared)


def visible_records(
    actor: Actor, kind: SQLColumnExpression[Any], id: SQLColumnExpression[Any]
) -> ColumnElement[bool]:
    """Return the SQL condition that the record named by two columns is one that the actor may read.

    `kind` is the aggregate's name, as in the topic. A record that the replica has not heard of is invisible
    to whoever may not read all of its kind.
    """
    seen = sight(actor)
    if seen is None:
        return true()
    record, root = record_access.alias(), record_access.alias()
    joined = record.join(root, and_(root.c.type == record.c.root_type, root.c.id == record.c.root_id))
    among = select(record.c.id).select_from(joined)
    among = among.where(record.c.type == kind, record.c.id == id, seen.of_root(root.c))
    return or_(kind == any_(_texts(seen.at_a_glance())), exists(among))


def owned_or_waiting(
    actor: Actor, permission: str, owner: SQLColumnExpression[Any], group: SQLColumnExpression[Any]
) -> ColumnElement[bool]:
    """Return the same rule over a row's own columns: his by scope, or in a queue of which he is a member."""
    whose = actor.sees(permission, owner)
    if actor.user_id is None or not actor.visible(permission):
        return whose
    return or_(whose, group.in_(_groups_of(actor.user_id)))


def _shared_with(user_id: UUID, types: tuple[str, ...], root: Any) -> ColumnElement[bool]:
    """Return the condition that a record of one of these types is shared with a user."""

    def among(record: Any) -> ColumnElement[bool]:
        return and_(record.type == any_(_texts(types)))

    found = shared_with(root.id, record_access, user_id, OPENS["read"], among)
    return and_(root.type == any_(_texts(types)), found)


def _groups_of(user_id: UUID) -> Any:
    return select(record_access.c.id).where(record_access.c.members.contains([user_id]))


def known_records(kind: SQLColumnExpression[Any], id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Return the SQL condition that the replica has heard of a record, and of its parent."""
    record, root = record_access.alias(), record_access.alias()
    joined = record.join(root, and_(root.c.type == record.c.root_type, root.c.id == record.c.root_id))
    return exists(select(record.c.id).select_from(joined).where(record.c.type == kind, record.c.id == id))


async def readable(
    connection: AsyncConnection | AsyncSession, actor: Actor, records: Iterable[Record]
) -> frozenset[Record]:
    """Return those of these records, each (aggregate's name, id), that the actor may read now."""
    asked = sorted(set(records))
    if not asked:
        return frozenset()
    names, ids = _texts(tuple(name for name, _ in asked)), _ids(tuple(id for _, id in asked))
    given = func.unnest(names, ids).table_valued("type", "id").render_derived("given")
    rows = await connection.execute(
        select(given.c.type, given.c.id).where(visible_records(actor, given.c.type, given.c.id))
    )
    return frozenset((row[0], row[1]) for row in rows)


async def may_read(connection: AsyncConnection | AsyncSession, actor: Actor, kind: str, id: UUID) -> bool:
    """Tell whether the actor may read one record now."""
    return bool(await readable(connection, actor, [(kind, id)]))


def _texts(values: tuple[str, ...]) -> Any:
    return bindparam(None, list(values), type_=ARRAY(Text()))


def _ids(values: tuple[UUID, ...]) -> Any:
    return bindparam(None, list(values), type_=ARRAY(Uuid()))
