"""A segment: contacts described by a rule (dynamic), or picked by hand (static)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.customer import (
    SegmentDefined,
    SegmentDeleted,
    SegmentFact,
    SegmentReassigned,
    SegmentRedefined,
    SegmentRenamed,
    SegmentRestored,
    SegmentState,
)

register(
    {
        "segment-dynamic": ("The rule decides who is in this segment", "该细分人群的成员由规则决定"),
        "segment-filling": ("The segment is still being filled", "该细分人群仍在计算成员"),
        "segment-static": ("This segment has no rule", "该细分人群没有规则"),
    }
)


class Kind(StrEnum):
    STATIC = "static"
    DYNAMIC = "dynamic"


class Segment(Aggregate, External, Base):
    """Who is in it stands in the members, which are aggregates of their own."""

    __tablename__ = "segment"

    owner_id: Mapped[UUID | None]
    name: Mapped[str]
    description: Mapped[str | None]
    kind: Mapped[str]
    filter: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    @classmethod
    def define(cls, details: Mapping[str, Any], occurred_at: datetime, now: datetime) -> Self:
        """Make a segment; `details` holds name, kind, filter, description, owner_id and the external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **details)
        made._tell(SegmentDefined, occurred_at)
        return made

    @property
    def is_dynamic(self) -> bool:
        """Tell whether a rule decides who is in it."""
        return self.kind == Kind.DYNAMIC

    def rename(self, names: Mapping[str, Any], now: datetime) -> None:
        """Change name or description; what is the same already changes nothing."""
        self._ask_present()
        changed = {key: value for key, value in names.items() if getattr(self, key) != value}
        for key, value in changed.items():
            setattr(self, key, value)
        if changed:
            self.updated_at = now
            self._tell(SegmentRenamed, now)

    def redefine(self, rule: Mapping[str, Any], now: datetime) -> bool:
        """Take another rule; tell whether it is another one."""
        self._ask_present()
        if not self.is_dynamic:
            raise Conflict("segment-static", id=self.id)
        if rule == self.filter:
            return False
        self.filter, self.updated_at = dict(rule), now
        self._tell(SegmentRedefined, now)
        return True

    def reassign(self, owner_id: UUID | None, now: datetime) -> None:
        """Give the segment to another owner, or to nobody."""
        self._ask_present()
        if owner_id != self.owner_id:
            before, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(SegmentReassigned, now, from_owner_id=before)

    def delete(self, now: datetime) -> None:
        """Move the segment to the recycle bin; nobody enters or leaves it there."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(SegmentDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take the segment back from the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted")
        self.deleted_at, self.updated_at = None, now
        self._tell(SegmentRestored, now)

    def ask_picked(self) -> None:
        """Raise Conflict unless members are picked by hand here."""
        self._ask_present()
        if self.is_dynamic:
            raise Conflict("segment-dynamic", id=self.id)

    def state(self) -> SegmentState:
        """Return the public read shape."""
        return SegmentState.model_validate(self, from_attributes=True)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[SegmentFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(segment_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
