"""A notification: something that one user should look at."""

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base
from libs.contracts.integration import (
    NotificationCreated,
    NotificationFact,
    NotificationRead,
    NotificationState,
)


class Notification(Aggregate, Base):
    """Kind and facts alone; its text is made when it is read, in the reader's language."""

    __tablename__ = "notification"

    owner_id: Mapped[UUID]
    kind: Mapped[str]
    about_type: Mapped[str]
    about_id: Mapped[UUID]
    facts: Mapped[dict[str, str]] = mapped_column(JSONB)
    read_at: Mapped[datetime | None]

    @classmethod
    def create(
        cls,
        identity: UUID,
        owner_id: UUID,
        kind: str,
        about: tuple[str, UUID],
        facts: dict[str, str],
        now: datetime,
    ) -> Self:
        """Tell a user about a record; `facts` hold nothing personal."""
        made = cls(
            id=identity,
            owner_id=owner_id,
            kind=kind,
            about_type=about[0],
            about_id=about[1],
            facts=facts,
            created_at=now,
            updated_at=now,
        )
        made._tell(NotificationCreated, now)
        return made

    def read(self, now: datetime) -> None:
        """Note that the user has looked; twice is once."""
        if self.read_at is None:
            self.read_at = self.updated_at = now
            self._tell(NotificationRead, now)

    def state(self) -> NotificationState:
        """Return the public read shape."""
        return NotificationState.model_validate(self, from_attributes=True)

    def _tell(self, kind: type[NotificationFact], occurred_at: datetime) -> None:
        self.record(kind(notification_id=self.id, occurred_at=occurred_at, state=self.state()))
