"""A consent: what a contact said last about one purpose on one channel, and the ledger of all he said."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from sqlalchemy.orm import Mapped, mapped_column

from libs.common.crypto import ERASED
from libs.common.db import Aggregate, Base
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.customer import (
    ConsentErased,
    ConsentFact,
    ConsentGiven,
    ConsentState,
    ConsentWithdrawn,
)

register(
    {
        "consent-in-the-future": ("Nobody can consent tomorrow", "同意或撤回的时间不能晚于现在"),
        "consent-out-of-order": ("A later entry stands already", "已存在时间更晚的记录"),
    }
)

GIVEN, WITHDRAWN = "given", "withdrawn"
PERSONAL = ("proof", "reason")


class Consent(Aggregate, Base):
    __tablename__ = "consent"

    contact_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    purpose: Mapped[str]
    channel: Mapped[str]
    status: Mapped[str]
    wording_version: Mapped[str | None]
    source: Mapped[str | None]
    proof: Mapped[str | None]
    reason: Mapped[str | None]
    given_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @classmethod
    def about(cls, contact_id: UUID, subject_id: UUID, purpose: str, channel: str, now: datetime) -> Self:
        """Open the page of the ledger that the first entry follows on."""
        return cls(
            id=consent_id(contact_id, purpose, channel),
            contact_id=contact_id,
            subject_id=subject_id,
            purpose=purpose,
            channel=channel,
            created_at=now,
        )

    def give(self, details: dict[str, Any], at: datetime, now: datetime) -> bool:
        """Note that he agreed; each time counts anew, for it is evidence. The very same one twice is one.

        `details` holds wording_version, source and proof. Tells whether anything was noted.
        """
        same = all(getattr(self, name) == value for name, value in details.items())
        if self.status == GIVEN and self.given_at == at and same:
            return False
        self._ask_order(at, now)
        for name, value in details.items():
            setattr(self, name, value)
        self.status, self.reason, self.given_at, self.updated_at = GIVEN, None, at, now
        self._tell(ConsentGiven, at)
        return True

    def withdraw(self, source: str, reason: str | None, at: datetime, now: datetime) -> bool:
        """Note that he objects, whether he ever agreed or not; an objection that stands needs no second one.

        Tells whether anything was noted.
        """
        if self.status == WITHDRAWN:
            return False
        self._ask_order(at, now)
        self.status, self.source, self.reason = WITHDRAWN, source, reason
        self.withdrawn_at, self.updated_at = at, now
        self._tell(ConsentWithdrawn, at)
        return True

    def erase(self, now: datetime) -> None:
        """Blank what is personal; that he agreed or objected, and when, stays. Twice is once."""
        if self.erased_at is not None:
            return
        for name in PERSONAL:
            if getattr(self, name) is not None:
                setattr(self, name, ERASED)
        self.erased_at = self.updated_at = now
        self._tell(ConsentErased, now)

    def state(self) -> ConsentState:
        """Return the public read shape; what is personal is sealed on its way out."""
        return ConsentState.model_validate(self, from_attributes=True)

    def is_later_than(self, at: datetime) -> bool:
        """Tell whether an entry stands that was made after an instant."""
        return any(each is not None and each > at for each in (self.given_at, self.withdrawn_at))

    def _ask_order(self, at: datetime, now: datetime) -> None:
        if self.erased_at is not None:
            raise Conflict("erased", id=self.contact_id)
        if at > now:
            raise Conflict("consent-in-the-future")
        if self.is_later_than(at):
            raise Conflict("consent-out-of-order", id=self.id)

    def _tell(self, fact: type[ConsentFact], at: datetime) -> None:
        self.record(fact(consent_id=self.id, occurred_at=at, state=self.state()))


class ConsentEntry(Base):
    """One line of the ledger; it is never changed, but for what an erasure blanks."""

    __tablename__ = "consent_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    consent_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    purpose: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]
    wording_version: Mapped[str | None]
    source: Mapped[str | None]
    proof: Mapped[str | None]
    reason: Mapped[str | None]
    actor: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]

    @classmethod
    def of(cls, consent: Consent, actor: str, at: datetime, now: datetime) -> Self:
        """Write down what a consent says now, and who wrote it."""
        given = consent.status == GIVEN
        return cls(
            id=new_id(),
            consent_id=consent.id,
            contact_id=consent.contact_id,
            purpose=consent.purpose,
            channel=consent.channel,
            kind=consent.status,
            wording_version=consent.wording_version if given else None,
            source=consent.source,
            proof=consent.proof if given else None,
            reason=consent.reason,
            actor=actor,
            occurred_at=at,
            recorded_at=now,
        )

    def erase(self) -> None:
        """Blank what is personal."""
        for name in PERSONAL:
            if getattr(self, name) is not None:
                setattr(self, name, ERASED)


def consent_id(contact_id: UUID, purpose: str, channel: str) -> UUID:
    """Return the one id of a contact's consent to a purpose on a channel."""
    return uuid5(contact_id, f"{purpose} {channel}")
