"""A template: the words of a mail, with variables that are filled in for each recipient."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.marketing import (
    TemplateAdded,
    TemplateAssigned,
    TemplateDeleted,
    TemplateFact,
    TemplateRestored,
    TemplateRevised,
    TemplateState,
)

WORDS = ("subject", "html", "text")
DETAILS = ("name", "language", *WORDS)


class Template(Aggregate, External, Base):
    """Its words were checked when they were saved: see rendering."""

    __tablename__ = "template"

    owner_id: Mapped[UUID]
    name: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    html: Mapped[str]
    text: Mapped[str | None]

    @classmethod
    def add(cls, details: dict[str, Any], now: datetime) -> Self:
        """Add a template; `details` holds DETAILS, owner_id and the external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, **details)
        made._tell(TemplateAdded, now)
        return made

    def revise(self, details: dict[str, Any], now: datetime) -> None:
        """Change name or words; what stays the same tells nothing."""
        self._ask_present()
        changed = {name: value for name, value in details.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self.updated_at = now
            self._tell(TemplateRevised, now)

    def assign(self, owner_id: UUID, now: datetime) -> None:
        """Give it to another owner."""
        self._ask_present()
        if owner_id != self.owner_id:
            left, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(TemplateAssigned, now, from_owner_id=left)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(TemplateDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(TemplateRestored, now)

    def state(self) -> TemplateState:
        """Return the public read shape."""
        return TemplateState.model_validate(self, from_attributes=True)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _tell(self, fact: type[TemplateFact], now: datetime, **facts: Any) -> None:
        self.record(fact(template_id=self.id, occurred_at=now, state=self.state(), **facts))
