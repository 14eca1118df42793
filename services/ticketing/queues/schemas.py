"""Queues as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import ExternalRef, Text, kept
from services.ticketing.queues.model import Assignment

Members = Annotated[list[UUID], Field(max_length=500)]


class QueueCreate(BaseModel):
    """A new queue."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    assignment: Assignment = Assignment.ROUND_ROBIN
    member_ids: Members = []
    external_id: ExternalRef | None = None


class QueueUpdate(BaseModel):
    """What changes; members are given as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    assignment: Assignment = kept()
    member_ids: Members = kept()


class QueueRead(BaseModel):
    """A queue."""

    shows: ClassVar[str] = "queue"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    assignment: str
    member_ids: list[UUID]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
