"""A second factor, as the API takes and shows it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(min_length=6, max_length=20, pattern=r"^[A-Za-z0-9 -]+$")]


class SecondFactorBegin(BaseModel):
    """Your password, as proof that it is you."""

    model_config = ConfigDict(extra="forbid")

    password: Annotated[str, StringConstraints(max_length=200)] = Field(
        json_schema_extra={"format": "password"}
    )


class SecondFactorProof(SecondFactorBegin):
    """Your password and a code: of your authenticator app, or a recovery code."""

    code: Code


class SecondFactorConfirm(BaseModel):
    """A code of the app that has just been set up."""

    model_config = ConfigDict(extra="forbid")

    code: Code


class Enrollment(BaseModel):
    """What an authenticator app needs: the secret to type, or the address to draw as a QR code."""

    secret: str
    address: str


class RecoveryCodes(BaseModel):
    """Codes for the day that the app is lost, each good for one sign-in; they are never shown again."""

    codes: list[str]


class SecondFactorRead(BaseModel):
    """Whether a sign-in asks you for a code, since when, and how many recovery codes are left."""

    is_on: bool
    since: datetime | None
    recovery_codes_left: int
