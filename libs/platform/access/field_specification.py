"""What somebody may do with a field, in the shortest form: the rule the fast answer is proved against."""

from collections.abc import Collection
from uuid import UUID

from libs.platform.directory.model import Directory

LEVELS = ["hidden", "masked", "read", "write"]
SCOPES = {"own", "subordinates", "department", "tree", "all"}


def level(directory: Directory, user_id: UUID, resources: Collection[str], field: str) -> str:
    """Return the most that any role gives of a field (`contact.phone`) whose record these resources open.

    A role speaks of it when it gives a permission on one of them at all; what it does not mention it gives
    whole. Nobody is told more or less by an unknown role, an unknown scope, or a role on other resources.
    """
    user = directory.users.get(user_id)
    held = [directory.roles.get(one) for one in user.role_ids] if user and user.is_active else []
    said = []
    for role in filter(None, held):
        granted = [name for name, scope in role.permissions.items() if scope in SCOPES]
        if "*:*" in granted:
            return "write"
        if any(name.split(":")[0] in resources for name in granted):
            found = role.fields.get(field, "write")
            said.append(LEVELS.index(found) if found in LEVELS else 0)
    return LEVELS[max(said)] if said else "write"
