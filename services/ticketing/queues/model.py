"""A queue: where tickets wait, who works on them, and who gets the next one."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.ticketing import (
    QueueDeleted,
    QueueFact,
    QueueOpened,
    QueueRestored,
    QueueRevised,
    QueueState,
)

DETAILS = ("name", "assignment", "member_ids")


class Assignment(StrEnum):
    """Who gets the next ticket: the next in turn, who has the fewest, or whoever takes it."""

    ROUND_ROBIN = "round-robin"
    LEAST_OPEN = "least-open"
    MANUAL = "manual"


class Queue(Aggregate, External, Base):
    """Its members see its tickets, whoever owns them."""

    __tablename__ = "queue"

    name: Mapped[str]
    assignment: Mapped[str]
    member_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))

    @classmethod
    def open(cls, details: Mapping[str, Any], now: datetime) -> Self:
        """Open a queue; `details` holds DETAILS and the external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **_tidied(details))
        made._tell(QueueOpened, now)
        return made

    def revise(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change what is given; tickets stay with whom they are."""
        self._ask_present()
        given = _tidied(details)
        changed = [name for name in DETAILS if name in given and given[name] != getattr(self, name)]
        if changed:
            for name in changed:
                setattr(self, name, given[name])
            self.updated_at = now
            self._tell(QueueRevised, now)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin; its tickets stay where they are."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(QueueDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(QueueRestored, now)

    def counts_desks(self) -> bool:
        """Tell whether it takes what each has on his desk to choose."""
        return self.assignment == Assignment.LEAST_OPEN

    def choose(
        self, active: AbstractSet[UUID], last: UUID | None, unresolved: Mapping[UUID, int]
    ) -> UUID | None:
        """Return who gets the next ticket; None for nobody, or when it is for people to say.

        `active` are the users who may work, `last` got the one before, `unresolved` says how much each has on
        his desk. Among equals the turn decides.
        """
        waiting = [one for one in _after(self.member_ids, last) if one in active]
        if not waiting or self.assignment == Assignment.MANUAL:
            return None
        if self.assignment == Assignment.ROUND_ROBIN:
            return waiting[0]
        return min(waiting, key=lambda one: unresolved.get(one, 0))

    def state(self) -> QueueState:
        """Return the public read shape."""
        return QueueState.model_validate(self, from_attributes=True)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[QueueFact], now: datetime) -> None:
        self.record(fact(queue_id=self.id, occurred_at=now, state=self.state()))


def _after(members: Sequence[UUID], last: UUID | None) -> list[UUID]:
    """Return the members in the order of their turns: from the one behind `last` round to `last` himself.

    Turns go by id, so that one who leaves and comes back, or a list in another order, changes no turn.
    """
    in_order = sorted(members)
    return sorted(in_order, key=lambda one: last is not None and one <= last)


def _tidied(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details with each member once."""
    if "member_ids" not in details:
        return dict(details)
    return {**details, "member_ids": sorted(set(details["member_ids"]))}
