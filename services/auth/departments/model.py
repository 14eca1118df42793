"""A department: a node of the tree that data scopes follow."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.db import Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.auth import (
    DepartmentChanged,
    DepartmentCreated,
    DepartmentDeleted,
    DepartmentMoved,
    DepartmentState,
)
from services.auth.directory import DirectoryHead, InDirectory

DETAILS = ("name", "head_id")
register(
    {
        "deleted": ("The record is deleted", "该记录已删除"),
        "department-cycle": ("A department cannot stand below itself", "部门不能置于自身之下"),
        "department-in-use": ("The department still has members or departments", "部门仍有成员或下级部门"),
        "unknown-department": ("There is no such department", "部门不存在"),
    }
)


class Department(InDirectory, External, Base):
    __tablename__ = "department"

    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    left_parent_id: Mapped[UUID | None]
    head_id: Mapped[UUID | None]

    @classmethod
    def create(
        cls, head: DirectoryHead, details: Mapping[str, Any], occurred_at: datetime, now: datetime
    ) -> Self:
        """Add a department; `details` holds DETAILS, parent_id and the external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **details)
        made.tell(head, DepartmentCreated(occurred_at=occurred_at, state=made.state()))
        return made

    def revise(self, head: DirectoryHead, details: Mapping[str, Any], now: datetime) -> None:
        """Change name or head; what is the same already changes nothing."""
        self._ask_present()
        changed = tuple(name for name in DETAILS if name in details and details[name] != getattr(self, name))
        if changed:
            for name in changed:
                setattr(self, name, details[name])
            self.updated_at = now
            self.tell(head, DepartmentChanged(occurred_at=now, changed=changed, state=self.state()))

    def move(
        self, head: DirectoryHead, parent_id: UUID | None, parents_path: Sequence[UUID], now: datetime
    ) -> None:
        """Stand under another parent, whose path from the root is given."""
        self._ask_present()
        if self.id in parents_path:
            raise Conflict("department-cycle", id=self.id)
        if parent_id != self.parent_id:
            before, self.parent_id, self.updated_at = self.parent_id, parent_id, now
            self.left_parent_id = before
            self.tell(head, DepartmentMoved(occurred_at=now, from_parent_id=before, state=self.state()))

    def delete(self, head: DirectoryHead, *, is_empty: bool, now: datetime) -> None:
        """Leave the tree; only a department without members and departments below may."""
        self._ask_present()
        if not is_empty:
            raise Conflict("department-in-use", id=self.id)
        self.deleted_at = self.updated_at = now
        self.tell(head, DepartmentDeleted(occurred_at=now, state=self.state()))

    def state(self) -> DepartmentState:
        return DepartmentState.model_validate(self, from_attributes=True)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)
