"""The feed as the API shows it."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class CloudEvent(BaseModel):
    """A CloudEvent 1.0 in structured mode.

    `data` is the event with personal fields in the clear, `[erased]` where the person was forgotten and
    `[pending]` where his key has not come; sensitive fields are left out.
    """

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
    """A page of events; ask again with `next_cursor`, which always stands.

    A page may be empty and `has_more` true: what it looked at was not for this reader.
    """

    items: list[CloudEvent]
    next_cursor: str
    has_more: bool
