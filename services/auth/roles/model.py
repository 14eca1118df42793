"""A role: permissions, each with how far it reaches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.auth import RoleChanged, RoleCreated, RoleDeleted, RoleState
from libs.platform.access.scopes import EVERY_PERMISSION, Scope
from services.auth.directory import DirectoryHead, InDirectory

DETAILS = ("name", "permissions", "fields")
ADMINISTRATOR = {EVERY_PERMISSION: Scope.ALL.value}
register(
    {
        "role-in-use": ("Users still hold this role", "仍有用户拥有该角色"),
        "unknown-role": ("There is no such role", "角色不存在"),
    }
)


class Role(InDirectory, External, Base):
    __tablename__ = "role"

    name: Mapped[str]
    permissions: Mapped[dict[str, str]] = mapped_column(JSONB)
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)

    @classmethod
    def create(
        cls, head: DirectoryHead, details: Mapping[str, Any], occurred_at: datetime, now: datetime
    ) -> Self:
        """Define a role; `details` holds DETAILS and the external id; fields not named are given whole."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **{"fields": {}} | dict(details))
        made.tell(head, RoleCreated(occurred_at=occurred_at, state=made.state()))
        return made

    def revise(self, head: DirectoryHead, details: Mapping[str, Any], now: datetime) -> None:
        """Rename it or give it other permissions; what is the same already changes nothing."""
        self._ask_present()
        changed = [name for name in DETAILS if name in details and details[name] != getattr(self, name)]
        if changed:
            for name in changed:
                setattr(self, name, details[name])
            self.updated_at = now
            self.tell(head, RoleChanged(occurred_at=now, state=self.state()))

    def delete(self, head: DirectoryHead, *, is_held: bool, now: datetime) -> None:
        """Remove a role that nobody holds."""
        self._ask_present()
        if is_held:
            raise Conflict("role-in-use", id=self.id)
        self.deleted_at = self.updated_at = now
        self.tell(head, RoleDeleted(occurred_at=now, state=self.state()))

    def state(self) -> RoleState:
        return RoleState.model_validate(self, from_attributes=True)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)
