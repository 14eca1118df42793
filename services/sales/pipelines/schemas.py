"""Pipelines as the API takes and shows them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import ExternalRef, Instant, Text
from libs.contracts.sales import StageState


class StageIn(BaseModel):
    """A stage; one that exists is named by its id."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    name: Text
    kind: Literal["open", "won", "lost"]
    probability: Annotated[Decimal, Field(ge=0, le=1, max_digits=4, decimal_places=3)] = Decimal(0)


Stages = Annotated[list[StageIn], Field(min_length=3, max_length=30)]


class PipelineCreate(BaseModel):
    """A new pipeline: open stages in order, then won and lost."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    stages: Stages
    external_id: ExternalRef | None = None


class PipelineUpdate(BaseModel):
    """What changes; stages are given as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    stages: Stages | None = None


class PipelineRead(BaseModel):
    """A pipeline."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    stages: list[StageState]
    created_at: Instant
    updated_at: Instant
    deleted_at: datetime | None
