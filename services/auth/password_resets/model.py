"""A request for a password: one link, for a while, good once. An invitation asks for the first one."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Base
from libs.common.problem_texts import register

RESET, INVITATION = "password-reset", "invitation"


class LinkKind(NamedTuple):
    """The page of the web that takes a link, and how long it opens something."""

    page: str
    lifetime: timedelta


KINDS = {
    RESET: LinkKind("reset-password", timedelta(minutes=30)),
    INVITATION: LinkKind("accept-invitation", timedelta(days=7)),
}
register(
    {
        "already-joined": ("The user has a password already", "该用户已设置密码"),
        "link-ended": (
            "The link is not valid any more: ask for a new one",
            "该链接已失效,请重新申请",
        ),
    }
)


class PasswordReset(Base):
    """Without a user: somebody asked for an address that nobody here has, or has not signed in with yet."""

    __tablename__ = "password_reset"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None]
    kind: Mapped[str]
    created_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def until(self) -> datetime:
        """When its link opens nothing any more."""
        return self.created_at + KINDS[self.kind].lifetime

    def opens_at(self, now: datetime) -> bool:
        """Tell whether its link still opens something."""
        return self.mailed_at is not None and self.ended_at is None and now < self.until
