"""What stands in the directory, and how an entry of the stream becomes one of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the directory as of version `dv`.

    `data` is its public state, personal fields sealed under the event type `type`.
    """

    kind: str
    id: str
    dv: int
    data: Mapping[str, Any]
    deleted: bool = False
    type: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """What access needs to know of a user."""

    id: UUID
    dv: int
    is_active: bool
    department_id: UUID | None
    manager_id: UUID | None
    role_ids: tuple[UUID, ...]

    @classmethod
    def read(cls, entry: Entry) -> "User":
        """Read a user's entry."""
        data = entry.data
        return cls(
            id=UUID(entry.id),
            dv=entry.dv,
            is_active=data["is_active"],
            department_id=_id(data.get("department_id")),
            manager_id=_id(data.get("manager_id")),
            role_ids=tuple(UUID(one) for one in data["role_ids"]),
        )


@dataclass(frozen=True, slots=True)
class Department:
    """A node of the department tree."""

    id: UUID
    dv: int
    name: str
    parent_id: UUID | None
    head_id: UUID | None

    @classmethod
    def read(cls, entry: Entry) -> "Department":
        """Read a department's entry."""
        data = entry.data
        parent, head = _id(data.get("parent_id")), _id(data.get("head_id"))
        return cls(UUID(entry.id), entry.dv, data["name"], parent, head)


@dataclass(frozen=True, slots=True)
class Role:
    """Permissions (`resource:action`) and the data scope of each; `fields` are what it gives less of."""

    id: UUID
    dv: int
    name: str
    permissions: Mapping[str, str]
    fields: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def read(cls, entry: Entry) -> "Role":
        """Read a role's entry."""
        data = entry.data
        fields = dict(data.get("fields") or {})
        return cls(UUID(entry.id), entry.dv, data["name"], dict(data["permissions"]), fields)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What a key may do of all that its user may, and until when."""

    id: UUID
    dv: int
    user_id: UUID
    scopes: frozenset[str]
    expires_at: datetime | None

    @classmethod
    def read(cls, entry: Entry) -> "ApiKey":
        """Read a key's entry."""
        data, expires = entry.data, entry.data.get("expires_at")
        end = datetime.fromisoformat(expires) if expires else None
        return cls(UUID(entry.id), entry.dv, UUID(data["user_id"]), frozenset(data["scopes"]), end)

    def is_alive(self, now: datetime) -> bool:
        """Tell whether the key has not expired."""
        return self.expires_at is None or self.expires_at > now


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
