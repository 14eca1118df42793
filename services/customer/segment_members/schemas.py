"""Members of segments as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.common.schemas import LongText, Text

MOST_AT_ONCE = 200


class Picked(BaseModel):
    """Contacts to put into a static segment, or to take out of it."""

    model_config = ConfigDict(extra="forbid")

    contact_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Changed(BaseModel):
    """How many contacts entered or left; the others were in, or out, already."""

    changed: int
    unchanged: int


class SegmentMemberRead(BaseModel):
    """A contact in a segment, and why he is in it or left it."""

    shows: ClassVar[str] = "segment-member"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    segment_id: UUID
    contact_id: UUID
    family_name: str | None = None
    given_name: str | None = None
    is_member: bool
    reason: str
    entered_at: datetime
    left_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Snapshot(BaseModel):
    """The name of the static segment that keeps who is in this one now."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    description: LongText | None = None


class ExplainedNode(BaseModel):
    """One node of the rule, in order: where it stands, what it asks, and whether it holds."""

    pointer: str
    op: str
    field: str | None
    value: Any
    holds: bool


class Explained(BaseModel):
    """Why a contact is in a segment or not; `is_present` says that he is not deleted, merged or erased."""

    contact_id: UUID
    is_member: bool
    reason: str | None
    is_present: bool
    nodes: list[ExplainedNode]
