"""A ticket: a request for help, from its opening until its customer is content."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.crypto import ERASED
from libs.common.db import Base, External
from libs.common.ids import new_id
from libs.common.problem_texts import register
from libs.common.problems import Conflict
from libs.contracts.ticketing import (
    TicketAssigned,
    TicketClosed,
    TicketDeleted,
    TicketErased,
    TicketEscalated,
    TicketFact,
    TicketFirstResponded,
    TicketFollowed,
    TicketOpened,
    TicketPaused,
    TicketQueued,
    TicketRated,
    TicketReopened,
    TicketReprioritized,
    TicketResolved,
    TicketRestored,
    TicketResumed,
    TicketRevised,
    TicketShared,
    TicketSlaBreached,
    TicketSlaWarned,
    TicketState,
    TicketUnfollowed,
    TicketUnshared,
)
from libs.platform.access.collaborators import Shared
from services.ticketing.business_time import BusinessTime
from services.ticketing.clocks import FIRST_RESPONSE, RESOLUTION, WARNING, Clocks, Terms

register(
    {
        "already-resolved": ("The ticket is resolved or closed", "工单已解决或已关闭"),
        "already-responded": ("The ticket has its first response already", "工单已有首次响应"),
        "not-resolved": ("The ticket is still unresolved", "工单尚未解决"),
        "not-waiting": ("The ticket is not waiting", "工单未处于等待状态"),
        "ticket-not-open": ("The ticket is not open", "工单不是处理中状态"),
        "history-out-of-order": ("Nothing happens before the ticket is opened", "任何事件不能早于工单创建"),
    }
)


class Category(StrEnum):
    """What a status means, whatever it is called."""

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Status(StrEnum):
    """The names of what a ticket can be in."""

    NEW = "new"
    IN_PROGRESS = "in-progress"
    ESCALATED = "escalated"
    WAITING_FOR_CUSTOMER = "waiting-for-customer"
    WAITING_FOR_OTHERS = "waiting-for-others"
    RESOLVED = "resolved"
    CLOSED = "closed"


CATEGORY = {
    Status.NEW: Category.OPEN,
    Status.IN_PROGRESS: Category.OPEN,
    Status.ESCALATED: Category.OPEN,
    Status.WAITING_FOR_CUSTOMER: Category.WAITING,
    Status.WAITING_FOR_OTHERS: Category.WAITING,
    Status.RESOLVED: Category.RESOLVED,
    Status.CLOSED: Category.CLOSED,
}
# What a PATCH may change; the policy is chosen by these, but only a new priority sets targets anew.
DETAILS = ("subject", "description", "channel", "category", "tier", "account_id", "contact_id")
PERSONAL = ("subject", "description")
UNRESOLVED = (Category.OPEN, Category.WAITING)


class Ticket(Clocks, Shared, External, Base):
    """Whoever resolves, pauses or answers it finds its clocks settled up to then."""

    __tablename__ = "ticket"
    SHARED, UNSHARED = TicketShared, TicketUnshared

    number: Mapped[str]
    subject_id: Mapped[UUID]
    subject: Mapped[str]
    description: Mapped[str | None]
    channel: Mapped[str]
    category: Mapped[str | None]
    tier: Mapped[str | None]
    priority: Mapped[str]
    status: Mapped[str]
    status_category: Mapped[str]
    queue_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    follower_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    opened_at: Mapped[datetime]
    first_responded_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    csat_score: Mapped[int | None]
    reopened_count: Mapped[int]
    erased_at: Mapped[datetime | None]

    @classmethod
    def open(
        cls,
        details: Mapping[str, Any],
        *,
        terms: Terms | None,
        business: BusinessTime | None,
        opened_at: datetime,
        now: datetime,
    ) -> Self:
        """Open a ticket; `details` holds DETAILS, number, priority, queue, owner, subject and external id."""
        made = cls(id=new_id(), created_at=now, updated_at=now, follower_ids=[], reopened_count=0, **details)
        made.opened_at = opened_at
        made._enter(Status.NEW)
        made._begin_clocks()
        made._agree(terms)
        made._run(opened_at, business)
        made._tell(TicketOpened, opened_at)
        return made

    def catch_up(self, now: datetime) -> None:
        """Decide what is due already; a ticket that is taken in late has no timer for its past."""
        self._settle(now, self._breach)

    def come_due(self, kind: str, clock: str, at: datetime, now: datetime) -> None:
        """Warn or breach at the instant that a timer was set for, unless it does not stand any more."""
        if self.deleted_at is not None or not self._is_to_come(kind, clock, at):
            return
        self.updated_at = now
        if kind == WARNING:
            due_at = self._of(clock, "due_at")
            setattr(self, f"{clock}_warn_at", None)
            setattr(self, f"{clock}_is_warned", True)
            self._tell(TicketSlaWarned, at, clock=clock, due_at=due_at)
        else:
            self._miss(clock)
            self._breach(clock, at)

    def assign(self, owner_id: UUID | None, now: datetime, *, is_automatic: bool = False) -> None:
        """Give it to another assignee, or to nobody."""
        self._ask_present()
        if owner_id != self.owner_id:
            before, self.owner_id, self.updated_at = self.owner_id, owner_id, now
            self._tell(TicketAssigned, now, from_owner_id=before, is_automatic=is_automatic)

    def queue(self, queue_id: UUID | None, now: datetime) -> None:
        """Put it into another queue, or into none."""
        self._ask_present()
        if queue_id != self.queue_id:
            before, self.queue_id, self.updated_at = self.queue_id, queue_id, now
            self._tell(TicketQueued, now, from_queue_id=before)

    def respond(self, at: datetime, now: datetime) -> None:
        """Note the first answer of an agent; later ones are none."""
        self._ask_present()
        if self.first_responded_at is not None:
            raise Conflict("already-responded", id=self.id)
        self._settle(at, self._breach, (FIRST_RESPONSE,))
        self._meet(FIRST_RESPONSE)
        self.first_responded_at, self.updated_at = at, now
        if self.status == Status.NEW:
            self._enter(Status.IN_PROGRESS)
        self._tell(TicketFirstResponded, at)

    def pause(self, status: Status, business: BusinessTime | None, at: datetime, now: datetime) -> None:
        """Wait for somebody else, with the clocks standing still."""
        self._ask_open()
        self._settle(at, self._breach)
        self._halt(at, business)
        before, self.updated_at = self._enter(status), now
        self._tell(TicketPaused, at, from_status=before)

    def resume(self, business: BusinessTime | None, at: datetime, now: datetime) -> None:
        """Go on, with the business time that was left."""
        self._ask_present()
        if self.status_category != Category.WAITING:
            raise Conflict("not-waiting", id=self.id)
        self._run(at, business)
        before, self.updated_at = self._enter(Status.IN_PROGRESS), now
        self._tell(TicketResumed, at, from_status=before)

    def escalate(self, at: datetime, now: datetime) -> None:
        """Hand it up; nothing changes for the clocks."""
        self._ask_open()
        if self.status != Status.ESCALATED:
            before, self.updated_at = self._enter(Status.ESCALATED), now
            self._tell(TicketEscalated, at, from_status=before)

    def resolve(self, business: BusinessTime | None, at: datetime, now: datetime) -> None:
        """Say that it is solved; the clocks stand still."""
        self._ask_unresolved()
        self._settle(at, self._breach)
        self._meet(RESOLUTION)
        self._halt(at, business)
        before, self.resolved_at, self.updated_at = self._enter(Status.RESOLVED), at, now
        self._tell(TicketResolved, at, from_status=before)

    def close(self, business: BusinessTime | None, at: datetime, now: datetime) -> None:
        """Be done with it; what was not resolved is so now."""
        self._ask_present()
        if self.status_category == Category.CLOSED:
            raise Conflict("already-resolved", id=self.id)
        if self.status_category in UNRESOLVED:
            self.resolve(business, at, now)
        before, self.closed_at, self.updated_at = self._enter(Status.CLOSED), at, now
        self._tell(TicketClosed, at, from_status=before)

    def reopen(self, business: BusinessTime | None, at: datetime, now: datetime) -> None:
        """Work on it again: what was met counts as undecided, what was breached stays so."""
        self._ask_present()
        if self.status_category in UNRESOLVED:
            raise Conflict("not-resolved", id=self.id)
        if self.resolution_breached is False:
            self.resolution_breached = None
        self._run(at, business)
        before = self._enter(Status.IN_PROGRESS)
        self.resolved_at = self.closed_at = None
        self.reopened_count, self.updated_at = self.reopened_count + 1, now
        self._tell(TicketReopened, at, from_status=before)

    def reprioritize(
        self,
        priority: str,
        terms: Terms | None,
        *,
        before: BusinessTime | None,
        after: BusinessTime | None,
        now: datetime,
    ) -> None:
        """Give it another priority and the targets of its policy; the business time used so far counts."""
        self._ask_unresolved()
        if priority == self.priority:
            return
        self._settle(now, self._breach)
        is_running = self.clock_since is not None
        self._halt(now, before)
        self._agree(terms)
        if is_running:
            self._run(now, after)
        left, self.priority, self.updated_at = self.priority, priority, now
        self._tell(TicketReprioritized, now, from_priority=left)

    def revise(self, details: Mapping[str, Any], now: datetime) -> None:
        """Change facts; what is the same already changes nothing."""
        self.ask_remembered()
        changed = tuple(name for name in DETAILS if name in details and details[name] != getattr(self, name))
        if changed:
            for name in changed:
                setattr(self, name, details[name])
            self.updated_at = now
            self._tell(TicketRevised, now, changed=changed)

    def belong_to(self, subject_id: UUID) -> None:
        """Let the free text be this person's from the next event on, the one that names the contact."""
        self.ask_remembered()
        self.subject_id = subject_id

    def follow(self, user_id: UUID, now: datetime) -> None:
        """Let somebody hear of it; twice is once."""
        self._ask_present()
        if user_id not in self.follower_ids:
            self.follower_ids, self.updated_at = [*self.follower_ids, user_id], now
            self._tell(TicketFollowed, now, user_id=user_id)

    def unfollow(self, user_id: UUID, now: datetime) -> None:
        """Let somebody hear no more of it."""
        self._ask_present()
        if user_id in self.follower_ids:
            self.follower_ids = [one for one in self.follower_ids if one != user_id]
            self.updated_at = now
            self._tell(TicketUnfollowed, now, user_id=user_id)

    def rate(self, score: int, at: datetime, now: datetime) -> None:
        """Keep how content its customer is; a later word replaces an earlier one."""
        if self.csat_score != score:
            self.csat_score, self.updated_at = score, now
            self._tell(TicketRated, at, score=score)

    def delete(self, now: datetime) -> None:
        """Put it into the recycle bin."""
        self._ask_present()
        self.deleted_at = self.updated_at = now
        self._tell(TicketDeleted, now)

    def restore(self, now: datetime) -> None:
        """Take it out of the recycle bin; what came due meanwhile is decided now."""
        if self.deleted_at is None:
            raise Conflict("not-deleted", id=self.id)
        self.deleted_at, self.updated_at = None, now
        self._tell(TicketRestored, now)
        self._settle(now, self._breach)

    def erase(self, now: datetime) -> None:
        """Blank the free text, for good; the ticket itself goes on."""
        if self.erased_at is None:
            for name in PERSONAL:
                if getattr(self, name) is not None:
                    setattr(self, name, ERASED)
            self.erased_at = self.updated_at = now
            self._tell(TicketErased, now)

    def state(self) -> TicketState:
        """Return the public read shape; its free text is sealed on its way out."""
        return TicketState.model_validate(self, from_attributes=True)

    def _enter(self, status: Status) -> str | None:
        """Stand in a status from now on; return the one before."""
        before: str | None = self.__dict__.get("status")
        self.status, self.status_category = status, CATEGORY[status]
        return before

    def _breach(self, clock: str, due_at: datetime) -> None:
        self._tell(TicketSlaBreached, due_at, clock=clock, due_at=due_at)

    def _ask_present(self) -> None:
        if self.deleted_at is not None:
            raise Conflict("deleted", id=self.id)

    def ask_remembered(self) -> None:
        """Write nothing more about a person who was forgotten."""
        self._ask_present()
        if self.erased_at is not None:
            raise Conflict("erased", id=self.id)

    def _ask_open(self) -> None:
        self._ask_present()
        if self.status_category != Category.OPEN:
            raise Conflict("ticket-not-open", id=self.id)

    def _ask_unresolved(self) -> None:
        self._ask_present()
        if self.status_category not in UNRESOLVED:
            raise Conflict("already-resolved", id=self.id)

    def _tell(self, fact: type[TicketFact], occurred_at: datetime, **facts: Any) -> None:
        self.record(fact(ticket_id=self.id, occurred_at=occurred_at, state=self.state(), **facts))
