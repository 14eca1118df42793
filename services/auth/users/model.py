"""A user: who may sign in, where he stands, and which roles he holds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, synonym

from libs.common.db import Base, External
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.auth import (
    UserChanged,
    UserDeactivated,
    UserInvited,
    UserReactivated,
    UserState,
)
from services.auth.directory import DirectoryHead, InDirectory

DETAILS = ("email", "name", "department_id", "manager_id", "role_ids", "locale", "time_zone")
register(
    {
        "already-active": ("The user is active already", "用户已处于启用状态"),
        "already-inactive": ("The user is deactivated already", "用户已停用"),
        "email-taken": ("The e-mail address belongs to another user", "该邮箱已被其他用户使用"),
        "service-account": (
            "A service account has API keys alone, and a person who answers for it",
            "服务账号只能使用 API 密钥，且必须有负责人",
        ),
        "own-account": ("You cannot do this to yourself", "不能对自己执行该操作"),
        "reporting-cycle": ("Nobody reports to himself", "汇报关系不能形成循环"),
        "unknown-user": ("There is no such user", "用户不存在"),
    }
)


class User(InDirectory, External, Base):
    """A user is his own subject and owns his own record."""

    __tablename__ = "user"

    email: Mapped[str]
    email_key: Mapped[str]
    name: Mapped[str]
    department_id: Mapped[UUID | None]
    manager_id: Mapped[UUID | None]
    role_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    locale: Mapped[str]
    time_zone: Mapped[str]
    is_active: Mapped[bool]
    is_service: Mapped[bool]
    owner_id = synonym("id")
    subject_id = synonym("id")

    @classmethod
    def invite(
        cls,
        head: DirectoryHead,
        user_id: UUID,
        details: Mapping[str, Any],
        occurred_at: datetime,
        now: datetime,
    ) -> Self:
        """Take a user in; `details` holds DETAILS and the external id."""
        given = {"is_service": False, **details}
        made = cls(id=user_id, is_active=True, created_at=now, updated_at=now, **given)
        made.email_key = email_key(made.email)
        made.tell(head, UserInvited(occurred_at=occurred_at, state=made.state()))
        return made

    def revise(
        self,
        head: DirectoryHead,
        details: Mapping[str, Any],
        now: datetime,
        *,
        managers_line: Sequence[UUID] = (),
    ) -> None:
        """Change profile, place or roles; `managers_line` is the new manager and everyone above him."""
        changed = tuple(name for name in DETAILS if name in details and details[name] != getattr(self, name))
        if self.is_service and ("email" in details or not details.get("manager_id", self.manager_id)):
            raise Conflict("service-account", id=self.id)
        if self.id in managers_line:
            raise Conflict("reporting-cycle", id=self.id)
        if changed:
            for name in changed:
                setattr(self, name, details[name])
            self.email_key, self.updated_at = email_key(self.email), now
            self.tell(head, UserChanged(occurred_at=now, changed=changed, state=self.state()))

    def deactivate(self, head: DirectoryHead, by: UUID | None, now: datetime) -> None:
        """End all he may do; nobody does so to himself, so one who may is always left."""
        if by == self.id:
            raise Conflict("own-account", id=self.id)
        if not self.is_active:
            raise Conflict("already-inactive", id=self.id)
        self.is_active, self.updated_at = False, now
        self.tell(head, UserDeactivated(occurred_at=now, state=self.state()))

    def reactivate(self, head: DirectoryHead, now: datetime) -> None:
        """Let him do again what his roles say."""
        if self.is_active:
            raise Conflict("already-active", id=self.id)
        self.is_active, self.updated_at = True, now
        self.tell(head, UserReactivated(occurred_at=now, state=self.state()))

    def demand_invitable(self) -> None:
        """Raise Conflict for whom no mail can let in."""
        if self.is_service:
            raise Conflict("service-account", id=self.id)
        if not self.is_active:
            raise Conflict("already-inactive", id=self.id)

    def state(self) -> UserState:
        return UserState.model_validate(self, from_attributes=True)


def email_key(email: str) -> str:
    """Fold an address as sign-in compares it."""
    return email.strip().casefold()
