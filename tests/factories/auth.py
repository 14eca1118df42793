"""auth's aggregates, valid by default."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.ids import new_id
from services.auth.api_keys.model import ApiKey, PresentedKey
from services.auth.departments.model import Department
from services.auth.directory import DirectoryHead
from services.auth.roles.model import Role
from services.auth.users.model import User

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def make_head(dv: int = 0) -> DirectoryHead:
    return DirectoryHead(id=1, dv=dv)


def make_department(head: DirectoryHead | None = None, **details: Any) -> Department:
    given = {"name": "Sales", "parent_id": None, "head_id": None} | details
    return Department.create(head or make_head(), given, NOW, NOW)


def make_role(head: DirectoryHead | None = None, **details: Any) -> Role:
    given = {"name": "Seller", "permissions": {"lead:read": "own"}} | details
    return Role.create(head or make_head(), given, NOW, NOW)


def make_api_key(
    head: DirectoryHead | None = None,
    user_id: UUID | None = None,
    minted: PresentedKey | None = None,
    now: datetime = NOW,
    **details: Any,
) -> ApiKey:
    given: dict[str, Any] = {"name": "Reports", "scopes": ["lead:read"]}
    key = minted or PresentedKey.mint()
    return ApiKey.issue(head or make_head(), user_id or new_id(), key, now, **(given | details))


def make_user(head: DirectoryHead | None = None, user_id: UUID | None = None, **details: Any) -> User:
    given: dict[str, Any] = {
        "email": "ada@example.org",
        "name": "Ada Lovelace",
        "department_id": None,
        "manager_id": None,
        "role_ids": [],
        "locale": "en",
        "time_zone": "UTC",
    }
    return User.invite(head or make_head(), user_id or new_id(), given | details, NOW, NOW)


def told(aggregate: Any) -> list[Any]:
    """The facts that an aggregate has recorded and no flush has collected."""
    return [each.event for each in aggregate.__dict__.get("_waiting", [])]


def sequences(aggregate: Any) -> list[int]:
    """The directory versions under which it recorded them."""
    return [each.sequence for each in aggregate.__dict__.get("_waiting", [])]
