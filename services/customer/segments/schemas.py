"""Segments as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from libs.common.schemas import ExternalRef, Instant, LongText, Text, kept
from services.customer.segments.model import Kind

MOST_IN_SAMPLE = 10

_TREE: dict[str, Any] = {
    "type": "object",
    "description": (
        'A tree: {"and": [...]}, {"or": [...]}, {"not": ...} over conditions '
        '{"field", "op", "value"}; GET /api/v1/segments/fields lists the fields with operators and options.'
    ),
    "minProperties": 1,
    "maxProperties": 6,
    "examples": [
        {
            "and": [
                {"field": "contact.language", "op": "eq", "value": "zh"},
                {"not": {"field": "activity.last_done_at", "op": "within_days", "value": 30}},
            ]
        }
    ],
}
# Read by services.customer.conditions, which points into the tree at what is wrong with it.
Tree = Annotated[dict[str, Any], WithJsonSchema(_TREE)]


class SegmentCreate(BaseModel):
    """A new segment; a dynamic one has a filter, a static one gets members. Without owner the caller's."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    description: LongText | None = None
    kind: Kind
    filter: Tree | None = None
    owner_id: UUID | None = None
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None

    @model_validator(mode="after")
    def _has_a_rule_or_none(self) -> "SegmentCreate":
        if (self.kind is Kind.DYNAMIC) != (self.filter is not None):
            raise ValueError("a dynamic segment has a filter, a static one has none")
        return self


class SegmentUpdate(BaseModel):
    """What changes; what is not sent stays. A new `owner_id` needs segment:assign."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    description: LongText | None = None
    filter: Tree = kept()
    owner_id: UUID | None = None


class SegmentRead(BaseModel):
    """A segment; `member_count` counts all members, and `is_filling` says that more are being looked for."""

    shows: ClassVar[str] = "segment"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    description: str | None
    kind: str
    filter: dict[str, Any] | None
    member_count: int
    is_filling: bool
    owner_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Preview(BaseModel):
    """A rule to be tried."""

    model_config = ConfigDict(extra="forbid")

    filter: Tree


class Sampled(BaseModel):
    """One of the contacts whom a rule describes."""

    shows: ClassVar[str] = "contact"

    id: UUID
    family_name: str
    given_name: str | None
    account_id: UUID | None
    owner_id: UUID | None


class Previewed(BaseModel):
    """How many contacts in the caller's scope a rule describes (at least, when capped), and some of them."""

    count: int
    capped: bool
    sample: Annotated[list[Sampled], Field(max_length=MOST_IN_SAMPLE)]


class FieldRead(BaseModel):
    """What a condition may say about one field."""

    name: str
    operators: list[str]
    options: list[str]
    needs: list[str]


class Fields(BaseModel):
    """Every field that a rule may ask about."""

    items: Annotated[list[FieldRead], Field(max_length=100)]
