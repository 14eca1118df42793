"""Users as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import Email, ExternalRef, Instant, Text, kept
from services.auth.sessions.schemas import Password

_ZONES = frozenset(available_timezones())
MOST_ROLES = 50


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("no time zone of the IANA database")
    return name


def _each_once(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
RoleIds = Annotated[list[UUID], Field(max_length=MOST_ROLES), AfterValidator(_each_once)]
Locale = Literal["en", "zh"]


class UserCreate(BaseModel):
    """A new user; without a password he cannot sign in yet. Roles need role:assign.

    `invite` has a link mailed to him by which he sets his own.
    """

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: Text
    password: Password | None = None
    invite: bool = False
    department_id: UUID | None = None
    manager_id: UUID | None = None
    role_ids: RoleIds = []
    locale: Locale = "en"
    time_zone: TimeZone = "UTC"
    external_id: ExternalRef | None = None
    occurred_at: Instant | None = None


class ServiceAccountCreate(BaseModel):
    """A user for programs: no address, no password; `manager_id` is the person who answers for it, or you."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    manager_id: UUID = kept()
    department_id: UUID | None = None
    role_ids: RoleIds = []
    external_id: ExternalRef | None = None


class UserUpdate(BaseModel):
    """What changes; what is not sent stays. Roles need role:assign; a new password ends all sessions."""

    model_config = ConfigDict(extra="forbid")

    email: Email = kept()
    name: Text = kept()
    password: Password = kept()
    department_id: UUID | None = None
    manager_id: UUID | None = None
    role_ids: RoleIds = kept()
    locale: Locale = kept()
    time_zone: TimeZone = kept()


class UserRead(BaseModel):
    """A user."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    email: str
    name: str
    department_id: UUID | None
    manager_id: UUID | None
    role_ids: list[UUID]
    locale: str
    time_zone: str
    is_active: bool
    is_service: bool
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
