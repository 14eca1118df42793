"""Facts of sales as analytics reads them, valid by default; stages and owners are named by small numbers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.contracts.sales import (
    OpportunityAssigned,
    OpportunityDeleted,
    OpportunityFact,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityStageChanged,
    OpportunityState,
    OpportunityWon,
    PipelineOpened,
    PipelineState,
    StageState,
)

JANUARY = datetime(2026, 1, 10, 9, tzinfo=UTC)
MARCH = datetime(2026, 3, 5, 9, tzinfo=UTC)
PIPELINE = UUID(int=900)
FIRST, SECOND, WON, LOST = UUID(int=901), UUID(int=902), UUID(int=903), UUID(int=904)
KINDS = {FIRST: "open", SECOND: "open", WON: "won", LOST: "lost"}
PATH = (UUID(int=51), UUID(int=52))


def make_state(number: int, stage: UUID = FIRST, at: datetime = JANUARY, **details: Any) -> OpportunityState:
    given: dict[str, Any] = {
        "id": UUID(int=number),
        "name": f"Opportunity {number}",
        "pipeline_id": PIPELINE,
        "stage_id": stage,
        "stage_kind": KINDS[stage],
        "stage_entered_at": at,
        "account_id": None,
        "contact_id": None,
        "product_id": None,
        "lead_id": None,
        "amount_minor": 1000,
        "currency": "EUR",
        "expected_close_date": None,
        "closed_at": None if KINDS[stage] == "open" else at,
        "lost_reason": None,
        "owner_id": UUID(int=2),
        "deleted_at": None,
    }
    return OpportunityState(**(given | details))


def _fact(kind: type[OpportunityFact], state: OpportunityState, **facts: Any) -> OpportunityFact:
    path = facts.pop("owner_path", PATH)
    return kind(
        opportunity_id=state.id, occurred_at=state.stage_entered_at, state=state, owner_path=path, **facts
    )


def opened(number: int, at: datetime = JANUARY, **details: Any) -> OpportunityFact:
    return _fact(OpportunityOpened, make_state(number, at=at, **details), stage_id=FIRST)


def moved(number: int, stage: UUID = SECOND, at: datetime = MARCH, **details: Any) -> OpportunityFact:
    state = make_state(number, stage, at, **details)
    return _fact(OpportunityStageChanged, state, from_stage_id=FIRST, stage_id=stage)


def won(number: int, at: datetime = MARCH, amount_minor: int = 1500, **details: Any) -> OpportunityFact:
    state = make_state(number, WON, at, amount_minor=amount_minor, **details)
    money = {"amount_minor": amount_minor, "currency": state.currency}
    return _fact(OpportunityWon, state, from_stage_id=FIRST, stage_id=WON, **money)


def reopened(number: int, at: datetime = MARCH) -> OpportunityFact:
    return _fact(OpportunityReopened, make_state(number, FIRST, at), from_stage_id=WON, stage_id=FIRST)


def assigned(number: int, owner: int, **details: Any) -> OpportunityFact:
    state = make_state(number, owner_id=UUID(int=owner), **details)
    return _fact(OpportunityAssigned, state, from_owner_id=UUID(int=2), owner_path=(UUID(int=51),))


def deleted(number: int) -> OpportunityFact:
    return _fact(OpportunityDeleted, make_state(number, deleted_at=MARCH))


def pipeline() -> PipelineOpened:
    names = {FIRST: "New", SECOND: "Talking", WON: "Won", LOST: "Lost"}
    stages = tuple(StageState(id=each, name=names[each], kind=KINDS[each], probability=0) for each in KINDS)
    state = PipelineState(id=PIPELINE, name="Direct", stages=stages, deleted_at=None)
    return PipelineOpened(pipeline_id=PIPELINE, occurred_at=JANUARY, state=state)
