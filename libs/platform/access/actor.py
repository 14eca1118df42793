"""Who acts, and the one way to load what he may act on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, SQLColumnExpression, Uuid, any_, bindparam, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.db import Aggregate
from libs.common.problems import Forbidden, NotFound, StaleVersion
from libs.common.restrictions import FREE, UNRESTRICTED, Restriction, Restrictions
from libs.common.transaction import UnknownReference
from libs.platform.access.collaborators import OPENS, Access, Shared
from libs.platform.access.fields import restrictions
from libs.platform.access.predicate import owner_predicate, shared_predicate
from libs.platform.access.scopes import ALL, EVERY_PERMISSION, Visible, visible_owners
from libs.platform.directory.entries import ApiKey
from libs.platform.directory.model import NOBODY, Directory
from libs.platform.subjects.minting import touch


@dataclass(frozen=True, slots=True)
class Actor:
    """A user with his scopes, or the system (no user), which acts on what was decided already.

    `key` is the API key through which he acts: it allows what is in its scopes, and of that what his roles
    give him now.
    """

    user_id: UUID | None
    directory: Directory
    session_id: UUID | None = None
    key: ApiKey | None = None

    def visible(self, permission: str) -> Visible:
        """Return the owners whose records he may act on with this permission."""
        if self.user_id is None:
            return ALL
        if self.key is not None and not self.key.scopes & {permission, EVERY_PERMISSION}:
            return NOBODY
        return visible_owners(self.directory, self.user_id, permission)

    @property
    def restricted(self) -> Restrictions:
        """Return which fields he may not see or change, by kind of record; nothing for almost everybody."""
        return UNRESTRICTED if self.user_id is None else restrictions(self.directory, self.user_id)

    def fields(self, kind: str) -> Restriction:
        """Return which fields of a kind of record he may not see or change."""
        return self.restricted.get(kind, FREE)

    def reach(self, kind: str) -> tuple[Visible, UUID | None]:
        """Return as values what he may read of a kind: its owners, and himself where it may be shared."""
        permission = f"{kind}:read"
        return self.visible(permission), self.user_id if self.shared(permission, kind) else None

    def stands(self, now: datetime | None = None) -> bool:
        """Tell whether what he was let in with still counts; for work that outlives its request."""
        # The key as it is now: another may have taken its place since, and it ends sooner.
        key = self.directory.api_keys.get(self.key.id, self.key) if self.key else None
        if key is not None and not key.is_alive(now or datetime.now(UTC)):
            return False
        user = self.directory.users.get(self.user_id) if self.user_id else None
        revoked = self.session_id in self.directory.revoked_sessions
        return self.user_id is None or (user is not None and user.is_active and not revoked)

    def may(self, permission: str, owner_id: UUID | None = None) -> bool:
        """Tell whether he may act on a record of this owner; without an owner, only at scope all."""
        visible = self.visible(permission)
        return visible is ALL or (owner_id is not None and owner_id in visible)

    def demand(self, permission: str) -> None:
        """Raise Forbidden unless he has the permission in any scope at all."""
        if not self.visible(permission):
            raise Forbidden(detail=permission)

    def demand_for(self, permission: str, owner_id: UUID | None) -> None:
        """Raise Forbidden unless he may act on a record of this owner (who gets it, or will own it)."""
        if not self.may(permission, owner_id):
            raise Forbidden(detail=permission)

    def demand_owner(self, permission: str, owner_id: UUID | None) -> None:
        """Raise Forbidden for an owner out of scope, UnknownReference for one whom nobody has heard of."""
        self.demand_for(permission, owner_id)
        if owner_id is not None and owner_id not in self.directory.users:
            raise UnknownReference(detail=f"user {owner_id}")

    def demand_handover(self, kind: str, owner_id: UUID | None, to_id: UUID | None) -> None:
        """Raise as demand_owner for the new owner, and Forbidden for what is only shared with him."""
        self.demand_for(f"{kind}:update", owner_id)
        self.demand_owner(f"{kind}:assign", to_id)

    def instant(self, given: datetime | None, now: datetime) -> datetime:
        """Return when something happened; another instant than now needs history:write."""
        if given is not None:
            self.demand("history:write")
        return given or now

    def sees(self, permission: str, owner: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Return the SQL condition of what he may act on, over an owner column.

        Of an aggregate's own column that is his scope and, to read and to change, what is shared with him; of
        any other column it is his scope alone.
        """
        visible, entity = self.visible(permission), getattr(owner, "parent", None)
        if visible is ALL or entity is None or not issubclass(entity.mapper.class_, Shared):
            return owner_predicate(owner, visible)
        opening = self.shared(permission, entity.mapper.local_table.name)
        if self.user_id is None or not opening:
            return owner_predicate(owner, visible)
        return shared_predicate(owner, visible, self.user_id, opening)

    def shared(self, permission: str, kind: str) -> tuple[Access, ...]:
        """Return which kinds of access open records of a kind to him, if any is shared with him at all."""
        known = self.directory.collaborators
        opening = OPENS.get(permission.partition(":")[2], ())
        told = known is None or (kind, self.user_id) in known
        return opening if opening and told and self.visible(permission) else ()


async def load_all[A: Aggregate](
    session: AsyncSession, kind: type[A], ids: Iterable[UUID], actor: Actor, permission: str
) -> list[A]:
    """Return several aggregates for a change, locked in order; each has an owner, whom the scope must reach.

    Raises NotFound when one of them is not there or out of scope.
    """
    wanted = sorted(set(ids))
    among = bindparam(None, wanted, type_=ARRAY(Uuid()))
    scope = actor.sees(permission, kind.owner_id)  # type: ignore[attr-defined]
    statement = select(kind).where(kind.id == any_(among), scope).order_by(kind.id).with_for_update()
    found = list((await session.scalars(statement)).all())
    if len(found) < len(wanted):
        raise NotFound
    for each in found:
        touch(session, getattr(each, "subject_id", None))
    return found


async def load[A: Aggregate](
    session: AsyncSession,
    kind: type[A],
    id: UUID,
    actor: Actor,
    permission: str,
    *,
    for_update: bool = False,
    version: int | None = None,
    also: ColumnElement[bool] | None = None,
) -> A:
    """Return the aggregate that `actor` may act on with `permission`; loading authorises.

    A kind without `owner_id` belongs to nobody in particular: any scope of the permission will do. `also` is
    what the aggregate's own rules open to him beside his scope (a queue's records to its members); it takes
    the permission in some scope all the same. Raises NotFound for what is not there or out of scope,
    StaleVersion when `version` (If-Match) is another one.
    """
    statement = select(kind).where(kind.id == id)
    owner = getattr(kind, "owner_id", None)
    if owner is not None:
        opened = false() if also is None or not actor.visible(permission) else also
        statement = statement.where(or_(actor.sees(permission, owner), opened))
    else:
        actor.demand(permission)
    if for_update:
        statement = statement.with_for_update()
    found = (await session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound
    if version is not None and found.version != version:
        raise StaleVersion(id=id)
    touch(session, getattr(found, "subject_id", None))
    return found
