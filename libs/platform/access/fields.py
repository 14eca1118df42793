"""What a user's roles leave him of the fields of each kind of record: the fast answer.

`restrictions` is proved against the specification beside it. For almost everybody it is empty, and is found
by one look into the directory's memory.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from uuid import UUID

from libs.common.restrictions import UNRESTRICTED, Restriction, Restrictions
from libs.platform.access.catalogue import FIELDS, Form, resources_of
from libs.platform.access.scopes import EVERY_PERMISSION, Scope
from libs.platform.directory.entries import Role
from libs.platform.directory.model import Directory


class Level(StrEnum):
    """How much a role gives of a field, the least first; what it does not mention it gives whole."""

    HIDDEN = "hidden"
    MASKED = "masked"
    READ = "read"
    WRITE = "write"


_ORDER = list(Level)


def is_known(name: str) -> bool:
    """Tell whether roles may speak of a field, `contact.phone`."""
    kind, _, field = name.partition(".")
    return field in FIELDS.get(kind, {})


def is_maskable(name: str) -> bool:
    """Tell whether a known field is a text, and so has a mask."""
    kind, _, field = name.partition(".")
    return FIELDS[kind][field] is not Form.OTHER


def restrictions(directory: Directory, user_id: UUID) -> Restrictions:
    """Return what is restricted for a user, by kind; the answer is kept until the directory changes."""
    key = ("fields", user_id)
    if key not in directory.memo:
        directory.memo[key] = _restrictions(directory, user_id)
    found: Restrictions = directory.memo[key]
    return found


def levels(directory: Directory, user_id: UUID) -> dict[str, dict[str, Level]]:
    """Return by kind and field what is less than `write`, in a role's own words."""
    found: dict[str, dict[str, Level]] = {}
    for kind, field, level in _levels(directory, user_id):
        found.setdefault(kind, {})[field] = level
    return found


def _restrictions(directory: Directory, user_id: UUID) -> Restrictions:
    named = levels(directory, user_id)
    return {kind: _restriction(kind, of) for kind, of in named.items()} if named else UNRESTRICTED


def _restriction(kind: str, of: Mapping[str, Level]) -> Restriction:
    forms = FIELDS.get(kind, {})
    hidden = frozenset(name for name, level in of.items() if level is Level.HIDDEN)
    # What is sensitive is shown by its mask to everybody, and may be asked for by its whole value.
    masked = frozenset(
        name for name, level in of.items() if level is Level.MASKED and forms.get(name) is not Form.SENSITIVE
    )
    return Restriction(hidden, masked, frozenset(of), hidden | masked)


def _levels(directory: Directory, user_id: UUID) -> Iterator[tuple[str, str, Level]]:
    user = directory.users.get(user_id)
    held = [directory.roles.get(one) for one in user.role_ids] if user and user.is_active else []
    roles = [role for role in held if role is not None]
    named = sorted({name for role in roles for name in role.fields})
    if not named or any(role.permissions.get(EVERY_PERMISSION) in Scope for role in roles):
        return
    opened = [(role, _opened(role)) for role in roles]
    for name in named:
        kind, _, field = name.partition(".")
        resources = resources_of(kind)
        said = [_level(role.fields.get(name)) for role, open_ in opened if resources & open_]
        best = _ORDER[max(said)] if said else Level.WRITE
        if best is not Level.WRITE:
            yield kind, field, best


def _level(name: str | None) -> int:
    """Return how much a level gives; one of a newer release gives nothing."""
    if name is None:
        return _ORDER.index(Level.WRITE)
    return _ORDER.index(Level(name)) if name in Level else 0


def _opened(role: Role) -> frozenset[str]:
    return frozenset(name.partition(":")[0] for name, scope in role.permissions.items() if scope in Scope)
