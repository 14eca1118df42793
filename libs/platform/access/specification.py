"""Who may see and do what, in the shortest form: the rule that every predicate is proved against.

It reads the plain facts of the directory and nothing that a predicate is made of, so an error of theirs is
none of its own.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.platform.directory.model import Directory

SCOPES = {"own", "subordinates", "department", "tree", "all"}
# What a collaborator may do by how far a record is shared with him; anything else needs a scope.
OPENED = {"read": {"read", "write"}, "update": {"write"}}

LONG_AGO = datetime.min.replace(tzinfo=UTC)

type Entry = tuple[UUID, str, datetime | None]


def may(
    directory: Directory,
    user_id: UUID,
    resource: str,
    action: str,
    owner_id: UUID | None,
    members: Collection[UUID] = (),
    collaborators: Collection[Entry] = (),
    now: datetime = LONG_AGO,
) -> bool:
    """Tell whether a user may act on a record of this owner (None: of nobody), `now` by the clock.

    `members` are the people of the queue or pool that the record waits in. `collaborators` are those with
    whom it is shared: who, how far, and until when.
    """
    scopes = _scopes(directory, user_id, {f"{resource}:{action}", "*:*"})
    opened = user_id in members or any(
        one == user_id and access in OPENED.get(action, ()) and (end is None or now < end)
        for one, access, end in collaborators
    )
    if not scopes or "all" in scopes or opened or owner_id is None:
        return bool(scopes) and (opened or "all" in scopes)
    superiors = _line(directory.users, owner_id, "manager_id")
    theirs = directory.users[owner_id].department_id if superiors else None
    mine = directory.users[user_id].department_id
    return (
        owner_id == user_id
        or ("subordinates" in scopes and user_id in superiors)
        or ("department" in scopes and theirs is not None and theirs == mine)
        or ("tree" in scopes and mine in _line(directory.departments, theirs, "parent_id"))
    )


def _scopes(directory: Directory, user_id: UUID, names: set[str]) -> set[str]:
    """Return how far the roles of an active user reach; what a newer release calls a scope is none."""
    user = directory.users.get(user_id)
    roles = [directory.roles.get(one) for one in user.role_ids] if user and user.is_active else []
    return {
        role.permissions[name] for role in roles if role for name in names & set(role.permissions)
    } & SCOPES


def _line(things: Mapping[UUID, Any], id: UUID | None, above: str) -> list[UUID]:
    """Return a known thing and everything above it, the nearest first; a circle is walked once."""
    line: list[UUID] = []
    while id is not None and id in things and id not in line:
        line.append(id)
        id = getattr(things[id], above)
    return line
