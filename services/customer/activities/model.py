"""An activity: what was done, or is to be done, with an account or a contact."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.crypto import ERASED
from libs.common.db import Aggregate, Base, External
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.customer import (
    ActivityCompleted,
    ActivityDeleted,
    ActivityDetailsChanged,
    ActivityErased,
    ActivityFact,
    ActivityLogged,
    ActivityPlanned,
    ActivityReassigned,
    ActivityReopened,
    ActivityRestored,
    ActivityState,
)

register(
    {
        "already-done": ("It is done already", "该活动已完成"),
        "not-done": ("It is not done yet", "该活动尚未完成"),
    }
)
DETAILS = ("kind", "subject", "body", "outcome", "account_id", "contact_id", "due_at")
PERSONAL = ("subject", "body", "outcome")


class Kind(StrEnum):
    TASK = "task"
    CALL = "call"
    MEETING = "meeting"
    EMAIL = "email"
    VISIT = "visit"
    NOTE = "note"


class Activity(Aggregate, External, Base):
    __tablename__ = "activity"

    owner_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str | None]
    outcome: Mapped[str | None]
    account_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @classmethod
    def create(
        cls, activity_id: UUID, details: Mapping[str, Any], occurred_at: datetime, now: datetime
    ) -> Self:
        """Write it down; `details` holds DETAILS, done_at, subject_id, owner_id and the external id."""
        activity = cls(id=activity_id, created_at=now, updated_at=now, **details)
        done = activity.done_at is not None
        activity._tell(ActivityLogged if done else ActivityPlanned, occurred_at)
        return activity

    def revise(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change what, when or with whom; what is the same already changes nothing."""
        self._ask_present()
        changed = tuple(name for name in DETAILS if name in details and details[name] != getattr(self, name))
        if changed:
            for name in changed:
                setattr(self, name, details[name])
            self.updated_at = now
            self._tell(ActivityDetailsChanged, now, changed=changed)

    def belong_to(self, subject_id: UUID) -> None:
        """Let the free text be this person's from the next event on, the one that names the contact."""
        self._ask_present()
        self.subject_id = subject_id

    def reassign(self, owner_id: UUID | None, now: datetime) -> None:
        """Give the activity to another owner, or to nobody."""
        self._ask_present()
        if owner_id != self.owner_id:
            before, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(ActivityReassigned, now, from_owner_id=before)

    def complete(self, outcome: str | None, done_at: datetime, now: datetime) -> None:
        """Mark it done, with what came out of it."""
        self._ask_present()
        if self.done_at is not None:
            raise Conflict("already-done", id=self.id)
        self.done_at, self.updated_at = done_at, now
        self.outcome = self.outcome if outcome is None else outcome
        self._tell(ActivityCompleted, done_at)

    def reopen(self, now: datetime) -> None:
        """Mark it as to be done after all."""
        self._ask_present()
        if self.done_at is None:
            raise Conflict("not-done", id=self.id)
        self.done_at, self.updated_at = None, now
        self._tell(ActivityReopened, now)

    def delete(self, now: datetime) -> None:
        """Move the activity to the recycle bin."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(ActivityDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take the activity back from the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted")
        self.deleted_at, self.updated_at = None, now
        self._tell(ActivityRestored, now)

    def erase(self, now: datetime) -> None:
        """Blank the free text, for good; erasing twice is erasing once."""
        if self.erased_at is not None:
            return
        for name in PERSONAL:
            if getattr(self, name) is not None:
                setattr(self, name, ERASED)
        self.erased_at = self.updated_at = now
        self._tell(ActivityErased, now)

    def state(self) -> ActivityState:
        """Return the public read shape; its free text is sealed on its way out."""
        return ActivityState.model_validate(self, from_attributes=True)

    def _ask_present(self) -> None:
        if self.erased_at is not None:
            raise Conflict("erased", id=self.id)
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[ActivityFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(activity_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
