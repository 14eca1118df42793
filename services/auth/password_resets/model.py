"""A request for a new password: one link, for a short while, good once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Base
from libs.common.problem_texts import register

LINK, PAGE = "password-reset", "reset-password"
LIFETIME = timedelta(minutes=30)
register(
    {
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
    created_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def opens_at(self, now: datetime) -> bool:
        """Tell whether its link still opens something."""
        return self.mailed_at is not None and self.ended_at is None and now < self.created_at + LIFETIME
