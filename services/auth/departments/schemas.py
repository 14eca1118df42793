"""Departments as the API takes and shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.common.schemas import ExternalRef, Instant, Text, kept


class DepartmentCreate(BaseModel):
    """A new department; without `parent_id` it is a root."""

    model_config = ConfigDict(extra="forbid")

    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None
    name: Text
    parent_id: UUID | None = None
    head_id: UUID | None = None


class DepartmentUpdate(BaseModel):
    """What changes; what is not sent stays."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    head_id: UUID | None = None


class DepartmentMove(BaseModel):
    """The new parent; null makes the department a root."""

    model_config = ConfigDict(extra="forbid")

    parent_id: UUID | None


class DepartmentRead(BaseModel):
    """A department."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    parent_id: UUID | None
    head_id: UUID | None
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
