"""An opportunity: a chance to sell, on its way through the stages of a pipeline."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.db import Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.sales import (
    OpportunityAssigned,
    OpportunityDeleted,
    OpportunityFact,
    OpportunityLost,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityRestored,
    OpportunityRevised,
    OpportunityShared,
    OpportunityStageChanged,
    OpportunityState,
    OpportunityUnshared,
    OpportunityWon,
    StageState,
)
from libs.platform.access.collaborators import Shared

register(
    {
        "already-closed": ("The opportunity is closed", "商机已关闭"),
        "already-in-stage": ("The opportunity is in this stage already", "商机已处于该阶段"),
        "history-and-stage": ("A history names its own stages and instants", "历史记录已包含阶段和时间"),
        "lost-reason-missing": ("A lost opportunity needs its reason", "输单必须填写原因"),
        "not-closed": ("The opportunity is still open", "商机尚未关闭"),
        "out-of-order": ("Nothing leaves a stage before it came there", "离开阶段的时间不能早于进入时间"),
    }
)

OPEN, WON, LOST = "open", "won", "lost"
DETAILS = (
    "name",
    "account_id",
    "contact_id",
    "product_id",
    "amount_minor",
    "currency",
    "expected_close_date",
)


class Opportunity(Shared, External, Base):
    """Every move between stages is an event, so that the ledger of stage entries is complete."""

    __tablename__ = "opportunity"
    SHARED, UNSHARED = OpportunityShared, OpportunityUnshared

    owner_id: Mapped[UUID]
    name: Mapped[str]
    pipeline_id: Mapped[UUID]
    stage_id: Mapped[UUID]
    stage_kind: Mapped[str]
    stage_entered_at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    product_id: Mapped[UUID | None]
    lead_id: Mapped[UUID | None]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    expected_close_date: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    lost_reason: Mapped[str | None]

    @classmethod
    def open(
        cls,
        details: dict[str, Any],
        *,
        pipeline_id: UUID,
        stage: StageState,
        occurred_at: datetime,
        now: datetime,
        identity: UUID | None = None,
        lead_id: UUID | None = None,
    ) -> Self:
        """Open an opportunity in its first stage; `details` holds DETAILS, owner_id and the external id."""
        _demand_kind(stage, OPEN)
        made = cls(id=identity or new_id(), created_at=now, updated_at=now, **details)
        made.pipeline_id, made.lead_id = pipeline_id, lead_id
        made._enter(stage, occurred_at)
        made._tell(OpportunityOpened, occurred_at, stage_id=stage.id)
        return made

    def advance(self, stage: StageState, occurred_at: datetime, now: datetime) -> None:
        """Move to another open stage, forward or back."""
        self._demand_open(occurred_at)
        _demand_kind(stage, OPEN)
        if stage.id == self.stage_id:
            raise Conflict("already-in-stage")
        left = self._enter(stage, occurred_at, now)
        self._tell(OpportunityStageChanged, occurred_at, from_stage_id=left, stage_id=stage.id)

    def win(
        self, stage: StageState, occurred_at: datetime, now: datetime, amount_minor: int | None = None
    ) -> None:
        """Close as won, for this amount or the one it has."""
        self._demand_open(occurred_at)
        _demand_kind(stage, WON)
        if amount_minor is not None:
            self.amount_minor = amount_minor
        left = self._enter(stage, occurred_at, now)
        money = {"amount_minor": self.amount_minor, "currency": self.currency}
        self._tell(OpportunityWon, occurred_at, from_stage_id=left, stage_id=stage.id, **money)

    def lose(self, stage: StageState, reason: str, occurred_at: datetime, now: datetime) -> None:
        """Close as lost, and say why."""
        self._demand_open(occurred_at)
        _demand_kind(stage, LOST)
        self.lost_reason = reason
        left = self._enter(stage, occurred_at, now)
        self._tell(OpportunityLost, occurred_at, from_stage_id=left, stage_id=stage.id, lost_reason=reason)

    def reopen(self, stage: StageState, occurred_at: datetime, now: datetime) -> None:
        """Put a closed opportunity back into an open stage."""
        self._ask_present()
        if self.stage_kind == OPEN:
            raise Conflict("not-closed")
        _demand_kind(stage, OPEN)
        self._demand_order(occurred_at)
        self.lost_reason = None
        left = self._enter(stage, occurred_at, now)
        self._tell(OpportunityReopened, occurred_at, from_stage_id=left, stage_id=stage.id)

    def enter(
        self,
        stage: StageState,
        occurred_at: datetime,
        now: datetime,
        *,
        amount: int | None = None,
        reason: str | None = None,
    ) -> None:
        """Take one step of a past by the verb that its stage stands for."""
        if reason is None and stage.kind == LOST:
            raise Conflict("lost-reason-missing")
        if amount is not None:
            self.amount_minor = amount
        if stage.kind == WON:
            self.win(stage, occurred_at, now)
        elif stage.kind == LOST:
            self.lose(stage, reason or "", occurred_at, now)
        else:
            (self.advance if self.stage_kind == OPEN else self.reopen)(stage, occurred_at, now)

    def revise(self, details: dict[str, Any], now: datetime) -> None:
        """Change facts other than stage and owner; what stays the same records nothing."""
        self._ask_present()
        changed = {name: value for name, value in details.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self.updated_at = now
            self._tell(OpportunityRevised, now)

    def assign(self, owner_id: UUID, now: datetime) -> None:
        """Give it to another owner."""
        self._ask_present()
        if owner_id != self.owner_id:
            left, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(OpportunityAssigned, now, from_owner_id=left)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(OpportunityDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted")
        self.deleted_at, self.updated_at = None, now
        self._tell(OpportunityRestored, now)

    def state(self) -> OpportunityState:
        """Return the public read shape."""
        return self.shaped(OpportunityState)

    def _enter(self, stage: StageState, occurred_at: datetime, now: datetime | None = None) -> UUID | None:
        """Stand in a stage from `occurred_at` on; return the stage that was left."""
        left: UUID | None = self.__dict__.get("stage_id")
        self.stage_id, self.stage_kind, self.stage_entered_at = stage.id, stage.kind, occurred_at
        self.closed_at = None if stage.kind == OPEN else occurred_at
        self.updated_at = now or self.updated_at
        return left

    def _tell(self, kind: type[OpportunityFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(kind(opportunity_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted")

    def _demand_open(self, occurred_at: datetime) -> None:
        self._ask_present()
        if self.stage_kind != OPEN:
            raise Conflict("already-closed")
        self._demand_order(occurred_at)

    def _demand_order(self, occurred_at: datetime) -> None:
        """Hold time's order: nobody leaves a stage before he came."""
        if occurred_at < self.stage_entered_at:
            raise Conflict("out-of-order")


def _demand_kind(stage: StageState, kind: str) -> None:
    if stage.kind != kind:
        raise Conflict("wrong-stage-kind")
