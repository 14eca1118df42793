"""The timeline as the API shows it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class Entry(BaseModel):
    """Something that happened: `kind` is what to what, as in `opportunity.won`.

    `facts` are a few of the event's own and of the record after it; what is personal is `[erased]` where the
    person was forgotten.
    """

    event_id: UUID
    type: str
    kind: str
    time: datetime
    actor: str | None
    actor_name: str | None
    record_type: str
    record_id: UUID
    title: str | None
    facts: dict[str, Any]


class Timeline(BaseModel):
    """A page, newest first."""

    items: list[Entry]
    next_cursor: str | None
