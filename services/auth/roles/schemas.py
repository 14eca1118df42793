"""Roles as the API takes and shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import ExternalRef, Instant, Text, kept
from libs.platform.access.scopes import Scope

Permission = Annotated[
    str, StringConstraints(max_length=80, pattern=r"^([a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*|\*:\*)$")
]
Permissions = Annotated[
    dict[Permission, Scope],
    Field(max_length=300, description="`resource:action` and how far it reaches; `*:*` is every permission."),
]


class RoleCreate(BaseModel):
    """A new role."""

    model_config = ConfigDict(extra="forbid")

    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None
    name: Text
    permissions: Permissions


class RoleUpdate(BaseModel):
    """What changes; what is not sent stays. `permissions` replaces all of them."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    permissions: Permissions = kept()


class RoleRead(BaseModel):
    """A role."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    permissions: dict[str, str]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
