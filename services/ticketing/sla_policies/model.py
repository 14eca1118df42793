"""An SLA policy: which tickets it holds for, and how soon they are to be answered and solved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.ticketing import (
    SlaPolicyAdopted,
    SlaPolicyDeleted,
    SlaPolicyFact,
    SlaPolicyRestored,
    SlaPolicyRevised,
    SlaPolicyState,
    SlaTargetState,
)

register(
    {
        "target-twice": ("A priority has its targets once", "每个优先级只能设置一次目标"),
    }
)
DETAILS = (
    "name",
    "position",
    "calendar_id",
    "priorities",
    "categories",
    "channels",
    "tiers",
    "targets",
    "warn_at_percent",
)
# Targets of a priority that has none of its own.
ANY = "any"
_TERMS = {"priority": "priorities", "category": "categories", "channel": "channels", "tier": "tiers"}


class SlaPolicy(Aggregate, External, Base):
    """Policies are asked by position; the first that holds for a ticket gives it its targets."""

    __tablename__ = "sla_policy"

    name: Mapped[str]
    position: Mapped[int]
    calendar_id: Mapped[UUID]
    priorities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    tiers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    targets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    warn_at_percent: Mapped[int | None]

    @classmethod
    def adopt(cls, details: Mapping[str, Any], now: datetime) -> Self:
        """Let it hold for tickets from now on; `details` holds DETAILS and the external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **details)
        made._check()
        made._tell(SlaPolicyAdopted, now)
        return made

    def revise(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change what is given; tickets keep the targets that they have."""
        self._ask_present()
        changed = [name for name in DETAILS if name in details and details[name] != getattr(self, name)]
        if changed:
            for name in changed:
                setattr(self, name, details[name])
            self._check()
            self.updated_at = now
            self._tell(SlaPolicyRevised, now)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin; tickets keep the targets that they have."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(SlaPolicyDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(SlaPolicyRestored, now)

    def holds_for(self, facts: Mapping[str, str | None]) -> bool:
        """Tell whether it holds for a ticket of this priority, category, channel and tier."""
        return all(
            not (wanted := getattr(self, plural)) or facts[name] in wanted for name, plural in _TERMS.items()
        )

    def target(self, priority: str) -> SlaTargetState | None:
        """Return the targets of a priority, or those of any; None where it has neither."""
        targets = {one.priority: one for one in self.state().targets}
        return targets.get(priority) or targets.get(ANY)

    def state(self) -> SlaPolicyState:
        """Return the public read shape."""
        return SlaPolicyState.model_validate(self, from_attributes=True)

    def _check(self) -> None:
        if len({one["priority"] for one in self.targets}) < len(self.targets):
            raise Conflict("target-twice")

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[SlaPolicyFact], now: datetime) -> None:
        self.record(fact(sla_policy_id=self.id, occurred_at=now, state=self.state()))
