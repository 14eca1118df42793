"""Figures of tickets as the API shows them."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel


class GroupBy(StrEnum):
    """What a row stands for; a month is one of the company's calendar."""

    MONTH = "month"
    QUEUE = "queue"
    OWNER = "owner"
    PRIORITY = "priority"
    CHANNEL = "channel"
    CATEGORY = "category"


class Durations(BaseModel):
    """Wall-clock seconds of `count` tickets; null for none."""

    count: int
    average: float | None
    median: float | None
    p90: float | None


class Volume(BaseModel):
    """How many tickets came, were solved and came back, and how long that took.

    Each is counted when it happened. `open` are those that are not resolved: now, or at a month's end.
    """

    opened: int
    resolved: int
    closed: int
    reopened: int
    open: int
    resolution_seconds: Durations
    first_response_seconds: Durations


class Row(BaseModel):
    """What a row is about; the key is null for tickets without one."""

    key: str | None
    label: str | None = None


class VolumeRow(Row, Volume):
    """One group."""


class TicketVolumes(BaseModel):
    """The rows by key; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    rows: list[VolumeRow]
    total: Volume


class Target(BaseModel):
    """How a promise was kept; `rate` is met of what is decided, null for nothing."""

    met: int
    breached: int
    pending: int
    rate: float | None


class Targets(BaseModel):
    """Both promises of an SLA, of tickets opened in the time asked for."""

    first_response: Target
    resolution: Target


class TargetsRow(Row, Targets):
    """One group."""


class SlaReport(BaseModel):
    """The rows by key."""

    as_of: datetime | None
    rows: list[TargetsRow]
    total: Targets


class Satisfaction(BaseModel):
    """What customers said of tickets resolved in the time asked for, from 1 to 5.

    `finished` tickets are resolved or closed; of those `asked`, so many answered.
    """

    finished: int
    asked: int
    answered: int
    average: float | None
    distribution: dict[str, int]
    response_rate: float | None


class SatisfactionRow(Row, Satisfaction):
    """One group."""


class CsatReport(BaseModel):
    """The rows by key."""

    as_of: datetime | None
    rows: list[SatisfactionRow]
    total: Satisfaction
