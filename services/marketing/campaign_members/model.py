"""A campaign member: one contact in one campaign, from waiting to what became of his mail."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid5

from sqlalchemy.orm import Mapped

from libs.common.db import Aggregate, Base
from libs.contracts.marketing import (
    CampaignMemberAdded,
    CampaignMemberCancelled,
    CampaignMemberClicked,
    CampaignMemberFact,
    CampaignMemberFailed,
    CampaignMemberMailRequested,
    CampaignMemberOpened,
    CampaignMemberSent,
    CampaignMemberSkipped,
    CampaignMemberState,
    CampaignMemberUnsubscribed,
)

PENDING, REQUESTED, SENT, FAILED, SKIPPED, CANCELLED = (
    "pending",
    "requested",
    "sent",
    "failed",
    "skipped",
    "cancelled",
)
# A mail that could not leave within a day is not news any more.
LIFE = timedelta(hours=24)
_AT_ONCE = timedelta(seconds=2)
_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|scan|preview|prefetch|monitor|barracuda|mimecast|proofpoint|safelinks|"
    r"^(?:curl|wget|python|go-http|java|okhttp|node|axios|libwww)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be sent to one member, and the hash of the address that it goes to."""

    message_id: str
    subject_id: UUID
    address_index: str
    to: str
    subject_line: str
    html: str
    text: str
    from_name: str
    reply_to: str | None
    list_unsubscribe_url: str


def member_id(campaign_id: UUID, contact_id: UUID) -> UUID:
    """Return the one id that a contact has in a campaign; his mail has the same."""
    return uuid5(campaign_id, str(contact_id))


def looks_like_a_machine(agent: str, sent_at: datetime | None, now: datetime) -> bool:
    """Tell a scanner or prefetcher from a reader, crudely: by its name, and by being there at once.

    An image proxy of a mail service fetches when the reader looks, so it counts as the reader.
    """
    if not agent.strip() or _MACHINES.search(agent):
        return True
    return sent_at is None or now - sent_at < _AT_ONCE


class CampaignMember(Aggregate, Base):
    """Who may see the campaign may see its members."""

    __tablename__ = "campaign_member"

    campaign_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    subject_id: Mapped[UUID | None]
    purpose: Mapped[str]
    channel: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str | None]
    message_id: Mapped[str | None]
    # The hash of the address alone: it keeps two contacts with one address from having two mails.
    address_index: Mapped[str | None]
    requested_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    suppressed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    machine_opened_at: Mapped[datetime | None]
    clicked_at: Mapped[datetime | None]
    machine_clicked_at: Mapped[datetime | None]
    unsubscribed_at: Mapped[datetime | None]

    @classmethod
    def add(cls, campaign_id: UUID, contact_id: UUID, *, purpose: str, channel: str, now: datetime) -> Self:
        """Take a contact of the segment into the campaign."""
        made = cls(id=member_id(campaign_id, contact_id), created_at=now, updated_at=now)
        made.campaign_id, made.contact_id = campaign_id, contact_id
        made.purpose, made.channel, made.status = purpose, channel, PENDING
        made._tell(CampaignMemberAdded, now)
        return made

    def skip(self, reason: str, now: datetime) -> None:
        """Ask for no mail, and say why."""
        self.status, self.reason, self.suppressed_at = SKIPPED, reason, now
        self._tell(CampaignMemberSkipped, now)

    def request(self, mail: Mail, now: datetime) -> None:
        """Ask for the mail, once."""
        self.status, self.requested_at = REQUESTED, now
        self.message_id, self.subject_id, self.address_index = (
            mail.message_id,
            mail.subject_id,
            mail.address_index,
        )
        self._tell(
            CampaignMemberMailRequested,
            now,
            mail_id=self.id,
            message_id=mail.message_id,
            subject_id=mail.subject_id,
            contact_id=self.contact_id,
            purpose=self.purpose,
            to=mail.to,
            subject_line=mail.subject_line,
            html=mail.html,
            text=mail.text,
            from_name=mail.from_name,
            reply_to=mail.reply_to,
            list_unsubscribe_url=mail.list_unsubscribe_url,
            not_after=now + LIFE,
        )

    def sent(self, occurred_at: datetime, now: datetime) -> None:
        """Note that the receiving side took the mail; what was decided before stays."""
        if self.status == REQUESTED:
            self.status, self.sent_at = SENT, occurred_at
            self._tell(CampaignMemberSent, occurred_at, now)

    def failed(self, reason: str | None, occurred_at: datetime, now: datetime) -> None:
        """Note that the mail could not be delivered."""
        if self.status == REQUESTED:
            self.status, self.reason, self.failed_at = FAILED, reason, occurred_at
            self._tell(CampaignMemberFailed, occurred_at, now)

    def cancelled(self, reason: str | None, occurred_at: datetime, now: datetime) -> None:
        """Note that the mail did not leave after all."""
        if self.status == REQUESTED:
            self.status, self.reason, self.suppressed_at = CANCELLED, reason, occurred_at
            self._tell(CampaignMemberCancelled, occurred_at, now)

    def opened(self, now: datetime, *, is_machine: bool) -> None:
        """Note the first look of a human, and the first of a machine."""
        seen = "machine_opened_at" if is_machine else "opened_at"
        if getattr(self, seen) is None:
            setattr(self, seen, now)
            self._tell(CampaignMemberOpened, now, is_machine=is_machine)

    def clicked(self, target: str, now: datetime, *, is_machine: bool) -> None:
        """Note that a link was followed, each time; who follows one has seen the mail."""
        self.opened(now, is_machine=is_machine)
        followed = "machine_clicked_at" if is_machine else "clicked_at"
        if getattr(self, followed) is None:
            setattr(self, followed, now)
        self._tell(CampaignMemberClicked, now, target=target, is_machine=is_machine)

    def unsubscribe(self, now: datetime) -> None:
        """Note that he wants no more of these, once."""
        if self.unsubscribed_at is None:
            self.unsubscribed_at = now
            self._tell(CampaignMemberUnsubscribed, now)

    def state(self) -> CampaignMemberState:
        """Return the public read shape."""
        return CampaignMemberState.model_validate(self, from_attributes=True)

    def _tell(
        self,
        fact: type[CampaignMemberFact],
        occurred_at: datetime,
        now: datetime | None = None,
        **facts: Any,
    ) -> None:
        self.updated_at = now or occurred_at
        self.record(fact(campaign_member_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
