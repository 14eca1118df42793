"""A new password by mail, as the API takes it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.auth.sessions.schemas import Password

LinkToken = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]*$")]


class PasswordResetAsk(BaseModel):
    """Whose password is to be set anew; the answer is the same whether there is such a user or not."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00]*$")]


class PasswordResetConfirm(BaseModel):
    """What stands in the link of the newest mail, a reset's or an invitation's, and the new password."""

    model_config = ConfigDict(extra="forbid")

    token: LinkToken
    password: Password = Field(json_schema_extra={"format": "password"})
