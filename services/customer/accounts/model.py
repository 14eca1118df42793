"""An account: a company we deal with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.db import Base, External
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.customer import (
    AccountCreated,
    AccountDeleted,
    AccountDetailsChanged,
    AccountFact,
    AccountMerged,
    AccountMergeProposed,
    AccountReassigned,
    AccountRestored,
    AccountShared,
    AccountState,
    AccountUnmerged,
    AccountUnshared,
)
from libs.platform.access.collaborators import Shared
from services.customer.matching import company_key, phone_match

register(
    {
        "currency-missing": ("An amount needs a currency", "金额缺少币种"),
        "merge-target-unfit": ("The other record cannot take this one in", "目标记录不能作为合并对象"),
        "merged": ("The record lives on in another one", "该记录已合并到其他记录"),
        "not-merged": ("The record is not merged", "该记录未被合并"),
        "parent-cycle": ("An account cannot stand below itself", "客户不能隶属于自身"),
    }
)
DETAILS = (
    "name",
    "industry",
    "size",
    "website",
    "phone",
    "country",
    "address",
    "parent_id",
    "level",
    "source",
    "annual_revenue_minor",
    "currency",
    "employees",
    "founded_year",
)


class Account(Shared, External, Base):
    __tablename__ = "account"
    SHARED, UNSHARED = AccountShared, AccountUnshared

    owner_id: Mapped[UUID | None]
    name: Mapped[str]
    name_key: Mapped[str]
    industry: Mapped[str | None]
    size: Mapped[str | None]
    website: Mapped[str | None]
    phone: Mapped[str | None]
    phone_key: Mapped[str | None]
    country: Mapped[str | None]
    address: Mapped[str | None]
    parent_id: Mapped[UUID | None]
    level: Mapped[str | None]
    source: Mapped[str | None]
    annual_revenue_minor: Mapped[int | None]
    currency: Mapped[str | None]
    employees: Mapped[int | None]
    founded_year: Mapped[int | None]
    merged_into_id: Mapped[UUID | None]
    possible_duplicate_of_id: Mapped[UUID | None]

    @classmethod
    def create(
        cls, account_id: UUID, details: Mapping[str, Any], occurred_at: datetime, now: datetime
    ) -> Self:
        """Take an account in; `details` holds DETAILS, owner_id and the external id."""
        account = cls(id=account_id, created_at=now, updated_at=now, **details)
        account._fold()
        account._tell(AccountCreated, occurred_at)
        return account

    def revise(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change facts about the account; what is the same already changes nothing."""
        self._ask_present()
        changed = tuple(name for name in DETAILS if name in details and details[name] != getattr(self, name))
        if changed:
            self._ask_money(details)
            for name in changed:
                setattr(self, name, details[name])
            self._fold()
            self.updated_at = now
            self._tell(AccountDetailsChanged, now, changed=changed)

    def reassign(self, owner_id: UUID | None, now: datetime) -> None:
        """Give the account to another owner, or to nobody."""
        self._ask_present()
        if owner_id != self.owner_id:
            before, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(AccountReassigned, now, from_owner_id=before)

    def propose_merge(self, into_id: UUID, now: datetime) -> None:
        """Mark the account as a possible duplicate of one that was there before."""
        if self.possible_duplicate_of_id is None and self.merged_into_id is None:
            self.possible_duplicate_of_id, self.updated_at = into_id, now
            self._tell(AccountMergeProposed, now, into_id=into_id)

    def merge(self, into: Self, now: datetime) -> None:
        """Let this account live on in another; links to it stay as they are."""
        self._ask_present()
        if into.id == self.id or into.deleted_at is not None or into.merged_into_id is not None:
            raise Conflict("merge-target-unfit", id=into.id)
        self.merged_into_id, self.possible_duplicate_of_id, self.updated_at = into.id, None, now
        self._tell(AccountMerged, now, into_id=into.id)

    def unmerge(self, now: datetime) -> None:
        """Undo the merge."""
        if self.merged_into_id is None:
            raise Conflict("not-merged")
        before, self.merged_into_id, self.updated_at = self.merged_into_id, None, now
        self._tell(AccountUnmerged, now, from_id=before)

    def delete(self, now: datetime) -> None:
        """Move the account to the recycle bin."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(AccountDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take the account back from the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted")
        self.deleted_at, self.updated_at = None, now
        self._tell(AccountRestored, now)

    def state(self) -> AccountState:
        """Return the public read shape."""
        return self.shaped(AccountState)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)
        if self.merged_into_id is not None:
            raise Conflict("merged", id=self.merged_into_id)

    def _ask_money(self, details: Mapping[str, Any]) -> None:
        revenue = details.get("annual_revenue_minor", self.annual_revenue_minor)
        if revenue is not None and details.get("currency", self.currency) is None:
            raise Conflict("currency-missing")

    def _fold(self) -> None:
        self.name_key = company_key(self.name)
        self.phone_key = phone_match(self.phone, self.country) if self.phone else None

    def _tell(self, fact: type[AccountFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(account_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
