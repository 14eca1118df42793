"""How far a user's roles reach; `visible_owners` is proved against the specification beside it."""

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

from libs.platform.directory.model import Directory


class Scope(StrEnum):
    """How far a permission reaches, by the owner of the record."""

    OWN = "own"
    SUBORDINATES = "subordinates"
    DEPARTMENT = "department"
    TREE = "tree"
    ALL = "all"


# What an administrator's role holds: it covers the permissions of every release to come.
EVERY_PERMISSION = "*:*"


class Everyone(StrEnum):
    """The one value that stands for every owner, and for records without an owner."""

    ALL = "all"


ALL = Everyone.ALL

type Visible = frozenset[UUID] | Everyone


def scopes_of(directory: Directory, user_id: UUID, permission: str) -> Iterator[Scope]:
    """Yield the scopes in which a user's roles give him a permission; none for an inactive user.

    A scope of a newer release is skipped: what is not understood allows nothing.
    """
    user = directory.users.get(user_id)
    for role_id in user.role_ids if user and user.is_active else ():
        role = directory.roles.get(role_id)
        for name in (permission, EVERY_PERMISSION):
            scope = role.permissions.get(name) if role else None
            if scope is not None and scope in Scope:
                yield Scope(scope)


def visible_owners(directory: Directory, user_id: UUID, permission: str) -> Visible:
    """Return the owners whose records a user may act on; `ALL` includes records without owner.

    The answer is kept until the directory changes.
    """
    key = ("visible", user_id, permission)
    if key not in directory.memo:
        directory.memo[key] = _visible_owners(directory, user_id, permission)
    visible: Visible = directory.memo[key]
    return visible


def _visible_owners(directory: Directory, user_id: UUID, permission: str) -> Visible:
    visible: frozenset[UUID] = frozenset()
    for scope in scopes_of(directory, user_id, permission):
        if scope is Scope.ALL:
            return ALL
        visible |= _reach(directory, user_id, scope) | {user_id}
    return visible


def _reach(directory: Directory, user_id: UUID, scope: Scope) -> frozenset[UUID]:
    department_id = directory.users[user_id].department_id
    match scope:
        case Scope.SUBORDINATES:
            return directory.subordinates_of(user_id)
        case Scope.DEPARTMENT if department_id:
            return directory.members_of([department_id])
        case Scope.TREE if department_id:
            return directory.members_of(directory.departments_below(department_id))
    return frozenset()
