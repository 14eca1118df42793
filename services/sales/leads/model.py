"""A lead: a person who may buy, until he is converted into account, contact and opportunity."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.crypto import ERASED
from libs.common.db import Base, External
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.sales import (
    LeadAssigned,
    LeadCaptured,
    LeadConverted,
    LeadDeleted,
    LeadErased,
    LeadFact,
    LeadRestored,
    LeadRevised,
    LeadShared,
    LeadState,
    LeadUnshared,
)
from libs.platform.access.collaborators import Shared
from libs.platform.phones import ERASED_PHONE, Phone

register(
    {
        "already-converted": ("The lead is converted already", "该线索已转化"),
        "company-name-missing": (
            "Name the account, or the company that becomes one",
            "请指定客户，或填写将成为客户的公司名称",
        ),
    }
)

DETAILS = ("family_name", "given_name", "company_name", "email", "title", "source")
PERSONAL = ("family_name", "given_name", "email", "title")


class Lead(Shared, External, Base):
    __tablename__ = "lead"
    SHARED, UNSHARED = LeadShared, LeadUnshared

    owner_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    family_name: Mapped[str]
    given_name: Mapped[str | None]
    company_name: Mapped[str | None]
    email: Mapped[str | None]
    email_key: Mapped[str | None]
    phone: Mapped[str | None]
    phone_index: Mapped[str | None]
    phone_last4_index: Mapped[str | None]
    phone_mask: Mapped[str | None]
    title: Mapped[str | None]
    source: Mapped[str | None]
    converted_at: Mapped[datetime | None]
    account_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    opportunity_id: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]

    @classmethod
    def capture(
        cls,
        lead_id: UUID,
        details: Mapping[str, Any],
        phone: Phone | None,
        occurred_at: datetime,
        now: datetime,
    ) -> Self:
        """Take a person in; `details` holds DETAILS, subject_id, owner_id and the external id."""
        lead = cls(id=lead_id, created_at=now, updated_at=now, **details)
        lead._keep(phone)
        lead._fold()
        lead._tell(LeadCaptured, occurred_at)
        return lead

    def revise(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change facts about the lead; `details` may hold `phone`, a Phone or None."""
        self._ask_present()
        self._ask_unconverted()
        changed = [name for name in DETAILS if name in details and details[name] != getattr(self, name)]
        for name in changed:
            setattr(self, name, details[name])
        # Two ciphertexts of one number differ: what tells numbers apart is their blind index.
        if "phone" in details and (details["phone"].index if details["phone"] else None) != self.phone_index:
            self._keep(details["phone"])
            changed.append("phone")
        if changed:
            self._fold()
            self.updated_at = now
            self._tell(LeadRevised, now)

    def assign(self, owner_id: UUID, now: datetime) -> None:
        """Give the lead to another owner."""
        self._ask_present()
        if owner_id != self.owner_id:
            before, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(LeadAssigned, now, from_owner_id=before)

    def ask_convertible(self, account_id: UUID | None) -> None:
        """Raise Conflict unless it can become business at this account, or at a new one.

        Names of accounts are public, so a person's name never becomes one.
        """
        self._ask_present()
        self._ask_unconverted()
        if account_id is None and self.company_name is None:
            raise Conflict("company-name-missing", id=self.id)

    def convert(
        self,
        *,
        account_id: UUID | None,
        contact_id: UUID | None,
        opportunity_id: UUID | None,
        minted: tuple[UUID, UUID],
        occurred_at: datetime,
        now: datetime,
    ) -> None:
        """Become business, once: at the account and contact named, or at new ones under the ids minted."""
        self.ask_convertible(account_id)
        self.account_id, self.contact_id = account_id or minted[0], contact_id or minted[1]
        self.opportunity_id = opportunity_id
        self.converted_at, self.updated_at = occurred_at, now
        self._tell(
            LeadConverted,
            occurred_at,
            account_id=self.account_id,
            contact_id=self.contact_id,
            opportunity_id=opportunity_id,
            creates_account=account_id is None,
            creates_contact=contact_id is None,
        )

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
        self._tell(LeadErased, now)

    def delete(self, now: datetime) -> None:
        """Put the lead into the recycle bin."""
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)
        self.deleted_at = self.updated_at = now
        self._tell(LeadDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take the lead out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(LeadRestored, now)

    def state(self) -> LeadState:
        """Return the public read shape; its personal fields are sealed on their way out."""
        return self.shaped(LeadState)

    def _ask_present(self) -> None:
        if self.erased_at is not None:
            raise Conflict("erased", id=self.id)
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _ask_unconverted(self) -> None:
        if self.converted_at is not None:
            became = {name: getattr(self, name) for name in ("account_id", "contact_id", "opportunity_id")}
            raise Conflict("already-converted", id=self.id, **became)

    def _keep(self, phone: Phone | None) -> None:
        self.phone = phone.sealed if phone else None
        self.phone_index = phone.index if phone else None
        self.phone_last4_index = phone.last4_index if phone else None
        self.phone_mask = phone.mask if phone else None

    def _fold(self) -> None:
        self.email_key = email_key(self.email) if self.email else None

    def _tell(self, fact: type[LeadFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(lead_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))


def email_key(email: str) -> str:
    """Fold an e-mail address to what is compared; providers' own aliases are left alone."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
