"""SLA policies as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import ExternalRef, Text, kept

# Two years of working days: what is promised later than that is no promise.
MOST_MINUTES = 365 * 1440

Priority = Literal["low", "medium", "high", "critical"]
Minutes = Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES, description="Of business time.")]
Percent = Annotated[int, Field(strict=True, ge=1, le=99)]
Position = Annotated[int, Field(strict=True, ge=0, le=10**6)]
Names = Annotated[list[Text], Field(max_length=100)]
Priorities = Annotated[list[Priority], Field(max_length=4)]


class Target(BaseModel):
    """How soon tickets of one priority, or of `any` other, are to be answered and solved."""

    model_config = ConfigDict(extra="forbid")

    priority: Literal["low", "medium", "high", "critical", "any"]
    first_response_minutes: Minutes | None = None
    resolution_minutes: Minutes | None = None


Targets = Annotated[list[Target], Field(max_length=5)]


class SlaPolicyCreate(BaseModel):
    """A new policy; it holds for tickets that fit every list given, and the lowest `position` comes first."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    calendar_id: UUID
    position: Position = 100
    priorities: Priorities = []
    categories: Names = []
    channels: Names = []
    tiers: Names = []
    targets: Targets
    warn_at_percent: Percent | None = None
    external_id: ExternalRef | None = None


class SlaPolicyUpdate(BaseModel):
    """What changes; lists are given as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    calendar_id: UUID = kept()
    position: Position = kept()
    priorities: Priorities = kept()
    categories: Names = kept()
    channels: Names = kept()
    tiers: Names = kept()
    targets: Targets = kept()
    warn_at_percent: Percent | None = None


class TargetOut(BaseModel):
    """The targets of one priority, in business minutes."""

    priority: str
    first_response_minutes: int | None
    resolution_minutes: int | None


class SlaPolicyRead(BaseModel):
    """An SLA policy."""

    shows: ClassVar[str] = "sla-policy"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    position: int
    calendar_id: UUID
    priorities: list[str]
    categories: list[str]
    channels: list[str]
    tiers: list[str]
    targets: list[TargetOut]
    warn_at_percent: int | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
