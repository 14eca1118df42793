"""Imports as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from libs.common.schemas import kept

MEBIBYTE = 1024 * 1024
LARGEST_FILE = 64 * MEBIBYTE
SHOWN_ROWS = 5

type Object = Literal["contact", "account"]
type MatchBy = Literal["external_id", "email", "phone", "name"]
type OnMatch = Literal["update", "skip", "create"]
type MissingAccount = Literal["create", "refuse", "leave"]
ColumnNumber = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,2})$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
SystemName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,64}$")]


class ImportUpdate(BaseModel):
    """What changes; what is not sent stays. Another object or sheet has its columns guessed anew."""

    model_config = ConfigDict(extra="forbid")

    object: Object = kept()
    sheet: Annotated[int, Field(strict=True, ge=0, lt=1000)] = kept()
    mapping: Annotated[
        dict[ColumnNumber, FieldName],
        Field(description="Which field each column fills: by the column's number, from 0."),
    ] = kept()
    match_by: MatchBy | None = None
    on_match: OnMatch = kept()
    external_system: SystemName = kept()
    missing_account: MissingAccount = kept()
    default_owner_id: UUID | None = None

    @model_validator(mode="after")
    def _fills_each_field_once(self) -> "ImportUpdate":
        if "mapping" in self.model_fields_set and len({*self.mapping.values()}) < len(self.mapping):
            raise ValueError("two columns fill the same field")
        return self


class ImportRead(BaseModel):
    """An import with how far it has come, in rows below the header; `total` is what the table holds."""

    shows: ClassVar[str] = "import"

    id: UUID
    version: int
    owner_id: UUID | None
    object: str
    format: str
    size_bytes: int
    status: str
    reason: str | None
    mapping: dict[str, str]
    sheet: int
    match_by: str | None
    on_match: str
    external_system: str
    missing_account: str
    default_owner_id: UUID | None
    total: int
    rows: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    deleted_at: datetime | None


class ColumnRead(BaseModel):
    """A column: its number, what stands above it, and the field that it seems to hold."""

    number: int
    heading: str
    guess: str | None


class ImportDetail(ImportRead):
    """An import with what its file looks like, which its owner alone is shown."""

    filename: str | None
    sheets: list[str]
    columns: list[ColumnRead]
    sample: Annotated[list[list[str]], Field(max_length=SHOWN_ROWS)]


def unread(kind: str) -> dict[str, Any]:
    """Return the OpenAPI of a body that is a file."""
    return {"schema": {"type": "string", "format": "binary", "description": kind}}
