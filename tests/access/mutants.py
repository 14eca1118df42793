"""Errors that somebody could make in the rules of access, each of which the proof must notice."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import false, func, or_, select, text, true

from libs.common.listing import Listing
from libs.platform.access import actor as actors
from libs.platform.access import collaborators, predicate, scopes
from libs.platform.access.actor import Actor
from libs.platform.access.collaborators import OPENS, Access
from libs.platform.access.scopes import ALL, EVERY_PERMISSION, Scope, Visible
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import NOBODY, Directory
from libs.platform.records import visibility
from libs.platform.records.tables import record_access
from services.analytics.event_log import queries as feed
from services.analytics.search import queries as search
from services.analytics.tickets import queries as standings
from services.analytics.timeline import queries as timeline
from services.ticketing.tickets import queries as tickets
from services.ticketing.tickets.model import Ticket

type Patch = tuple[Any, str, Any]
_SEEN_BY, _VISIBLE = tickets.seen_by, Actor.visible
# What they are made of is not for other modules to call; a mutant is an error of the module itself.
_REACH: Callable[[Directory, UUID, Scope], frozenset[UUID]] = vars(scopes)["_reach"]
_AMONG, _OWNERS = vars(predicate)["_among"], predicate.owner_predicate
_BOTH, _WITH = predicate.shared_predicate, collaborators.shared_with
_PUT, _PLAN = vars(Directory)["_put"], vars(Listing)["_plan"]


def _forget() -> None:
    _AMONG.cache_clear()
    _BOTH.cache_clear()


@contextmanager
def planted(patches: Iterable[Patch]) -> Iterator[None]:
    """Make the error, in a process that remembers nothing of before, and undo it."""
    _forget()
    undone = [patch.object(*each) for each in patches]
    for each in undone:
        each.start()
    try:
        yield
    finally:
        for each in undone:
            each.stop()
        _forget()


def _written(directory: Directory, department_id: UUID) -> str:
    return "/".join(str(each.int) for each in directory.department_path(department_id))


def _by_prefix(self: Directory, department_id: UUID) -> frozenset[UUID]:
    mine = _written(self, department_id)
    return frozenset(each for each in self.departments if mine and _written(self, each).startswith(mine))


def _direct_reports(self: Directory, user_id: UUID) -> frozenset[UUID]:
    return frozenset(one.id for one in self.users.values() if one.manager_id == user_id)


def _active_members(self: Directory, department_ids: Iterable[UUID]) -> frozenset[UUID]:
    wanted = set(department_ids)
    return frozenset(u.id for u in self.users.values() if u.is_active and u.department_id in wanted)


def _department_is_tree(directory: Directory, user_id: UUID, scope: Scope) -> frozenset[UUID]:
    return _REACH(directory, user_id, Scope.TREE if scope is Scope.DEPARTMENT else scope)


def _without_himself(directory: Directory, user_id: UUID, permission: str) -> Visible:
    found = set(scopes.scopes_of(directory, user_id, permission))
    return ALL if Scope.ALL in found else NOBODY.union(*(_REACH(directory, user_id, each) for each in found))


def _first_role(directory: Directory, user_id: UUID, permission: str) -> Visible:
    found = list(scopes.scopes_of(directory, user_id, permission))[:1]
    if not found or found == [Scope.ALL]:
        return ALL if found else NOBODY
    return _REACH(directory, user_id, found[0]) | {user_id}


def _given(matches: Callable[[str, str], bool], *, unknown: bool = False, gone: bool = False) -> Any:
    """A reading of roles that takes other names, unknown scopes for all, or those of people who left."""

    def scopes_of(directory: Directory, user_id: UUID, permission: str) -> Iterator[Scope]:
        user = directory.users.get(user_id)
        for role_id in user.role_ids if user and (user.is_active or gone) else ():
            role = directory.roles.get(role_id)
            for name, scope in (role.permissions if role else {}).items():
                if matches(name, permission) and (scope in Scope or unknown):
                    yield Scope(scope) if scope in Scope else Scope.ALL

    return scopes_of


def _exactly(name: str, permission: str) -> bool:
    return name in {permission, EVERY_PERMISSION}


def _begins(name: str, permission: str) -> bool:
    return permission.startswith(name) or name == EVERY_PERMISSION


def _of_the_kind(name: str, permission: str) -> bool:
    return name.split(":", maxsplit=1)[0] in {permission.split(":", maxsplit=1)[0], "*"}


def _kept(self: Directory, entries: Iterable[Entry]) -> None:
    for entry in entries:
        known = self.entries.get((entry.kind, entry.id))
        if known is None or entry.dv > known.dv:
            self.entries[entry.kind, entry.id] = entry
            self._put(entry)
            self.dv = max(self.dv, entry.dv)


def _last_wins(self: Directory, entries: Iterable[Entry]) -> None:
    for entry in entries:
        self._put(entry)
        self.dv = max(self.dv, entry.dv)
    self.memo.clear()


def _never_closed(self: Directory, entry: Entry) -> None:
    if not (entry.kind == "department" and entry.deleted):
        _PUT(self, entry)


def _or_nobodys(column: Any, visible: Visible) -> Any:
    return or_(_OWNERS(column, visible), column.is_(None))


def _and_somebodys(column: Any, visible: Visible) -> Any:
    return _OWNERS(column, visible) & column.is_not(None)


def _a_few(column: Any, visible: Visible) -> Any:
    few = visible if visible is ALL else frozenset(sorted(visible)[:4])
    return _OWNERS(column, few)


def _whatever_the_key(self: Actor, permission: str) -> Visible:
    return _VISIBLE(Actor(self.user_id, self.directory), permission)


def _waiting_for_all(user_id: UUID) -> Any:
    return select(record_access.c.id).where(record_access.c.type == "queue")


def _without_permission(actor: Actor) -> Any:
    return or_(_SEEN_BY(actor), tickets.in_my_queues(actor))


def _plan_of_the_first() -> Any:
    plans: dict[Any, Any] = {}

    def plan(self: Listing, pool: Any, query: Any, scope: Any) -> Any:
        return plans.setdefault((self.name, query.context, query.after), _PLAN(self, pool, query, scope))

    return plan


def _with(opening: Any = None, user: UUID | None = None) -> Any:
    """A condition of collaborators that takes other kinds of access, or another user, for those asked for."""

    def shared_with(id: Any, table: Any, user_id: UUID, ways: Any, among: Any = None) -> Any:
        return _WITH(id, table, user or user_id, opening or ways, among)

    return shared_with


def _whatever_happened(id: Any, table: Any, user_id: UUID, ways: Any, among: Any = None) -> Any:
    """Collaborators without their ends and their kinds of access."""
    found = table.alias()
    named = found.c.collaborators.contains([{"user_id": str(user_id)}])
    within = true() if among is None else among(found.c)
    return id.in_(select(found.c.id).where(named, within))


def _text_of_now(id: Any, table: Any, user_id: UUID, ways: Any, among: Any = None) -> Any:
    """Ends for everybody as soon as one collaborator's has come."""
    ended = func.jsonb_path_exists(table.c.collaborators, text("'$[*].expires_at ? (@ != null)'"))
    return _WITH(id, table, user_id, ways, among) & ~ended


def _without_scope(self: Actor, permission: str, kind: str) -> Any:
    return OPENS.get(permission.partition(":")[2], ()) if self.user_id else ()


def _both_needed(column: Any, visible: Any, user_id: UUID, opening: Any) -> Any:
    entity = column.parent
    shared = _WITH(entity.entity.id, entity.mapper.local_table, user_id, opening)
    return _OWNERS(column, visible) & shared


def _everything(*_: Any) -> Any:
    return true()


def _of_collaborators(made: Any) -> list[Patch]:
    return [(predicate, "shared_with", made)]


def _of_owners(made: Any) -> list[Patch]:
    return [(actors, "owner_predicate", made), (predicate, "owner_predicate", made)]


MUTANTS: dict[str, list[Patch]] = {
    "a department by the beginning of its path": [(Directory, "departments_below", _by_prefix)],
    "a tree of one department": [(Directory, "departments_below", lambda _, one: frozenset({one}))],
    "a tree upwards": [
        (Directory, "departments_below", lambda self, one: frozenset(self.department_path(one)))
    ],
    "a department with all below": [(scopes, "_reach", _department_is_tree)],
    "direct reports only": [(Directory, "subordinates_of", _direct_reports)],
    "superiors for subordinates": [
        (Directory, "subordinates_of", lambda self, one: frozenset(self.managers_of(one)))
    ],
    "not what is his own": [(scopes, "_visible_owners", _without_himself)],
    "the first role only": [(scopes, "_visible_owners", _first_role)],
    "not the records of those who left": [(Directory, "members_of", _active_members)],
    "those who left still see": [(scopes, "scopes_of", _given(_exactly, gone=True))],
    "an unknown scope is everything": [(scopes, "scopes_of", _given(_exactly, unknown=True))],
    "a permission by its beginning": [(scopes, "scopes_of", _given(_begins))],
    "any permission of the kind": [(scopes, "scopes_of", _given(_of_the_kind))],
    "the administrator's role forgotten": [(scopes, "scopes_of", _given(str.__eq__))],
    "an answer from before the change": [(Directory, "apply", _kept)],
    "old news taken for new": [(Directory, "apply", _last_wins)],
    "a department that was closed": [(Directory, "_put", _never_closed)],
    "what is nobody's is everybody's": _of_owners(_or_nobodys),
    "what is nobody's is hidden from all": _of_owners(_and_somebodys),
    "the first owners only": _of_owners(_a_few),
    "an API key opens all that its user may": [(Actor, "visible", _whatever_the_key)],
    "every queue is mine": [(tickets, "in_my_queues", lambda _: Ticket.queue_id.is_not(None))],
    "no queue is mine": [(tickets, "in_my_queues", lambda _: false())],
    "a queue without the permission": [(tickets, "seen_by", _without_permission)],
    "every queue is mine, in reports": [(visibility, "_groups_of", _waiting_for_all)],
    "a list keeps another's scope": [(Listing, "_plan", _plan_of_the_first())],
    "no collaborators": [(Actor, "shared", lambda *_: ())],
    "collaborators without the permission": [(Actor, "shared", _without_scope)],
    "sharing for ever": _of_collaborators(_whatever_happened),
    "one end for everybody": _of_collaborators(_text_of_now),
    "sharing with somebody else": _of_collaborators(_with(user=UUID(int=1))),
    "collaborators for reading write": [(actors, "OPENS", OPENS | {"update": tuple(Access)})],
    "collaborators for writing do not read": [(actors, "OPENS", OPENS | {"read": (Access.READ,)})],
    "collaborators share": [(actors, "OPENS", OPENS | {"share": (Access.WRITE,)})],
    "collaborators never write": [(actors, "OPENS", {"read": OPENS["read"]})],
    "an unknown access opens": _of_collaborators(_with((*Access, "own"))),
    "owners must be collaborators": [
        (predicate, "shared_predicate", _both_needed),
        (actors, "shared_predicate", _both_needed),
    ],
    "no collaborators, in reports": [(visibility, "_shared_with", lambda *_: false())],
    "sharing for ever, in reports": [(visibility, "shared_with", _whatever_happened)],
    "no collaborators, by value": [(Actor, "reach", lambda self, kind: (self.visible(f"{kind}:read"), None))],
    "search without the scope": [(search, "visible_records", _everything)],
    "feed without the scope": [(feed, "visible_records", _everything)],
    "timeline without the scope": [(timeline, "visible_records", _everything)],
    "figures without the scope": [(standings, "owned_or_waiting", _everything)],
}
