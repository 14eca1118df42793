"""A segment member: whether one contact is in one segment, and why."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid5

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.customer import (
    SegmentMemberEntered,
    SegmentMemberFact,
    SegmentMemberLeft,
    SegmentMemberState,
)

register({"not-a-member": ("The contact is not in the segment", "该联系人不在此细分人群中")})


class Reason(StrEnum):
    ADDED = "added"
    COPIED = "copied"
    MATCHED = "matched"
    RETURNED = "returned"
    REMOVED = "removed"
    UNMATCHED = "unmatched"
    MERGED = "merged"
    DELETED = "deleted"
    ERASED = "erased"


# Who was only away comes back to where he was put by hand.
AWAY = frozenset({Reason.MERGED, Reason.DELETED})


class SegmentMember(Aggregate, Base):
    """The row stays when the contact leaves, so that his next entry goes on with its versions."""

    __tablename__ = "segment_member"

    segment_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    is_member: Mapped[bool]
    reason: Mapped[str]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    @classmethod
    def create(cls, segment_id: UUID, contact_id: UUID, reason: Reason, now: datetime) -> Self:
        """Let a contact enter for the first time."""
        made = cls(
            id=member_id(segment_id, contact_id),
            segment_id=segment_id,
            contact_id=contact_id,
            is_member=True,
            reason=reason,
            entered_at=now,
            created_at=now,
            updated_at=now,
        )
        made._tell(SegmentMemberEntered, now)
        return made

    def enter(self, reason: Reason, now: datetime) -> bool:
        """Let him enter again; tell whether he was out."""
        if self.is_member:
            return False
        self.is_member, self.reason, self.left_at = True, reason, None
        self.entered_at = self.updated_at = now
        self._tell(SegmentMemberEntered, now)
        return True

    def leave(self, reason: Reason, now: datetime) -> None:
        """Let him leave; Conflict when he is out already."""
        if not self.is_member:
            raise Conflict("not-a-member", id=self.contact_id)
        self.is_member, self.reason = False, reason
        self.left_at = self.updated_at = now
        self._tell(SegmentMemberLeft, now)

    def state(self) -> SegmentMemberState:
        """Return the public read shape."""
        return SegmentMemberState.model_validate(self, from_attributes=True)

    def _tell(self, fact: type[SegmentMemberFact], now: datetime) -> None:
        self.record(fact(segment_member_id=self.id, occurred_at=now, state=self.state()))


def member_id(segment_id: UUID, contact_id: UUID) -> UUID:
    """Return the one id of a contact in a segment."""
    return uuid5(segment_id, contact_id.hex)
