"""Signing in, as the API takes and shows it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.auth.passwords import LONGEST, SHORTEST


class SignIn(BaseModel):
    """An e-mail address and a password; what does not exist is refused like what is wrong.

    `code` is asked of whoever turned his second factor on: of his authenticator app, or a recovery code.
    """

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00]*$")]
    password: Annotated[str, StringConstraints(max_length=200)] = Field(
        json_schema_extra={"format": "password"}
    )
    code: Annotated[str, StringConstraints(max_length=20, pattern=r"^[^\x00]*$")] | None = None


Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST, pattern=r"^[^\x00]*$")]


class PasswordChange(BaseModel):
    """Your own new password, and the present one as proof; it ends all your sessions."""

    model_config = ConfigDict(extra="forbid")

    current_password: Annotated[str, StringConstraints(max_length=200)] = Field(
        json_schema_extra={"format": "password"}
    )
    password: Password = Field(json_schema_extra={"format": "password"})


class Device(BaseModel):
    """An open session of yours: on which device, from which network, last used when."""

    id: UUID
    device: str | None
    address: str | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


class Devices(BaseModel):
    """Your open sessions, the one used last first."""

    devices: list[Device]


class Refresh(BaseModel):
    """The newest refresh token of a session."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: Annotated[str, StringConstraints(max_length=200)]


class Tokens(BaseModel):
    """An access token for the next minutes, and the refresh token that replaces the one used."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105 - A scheme's name.
    expires_in: int
    user_id: UUID


class BrowserSession(BaseModel):
    """Who signed in, and when he must again at the latest; the credential is in the cookie alone."""

    user_id: UUID
    expires_at: datetime


class KeySet(BaseModel):
    """The public keys (RFC 7517)."""

    keys: list[dict[str, Any]]


class Me(BaseModel):
    """The signed-in user, the scopes of each of his permissions, and the fields that he may not change.

    `fields` says by kind of record what each of these is to him: hidden, masked or read.
    """

    id: UUID
    version: int
    email: str
    name: str
    department_id: UUID | None
    manager_id: UUID | None
    role_ids: list[UUID]
    locale: str
    time_zone: str
    permissions: dict[str, list[str]]
    fields: dict[str, dict[str, str]]
