"""Deliveries as the API shows them, and what is to be delivered again."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from libs.common.schemas import Instant


class DeliveryRead(BaseModel):
    """One event on its way to one webhook; `id` is the header `webhook-id` of every attempt."""

    id: UUID
    event_id: UUID
    event_type: str
    event_time: datetime
    status: str
    attempts: int
    next_at: datetime
    last_status: int | None
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


class Redeliver(BaseModel):
    """One delivery, a range of time, what is behind a cursor, or what meets several of these."""

    model_config = ConfigDict(extra="forbid")

    delivery_id: UUID | None = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    since: Annotated[str | None, StringConstraints(max_length=16_384)] = None
    statuses: Annotated[
        list[Literal["delivered", "dead", "held", "withheld"]] | None, Field(min_length=1, max_length=4)
    ] = None


class Redelivery(BaseModel):
    """How many deliveries begin again; with `has_more`, ask again for the rest."""

    count: int
    has_more: bool


class Cursor(BaseModel):
    """Where all that has been read ends now; a later redelivery may begin here."""

    cursor: str


class Test(BaseModel):
    """The delivery of a test event."""

    delivery_id: UUID
