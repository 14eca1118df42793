"""A campaign: one mail to everybody in a segment, at a pace, from draft to the last answer."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.marketing import (
    CampaignAssigned,
    CampaignCancelled,
    CampaignDeleted,
    CampaignDrafted,
    CampaignFact,
    CampaignFinished,
    CampaignLaunched,
    CampaignPaused,
    CampaignRestored,
    CampaignResumed,
    CampaignRevised,
    CampaignScheduled,
    CampaignState,
)

register(
    {
        "campaign-begun": ("The campaign has begun, or is over", "营销活动已开始或已结束"),
        "campaign-under-way": ("The campaign is still under way", "营销活动仍在进行中"),
    }
)

DRAFT, SCHEDULED, RUNNING, PAUSED, FINISHED, CANCELLED = (
    "draft",
    "scheduled",
    "running",
    "paused",
    "finished",
    "cancelled",
)
EMAIL = "email"
DETAILS = (
    "name",
    "template_id",
    "segment_id",
    "purpose",
    "from_name",
    "reply_to",
    "throttle_per_second",
    "scheduled_at",
)


class Campaign(Aggregate, External, Base):
    """What came of its members stands with them, so that its version is not counted up by every mail."""

    __tablename__ = "campaign"

    owner_id: Mapped[UUID]
    name: Mapped[str]
    template_id: Mapped[UUID]
    segment_id: Mapped[UUID]
    purpose: Mapped[str]
    channel: Mapped[str]
    from_name: Mapped[str]
    reply_to: Mapped[str | None]
    throttle_per_second: Mapped[int]
    scheduled_at: Mapped[datetime | None]
    status: Mapped[str]
    launched_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @classmethod
    def draft(cls, details: dict[str, Any], now: datetime) -> Self:
        """Prepare a campaign; `details` holds DETAILS, owner_id and the external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, channel=EMAIL, status=DRAFT, **details)
        made._tell(CampaignDrafted, now)
        return made

    def revise(self, details: dict[str, Any], now: datetime) -> None:
        """Change its facts before it begins; what stays the same records nothing."""
        self._demand(DRAFT, SCHEDULED, problem="campaign-begun")
        changed = {name: value for name, value in details.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        # Without its hour nothing would begin it: it is a draft again.
        if self.status == SCHEDULED and self.scheduled_at is None:
            self.status = DRAFT
        if changed:
            self._tell(CampaignRevised, now)

    def assign(self, owner_id: UUID, now: datetime) -> None:
        """Give it to another owner."""
        self._demand_present()
        if owner_id != self.owner_id:
            left, self.owner_id = self.owner_id, owner_id
            self._tell(CampaignAssigned, now, from_owner_id=left)

    def is_for_later(self, now: datetime) -> bool:
        """Tell whether a launch now means to wait for its hour."""
        self._demand(DRAFT)
        return self.scheduled_at is not None and self.scheduled_at > now

    def schedule(self, now: datetime) -> None:
        """Let it begin by itself at its hour."""
        self._demand(DRAFT)
        self.status = SCHEDULED
        self._tell(CampaignScheduled, now)

    def launch(self, recipients: int, now: datetime) -> None:
        """Begin, with so many recipients."""
        self._demand(DRAFT, SCHEDULED)
        self.status, self.launched_at = RUNNING, now
        self._tell(CampaignLaunched, now, recipients=recipients)

    def pause(self, now: datetime) -> None:
        """Ask for no more mails until it is resumed."""
        self._demand(RUNNING)
        self.status = PAUSED
        self._tell(CampaignPaused, now)

    def resume(self, now: datetime) -> None:
        """Go on."""
        self._demand(PAUSED)
        self.status = RUNNING
        self._tell(CampaignResumed, now)

    def cancel(self, now: datetime) -> None:
        """End before its time; who was not mailed yet will not be."""
        self._demand(SCHEDULED, RUNNING, PAUSED)
        self.status, self.finished_at = CANCELLED, now
        self._tell(CampaignCancelled, now)

    def finish(self, now: datetime) -> None:
        """Of every member it is known what came of his mail."""
        self._demand(RUNNING)
        self.status, self.finished_at = FINISHED, now
        self._tell(CampaignFinished, now)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin, unless it is under way."""
        self._demand(DRAFT, FINISHED, CANCELLED, problem="campaign-under-way")
        self.deleted_at = now
        self._tell(CampaignDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at = None
        self._tell(CampaignRestored, now)

    def state(self) -> CampaignState:
        """Return the public read shape."""
        return CampaignState.model_validate(self, from_attributes=True)

    def _tell(self, fact: type[CampaignFact], now: datetime, **facts: Any) -> None:
        self.updated_at = now
        self.record(fact(campaign_id=self.id, occurred_at=now, state=self.state(), **facts))

    def _demand_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def _demand(self, *statuses: str, problem: str = "illegal-transition") -> None:
        self._demand_present()
        if self.status not in statuses:
            raise Conflict(problem, id=self.id, campaign_status=self.status)
