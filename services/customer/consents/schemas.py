"""Consents as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from libs.common.schemas import Instant, LongText, Text

# Open words: a company adds purposes and channels of its own.
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class ConsentGive(BaseModel):
    """What a contact agreed to; `proof` is what shows it: a form's text, a call's note, a file's name."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID
    purpose: Word
    channel: Word
    wording_version: Text
    source: Text
    proof: LongText | None = None
    occurred_at: Instant | None = None


class ConsentWithdraw(BaseModel):
    """What a contact objects to, whether he ever agreed or not."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID
    purpose: Word
    channel: Word
    source: Text = "by hand"
    reason: Text | None = None
    occurred_at: Instant | None = None


class ConsentRead(BaseModel):
    """What a contact said last about one purpose on one channel."""

    shows: ClassVar[str] = "consent"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    contact_id: UUID
    purpose: str
    channel: str
    status: str
    wording_version: str | None
    source: str | None
    proof: str | None
    reason: str | None
    given_at: datetime | None
    withdrawn_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    erased_at: datetime | None


class ConsentEntryRead(BaseModel):
    """One line of the ledger: what was said, when, where, and who wrote it down."""

    shows: ClassVar[str] = "consent"

    id: UUID
    consent_id: UUID
    contact_id: UUID
    purpose: str
    channel: str
    kind: str
    wording_version: str | None
    source: str | None
    proof: str | None
    reason: str | None
    actor: str
    occurred_at: datetime
    recorded_at: datetime
