"""A suppression: a contact, or an address known by its hash alone, that gets no mail."""

from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base
from libs.common.ids import new_id
from libs.common.problems import Conflict
from libs.contracts.marketing import (
    SuppressionAdded,
    SuppressionDeleted,
    SuppressionFact,
    SuppressionState,
)

UNSUBSCRIBE, BOUNCE, COMPLAINT, MANUAL = "unsubscribe", "bounce", "complaint", "manual"
REASONS = (UNSUBSCRIBE, BOUNCE, COMPLAINT, MANUAL)


class Suppression(Aggregate, Base):
    """Without a purpose it holds for all of them. It outlives an erasure: a hash tells nobody's address."""

    __tablename__ = "suppression"

    contact_id: Mapped[UUID | None]
    address_index: Mapped[str | None]
    reason: Mapped[str]
    purpose: Mapped[str | None]
    campaign_id: Mapped[UUID | None]

    @classmethod
    def add(
        cls,
        *,
        contact_id: UUID | None,
        address_index: str | None,
        reason: str,
        purpose: str | None,
        now: datetime,
        campaign_id: UUID | None = None,
    ) -> Self:
        """Let no mail of a purpose, or of any, go there from now on."""
        made = cls(id=new_id(), created_at=now, updated_at=now, contact_id=contact_id, reason=reason)
        made.address_index, made.purpose, made.campaign_id = address_index, purpose, campaign_id
        made._tell(SuppressionAdded, now)
        return made

    @property
    def has_address(self) -> bool:
        """Tell whether it holds for an address, whoever has it."""
        return self.address_index is not None

    def delete(self, now: datetime) -> None:
        """Let mail go there again."""
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)
        self.deleted_at = self.updated_at = now
        self._tell(SuppressionDeleted, now)

    def state(self) -> SuppressionState:
        """Return the public read shape, in which no address stands."""
        return SuppressionState.model_validate(self, from_attributes=True)

    def _tell(self, fact: type[SuppressionFact], now: datetime) -> None:
        self.record(fact(suppression_id=self.id, occurred_at=now, state=self.state()))
