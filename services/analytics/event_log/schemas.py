"""The feed as the API shows it."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class CloudEvent(BaseModel):
    """A CloudEvent 1.0 in structured mode; `data` is the event, with what is personal as ciphertext."""

    model_config = ConfigDict(extra="allow")

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    sequence: str
    data: dict[str, Any]


class Feed(BaseModel):
    """A page of events; ask again with `next_cursor`, which always stands."""

    items: list[CloudEvent]
    next_cursor: str
