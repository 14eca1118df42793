"""The funnel as the API shows it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class Money(BaseModel):
    """An amount in the currency's minor unit; sums never cross currencies."""

    currency: str
    amount_minor: int


class FunnelStage(BaseModel):
    """A stage and the cohort that entered it: `moved_on` are elsewhere now, `current` stand here."""

    stage_id: UUID
    pipeline_id: UUID
    name: str
    kind: str
    position: int
    entered: int = 0
    entered_amounts: list[Money] = []
    moved_on: int = 0
    current: int = 0
    current_amounts: list[Money] = []
    won: int = 0
    lost: int = 0


class Funnel(BaseModel):
    """The stages in order; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    stages: list[FunnelStage]
