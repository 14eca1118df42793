"""Roles as the API takes and shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import ExternalRef, Instant, Text, kept
from libs.platform.access.fields import Level, is_known, is_maskable
from libs.platform.access.scopes import Scope

Permission = Annotated[
    str, StringConstraints(max_length=80, pattern=r"^([a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*|\*:\*)$")
]
Permissions = Annotated[
    dict[Permission, Scope],
    Field(max_length=300, description="`resource:action` and how far it reaches; `*:*` is every permission."),
]


def _known(name: str) -> str:
    """Take a field that roles may speak of."""
    if not is_known(name):
        raise ValueError("no field that roles may speak of")
    return name


def _maskable(fields: dict[str, Level]) -> dict[str, Level]:
    """Take masks of texts alone."""
    if any(level is Level.MASKED and not is_maskable(name) for name, level in fields.items()):
        raise ValueError("only a text has a mask")
    return fields


FieldLevels = Annotated[
    dict[Annotated[str, StringConstraints(max_length=120), AfterValidator(_known)], Level],
    Field(
        max_length=300,
        description="`kind.field` and how much of it the role gives; what is not named it gives whole.",
    ),
    AfterValidator(_maskable),
]


class RoleCreate(BaseModel):
    """A new role."""

    model_config = ConfigDict(extra="forbid")

    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None
    name: Text
    permissions: Permissions
    fields: FieldLevels = {}


class RoleUpdate(BaseModel):
    """What changes; what is not sent stays. `permissions` and `fields` replace all of them."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    permissions: Permissions = kept()
    fields: FieldLevels = kept()


class RoleRead(BaseModel):
    """A role."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    permissions: dict[str, str]
    fields: dict[str, str]
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
