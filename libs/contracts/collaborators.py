"""Whom a record was shared with: a part of the state of every record that can be shared."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.common.events import State


class Collaborator(BaseModel):
    """A user beside the owner: `access` is `read`, or `write` which reads too, until `expires_at`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    user_id: UUID
    access: str
    expires_at: datetime | None = None


class SharedState(State):
    """The state of a record that can be shared; without collaborators there is nothing to send."""

    collaborators: tuple[Collaborator, ...] | None = None
