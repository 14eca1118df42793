"""Entries of the directory, valid by default, named by small numbers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from libs.platform.directory.entries import Entry


def uid(number: int) -> UUID:
    return UUID(int=number)


def _text(number: int | None) -> str | None:
    return None if number is None else str(uid(number))


def user(
    number: int,
    *,
    department: int | None = None,
    manager: int | None = None,
    roles: Sequence[int] = (),
    is_active: bool = True,
    dv: int = 1,
) -> Entry:
    data = {
        "department_id": _text(department),
        "manager_id": _text(manager),
        "role_ids": [_text(one) for one in roles],
        "is_active": is_active,
    }
    return Entry("user", str(uid(number)), dv, data)


def department(number: int, *, parent: int | None = None, dv: int = 1, deleted: bool = False) -> Entry:
    data = {"name": f"Department {number}", "parent_id": _text(parent), "head_id": None}
    return Entry("department", str(uid(number)), dv, data, deleted)


def api_key(
    number: int,
    owner: int,
    scopes: Sequence[str],
    *,
    expires_at: str | None = None,
    dv: int = 1,
    deleted: bool = False,
) -> Entry:
    data = {"user_id": str(uid(owner)), "scopes": list(scopes), "expires_at": expires_at}
    return Entry("api-key", str(uid(number)), dv, data, deleted)


def role(
    number: int, permissions: Mapping[str, str], *, fields: Mapping[str, str] | None = None, dv: int = 1
) -> Entry:
    data = {"name": f"Role {number}", "permissions": dict(permissions), "fields": dict(fields or {})}
    return Entry("role", str(uid(number)), dv, data)
