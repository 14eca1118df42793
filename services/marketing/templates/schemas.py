"""Templates as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from libs.common.schemas import Document, ExternalRef, LongText, Text, kept

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=12)]


class TemplateCreate(BaseModel):
    """A new template; without `text` the words of `html` are sent as text too."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    language: Language = "en"
    subject: Text
    html: Document
    text: LongText | None = None
    owner_id: UUID | None = None
    external_id: ExternalRef | None = None


class TemplateUpdate(BaseModel):
    """What changes; what is not sent stays. A new `owner_id` needs template:assign."""

    model_config = ConfigDict(extra="forbid")

    name: Text = kept()
    language: Language = kept()
    subject: Text = kept()
    html: Document = kept()
    text: LongText | None = None
    owner_id: UUID = kept()


class TemplateRead(BaseModel):
    """A template."""

    shows: ClassVar[str] = "template"

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    language: str
    subject: str
    html: str
    text: str | None
    owner_id: UUID
    external_system: str | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Preview(BaseModel):
    """Whose mail is to be shown."""

    model_config = ConfigDict(extra="forbid")

    contact_id: UUID


class Previewed(BaseModel):
    """A mail as this contact would get it."""

    subject: str
    html: str
    text: str
