"""Messages as the API shows them: never their text, nor the address."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class MessageRead(BaseModel):
    """A message; while `is_being_sent` a mail server has it and nobody can stop it."""

    shows: ClassVar[str] = "message"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    owner_id: UUID | None
    about_type: str
    about_id: UUID
    contact_id: UUID | None
    channel: str
    purpose: str
    message_id: str
    status: str
    attempts: int
    reason: str | None
    reply_code: int | None
    not_after: datetime
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    is_being_sent: bool = False
