"""The directory in memory: who there is, where they stand, what they may do, and what was revoked."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from libs.platform.directory.entries import ApiKey, Department, Entry, Role, User

type Groups = Mapping[UUID, frozenset[UUID]]

NOBODY: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class Directory:
    """All that the stream has told; `apply` takes entries in any order and keeps the newest of each.

    `memo` holds answers computed from this state; every change empties it.
    """

    dv: int = 0
    users: dict[UUID, User] = field(default_factory=dict)
    departments: dict[UUID, Department] = field(default_factory=dict)
    roles: dict[UUID, Role] = field(default_factory=dict)
    # Revoked API keys too: a token of one carries its id as its session's.
    revoked_sessions: set[UUID] = field(default_factory=set)
    api_keys: dict[UUID, ApiKey] = field(default_factory=dict)
    signing_keys: dict[str, OKPKey] = field(default_factory=dict)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    memo: dict[Hashable, Any] = field(default_factory=dict)
    # Kinds of records and the users with whom some record of this service was shared; None where nobody
    # has looked, so that everybody is asked for. It tells what need not be asked, never what may be seen.
    collaborators: frozenset[tuple[str, UUID]] | None = None

    def apply(self, entries: Iterable[Entry]) -> None:
        """Take newer entries in; one that is older than what is known of the same thing is dropped."""
        for entry in entries:
            known = self.entries.get((entry.kind, entry.id))
            if known is None or entry.dv > known.dv:
                self.entries[entry.kind, entry.id] = entry
                self._put(entry)
                self.dv = max(self.dv, entry.dv)
                self.memo.clear()

    def _put(self, entry: Entry) -> None:
        # A kind of a newer release counts for the version, its content is not for us.
        match entry.kind:
            case "user":
                _set(self.users, UUID(entry.id), None if entry.deleted else User.read(entry))
            case "department":
                node = None if entry.deleted else Department.read(entry)
                _set(self.departments, UUID(entry.id), node)
            case "role":
                _set(self.roles, UUID(entry.id), None if entry.deleted else Role.read(entry))
            case "session":
                # Only a revocation is published; it is deleted when no token can be alive.
                revoked = self.revoked_sessions
                (revoked.discard if entry.deleted else revoked.add)(UUID(entry.id))
            case "api-key":
                _set(self.api_keys, UUID(entry.id), None if entry.deleted else ApiKey.read(entry))
                (self.revoked_sessions.add if entry.deleted else self.revoked_sessions.discard)(
                    UUID(entry.id)
                )
            case "signing-key":
                key = None if entry.deleted else OKPKey.import_key(entry.data["jwk"])
                _set(self.signing_keys, entry.id, key)

    def department_path(self, department_id: UUID | None) -> tuple[UUID, ...]:
        """Return ids from the root to the department itself; empty for none or an unknown one."""
        path: list[UUID] = []
        node = self.departments.get(department_id) if department_id else None
        while node and node.id not in path:
            path.append(node.id)
            node = self.departments.get(node.parent_id) if node.parent_id else None
        return tuple(reversed(path))

    def owner_path(self, user_id: UUID | None) -> tuple[UUID, ...]:
        """Return the path of the department a user belongs to now; stamped into what he owns."""
        user = self.users.get(user_id) if user_id else None
        return self.department_path(user.department_id) if user else ()

    def managers_of(self, user_id: UUID) -> tuple[UUID, ...]:
        """Return everyone a user reports to, the nearest first; a circle is walked once."""
        line: list[UUID] = []
        user = self.users.get(user_id)
        while user and user.manager_id and user.manager_id not in (user_id, *line):
            line.append(user.manager_id)
            user = self.users.get(user.manager_id)
        return tuple(line)

    def subordinates_of(self, user_id: UUID) -> frozenset[UUID]:
        """Return everyone who reports to a user, directly or not, without the user himself."""
        return _reach(self._grouped("manager_id"), user_id) - {user_id}

    def members_of(self, department_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Return the users who belong to one of exactly these departments."""
        members = self._grouped("department_id")
        return NOBODY.union(*(members.get(one, NOBODY) for one in department_ids))

    def departments_below(self, department_id: UUID) -> frozenset[UUID]:
        """Return the department and everything under it; empty for an unknown one."""
        below = self._memoised("children", lambda: _group(self.departments.values(), "parent_id"))
        found = _reach(below, department_id) | {department_id}
        return found if department_id in self.departments else NOBODY

    def needed_dv(self, user_id: UUID) -> int:
        """Return the version of the newest change to what this user may do; 0 for an unknown one.

        That is the newest of himself, his roles, and the departments above and below his own.
        """
        newest: int = self._memoised(("needed", user_id), lambda: self._needed_dv(user_id))
        return newest

    def _needed_dv(self, user_id: UUID) -> int:
        user = self.users.get(user_id)
        if user is None:
            return 0
        around = set(self.owner_path(user_id))
        around |= self.departments_below(user.department_id) if user.department_id else NOBODY
        roles = [self.roles[one].dv for one in user.role_ids if one in self.roles]
        return max(user.dv, *roles, *(self.departments[one].dv for one in around), 0)

    def _grouped(self, by: str) -> Groups:
        groups: Groups = self._memoised(by, lambda: _group(self.users.values(), by))
        return groups

    def _memoised(self, key: Hashable, compute: Any) -> Any:
        if key not in self.memo:
            self.memo[key] = compute()
        return self.memo[key]


def _set[K, V](into: dict[K, V], key: K, value: V | None) -> None:
    if value is None:
        into.pop(key, None)
    else:
        into[key] = value


def _group(things: Iterable[User] | Iterable[Department], by: str) -> Groups:
    groups: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for thing in things:
        if (value := getattr(thing, by)) is not None:
            groups[value].add(thing.id)
    return {key: frozenset(members) for key, members in groups.items()}


def _reach(edges: Groups, start: UUID) -> frozenset[UUID]:
    found: frozenset[UUID] = NOBODY
    wave = edges.get(start, NOBODY)
    while wave:
        found |= wave
        wave = NOBODY.union(*(edges.get(one, NOBODY) for one in wave)) - found
    return found
