"""What is found, as the API shows it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class Hit(BaseModel):
    """A record, its type as in `/search?types=`; the best come first."""

    type: str
    id: UUID
    title: str
    subtitle: str | None
    owner_id: UUID | None
    updated_at: datetime


class Hits(BaseModel):
    """What the caller may see of what is called so."""

    items: list[Hit] = Field(max_length=50)
