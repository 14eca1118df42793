"""Notifications as the API shows them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel


class NotificationRead(BaseModel):
    """A notification; `text` is in the language of the request, `label` names a record that one may read."""

    shows: ClassVar[str] = "notification"

    id: UUID
    version: int
    kind: str
    about_type: str
    about_id: UUID
    facts: dict[str, Any]
    label: str | None
    text: str
    read_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Unread(BaseModel):
    """How many notifications wait to be read."""

    count: int
