"""A contact: a person, usually at an account."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.crypto import ERASED
from libs.common.db import Base, External
from libs.common.problems import Conflict
from libs.contracts.customer import (
    ContactCreated,
    ContactDeleted,
    ContactDetailsChanged,
    ContactErased,
    ContactFact,
    ContactMerged,
    ContactMergeProposed,
    ContactReassigned,
    ContactRestored,
    ContactShared,
    ContactState,
    ContactUnmerged,
    ContactUnshared,
)
from libs.platform.access.collaborators import Shared
from libs.platform.phones import ERASED_PHONE, Phone
from services.customer.matching import email_key

DETAILS = ("account_id", "family_name", "given_name", "email", "title", "language")
PERSONAL = ("family_name", "given_name", "email", "title")


class Contact(Shared, External, Base):
    __tablename__ = "contact"
    SHARED, UNSHARED = ContactShared, ContactUnshared

    owner_id: Mapped[UUID | None]
    subject_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    family_name: Mapped[str]
    given_name: Mapped[str | None]
    email: Mapped[str | None]
    email_key: Mapped[str | None]
    phone: Mapped[str | None]
    phone_index: Mapped[str | None]
    phone_last4_index: Mapped[str | None]
    phone_mask: Mapped[str | None]
    title: Mapped[str | None]
    language: Mapped[str | None]
    merged_into_id: Mapped[UUID | None]
    possible_duplicate_of_id: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]

    @classmethod
    def create(
        cls,
        contact_id: UUID,
        details: Mapping[str, Any],
        phone: Phone | None,
        occurred_at: datetime,
        now: datetime,
    ) -> Self:
        """Take a person in; `details` holds DETAILS, subject_id, owner_id and the external id."""
        folded = email_key(details["email"]) if details.get("email") else None
        columns = {**details, **_columns_of(phone), "email_key": folded}
        contact = cls(id=contact_id, created_at=now, updated_at=now, **columns)
        contact._tell(ContactCreated, occurred_at)
        return contact

    def revise(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change facts about the contact; `details` may hold `phone`, a Phone or None."""
        self._ask_present()
        changed = [name for name in DETAILS if name in details and details[name] != getattr(self, name)]
        for name in changed:
            setattr(self, name, details[name])
        if "phone" in details and (details["phone"].index if details["phone"] else None) != self.phone_index:
            self._keep(details["phone"])
            changed.append("phone")
        if changed:
            self._fold()
            self.updated_at = now
            self._tell(ContactDetailsChanged, now, changed=tuple(changed))

    def reassign(self, owner_id: UUID | None, now: datetime) -> None:
        """Give the contact to another owner, or to nobody."""
        self._ask_present()
        if owner_id != self.owner_id:
            before, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(ContactReassigned, now, from_owner_id=before)

    def propose_merge(self, into_id: UUID, now: datetime) -> None:
        """Mark the contact as a possible duplicate of one who was there before."""
        if self.possible_duplicate_of_id is None and self.merged_into_id is None:
            self.possible_duplicate_of_id, self.updated_at = into_id, now
            self._tell(ContactMergeProposed, now, into_id=into_id)

    def merge(self, into: Self, now: datetime) -> None:
        """Let this contact live on in another; links to him stay as they are."""
        self._ask_present()
        if into.id == self.id or into.deleted_at or into.merged_into_id or into.erased_at:
            raise Conflict("merge-target-unfit", id=into.id)
        self.merged_into_id, self.possible_duplicate_of_id, self.updated_at = into.id, None, now
        self._tell(ContactMerged, now, into_id=into.id)

    def unmerge(self, now: datetime) -> None:
        """Undo the merge."""
        if self.merged_into_id is None:
            raise Conflict("not-merged")
        before, self.merged_into_id, self.updated_at = self.merged_into_id, None, now
        self._tell(ContactUnmerged, now, from_id=before)

    def delete(self, now: datetime) -> None:
        """Move the contact to the recycle bin."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(ContactDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take the contact back from the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted")
        self.deleted_at, self.updated_at = None, now
        self._tell(ContactRestored, now)

    def erase(self, now: datetime) -> None:
        """Blank everything personal, for good; erasing twice is erasing once."""
        if self.erased_at is not None:
            return
        for name in PERSONAL:
            if getattr(self, name) is not None:
                setattr(self, name, ERASED)
        if self.phone is not None:
            self._keep(ERASED_PHONE)
        self.email_key = None
        self.erased_at = self.updated_at = now
        self._tell(ContactErased, now)

    def state(self) -> ContactState:
        """Return the public read shape; its personal fields are sealed on their way out."""
        return self.shaped(ContactState)

    def _ask_present(self) -> None:
        if self.erased_at is not None:
            raise Conflict("erased", id=self.id)
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)
        if self.merged_into_id is not None:
            raise Conflict("merged", id=self.merged_into_id)

    def _keep(self, phone: Phone | None) -> None:
        for name, value in _columns_of(phone).items():
            setattr(self, name, value)

    def _fold(self) -> None:
        self.email_key = email_key(self.email) if self.email else None

    def _tell(self, fact: type[ContactFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(contact_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))


def _columns_of(phone: Phone | None) -> dict[str, str | None]:
    if phone is None:
        return dict.fromkeys(("phone", "phone_index", "phone_last4_index", "phone_mask"))
    return {
        "phone": phone.sealed,
        "phone_index": phone.index,
        "phone_last4_index": phone.last4_index,
        "phone_mask": phone.mask,
    }
