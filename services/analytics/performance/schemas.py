"""Sales performance as the API shows it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel


class GroupBy(StrEnum):
    """What a row of the report stands for."""

    OWNER = "owner"
    DEPARTMENT = "department"
    PRODUCT = "product"
    MONTH = "month"


class Amount(BaseModel):
    """An amount in the currency's minor unit; sums never cross currencies."""

    currency: str
    amount_minor: int


class StageSum(BaseModel):
    """How many opportunities of the row stand in a stage."""

    stage_id: UUID
    count: int = 0
    amounts: list[Amount] = []


class PerformanceRow(BaseModel):
    """One owner, department, product or month; `key` is null for opportunities without one."""

    key: str | None
    label: str | None
    open_count: int = 0
    won_count: int = 0
    lost_count: int = 0
    open_amounts: list[Amount] = []
    won_amounts: list[Amount] = []
    lost_amounts: list[Amount] = []
    stages: list[StageSum] = []


class Performance(BaseModel):
    """The rows by key; `as_of` is when the newest event counted here was written."""

    as_of: datetime | None
    rows: list[PerformanceRow]


class OpportunityRecordRead(BaseModel):
    """An opportunity behind the figures, as its newest event shows it."""

    id: UUID
    name: str
    owner_id: UUID
    owner_path: str
    pipeline_id: UUID
    stage_id: UUID
    stage_kind: str
    product_id: UUID | None
    account_id: UUID | None
    contact_id: UUID | None
    currency: str
    amount_minor: int
    close_month: str | None
    account_name: str | None
    contact_name: str | None
