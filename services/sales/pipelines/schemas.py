"""Pipelines as the API takes and shows them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from libs.common.schemas import ExternalRef, Text, kept

_SHARE: dict[str, Any] = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.001},
        {"type": "string", "pattern": r"^(0(\.[0-9]{1,3})?|1(\.0{1,3})?)$"},
    ]
}
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=4, decimal_places=3), WithJsonSchema(_SHARE)]


class StageIn(BaseModel):
    """A stage; its id is the server's."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    kind: Literal["open", "won", "lost"]
    probability: Share = Decimal(0)


class StageOut(BaseModel):
    """A stage as it is shown."""

    id: UUID
    name: str
    kind: str
    probability: Decimal


class StageChange(StageIn):
    """A stage of a pipeline that is there: one that stays is named by its id."""

    id: UUID | None = None


class PipelineCreate(BaseModel):
    """A new pipeline: open stages in order, then won and lost."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    stages: Annotated[list[StageIn], Field(min_length=3, max_length=30)]
    external_id: ExternalRef | None = None


class PipelineUpdate(BaseModel):
    """What changes; stages are given as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    stages: Annotated[list[StageChange], Field(min_length=3, max_length=30)] = kept()


class PipelineRead(BaseModel):
    """A pipeline."""

    shows: ClassVar[str] = "pipeline"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    stages: list[StageOut]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
