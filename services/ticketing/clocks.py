"""The clocks of a ticket: how much business time it has used, when its targets are due, what was decided.

Both clocks run together: from the opening on, not while we wait for somebody else, and not once the ticket
is resolved. An instant is worked out when the clocks begin to run, and holds until they stop or the targets
change.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from libs.common.due import schedule_all
from services.ticketing.business_time import NOTHING, BusinessTime

FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"
CLOCKS = (FIRST_RESPONSE, RESOLUTION)
WARNING, BREACH = "warning", "breach"
TIMER = "ticketing.sla-"

# Told of each clock whose time is over, and of the instant at which it was due.
type Tell = Callable[[str, datetime], None]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy promises for one ticket, and by which calendar."""

    policy_id: UUID
    calendar_id: UUID
    first_response: timedelta | None
    resolution: timedelta | None
    warn_at_percent: int | None


class Clocks:
    """Mixed into the ticket. `…_breached` is None until it is decided; `business` None means no policy."""

    sla_policy_id: Mapped[UUID | None]
    calendar_id: Mapped[UUID | None]
    warn_at_percent: Mapped[int | None]
    clock_since: Mapped[datetime | None]
    clock_used: Mapped[timedelta]
    first_response_target: Mapped[timedelta | None]
    first_response_warn_at: Mapped[datetime | None]
    first_response_is_warned: Mapped[bool]
    first_response_due_at: Mapped[datetime | None]
    first_response_breached: Mapped[bool | None]
    resolution_target: Mapped[timedelta | None]
    resolution_warn_at: Mapped[datetime | None]
    resolution_is_warned: Mapped[bool]
    resolution_due_at: Mapped[datetime | None]
    resolution_breached: Mapped[bool | None]

    def timers(self) -> Iterator[tuple[str, str, datetime]]:
        """Yield (warning or breach, clock, instant) of what is to come while nothing changes."""
        for clock in CLOCKS if self.clock_since is not None else ():
            warn_at, due_at = self._of(clock, "warn_at"), self._of(clock, "due_at")
            if warn_at is not None:
                yield WARNING, clock, warn_at
            if due_at is not None and self._of(clock, "breached") is None:
                yield BREACH, clock, due_at

    def _begin_clocks(self) -> None:
        """Set out without targets, nothing used and nothing decided."""
        self.clock_since, self.clock_used = None, NOTHING
        for clock in CLOCKS:
            for what in ("target", "warn_at", "due_at", "breached"):
                setattr(self, f"{clock}_{what}", None)
            setattr(self, f"{clock}_is_warned", False)
        self._agree(None)

    def _agree(self, terms: Terms | None) -> None:
        """Take the targets of a policy, or none; the clocks must stand still."""
        self.sla_policy_id = None if terms is None else terms.policy_id
        self.calendar_id = None if terms is None else terms.calendar_id
        self.warn_at_percent = None if terms is None else terms.warn_at_percent
        self.first_response_target = None if terms is None else terms.first_response
        self.resolution_target = None if terms is None else terms.resolution

    def _run(self, at: datetime, business: BusinessTime | None) -> None:
        """Let the clocks run from an instant on, with the business time that is left."""
        self.clock_since = at
        for clock in CLOCKS:
            target: timedelta | None = self._of(clock, "target")
            if business is not None and target is not None and self._of(clock, "breached") is None:
                self._aim(clock, at, target, business)

    def _aim(self, clock: str, at: datetime, target: timedelta, business: BusinessTime) -> None:
        setattr(self, f"{clock}_due_at", business.add(at, target - self.clock_used))
        if self.warn_at_percent is not None and not self._of(clock, "is_warned"):
            share = target * self.warn_at_percent / 100
            setattr(self, f"{clock}_warn_at", business.add(at, share - self.clock_used))

    def _halt(self, at: datetime, business: BusinessTime | None) -> None:
        """Stop the clocks, and keep what they have used; what is undecided is due at no instant meanwhile."""
        if self.clock_since is not None and business is not None:
            self.clock_used = self.clock_used + business.between(self.clock_since, at)
        self.clock_since = None
        for clock in CLOCKS:
            setattr(self, f"{clock}_warn_at", None)
            if self._of(clock, "breached") is None:
                setattr(self, f"{clock}_due_at", None)

    def _meet(self, clock: str) -> None:
        """Decide a clock whose time is not over: the target is met, if there is one."""
        if self._of(clock, "target") is not None and self._of(clock, "breached") is None:
            setattr(self, f"{clock}_breached", False)
            setattr(self, f"{clock}_warn_at", None)

    def _miss(self, clock: str) -> None:
        """Decide a clock whose time is over."""
        setattr(self, f"{clock}_breached", True)
        setattr(self, f"{clock}_warn_at", None)

    def _settle(self, at: datetime, tell: Tell, clocks: tuple[str, ...] = CLOCKS) -> None:
        """Decide whatever was due before an instant; whoever comes first does it, the timer or a change."""
        for clock in clocks:
            due_at: datetime | None = self._of(clock, "due_at")
            if due_at is not None and due_at < at and self._of(clock, "breached") is None:
                self._miss(clock)
                tell(clock, due_at)

    def _is_to_come(self, kind: str, clock: str, at: datetime) -> bool:
        """Tell whether an instant that a timer was set for still stands."""
        return (kind, clock, at) in self.timers()

    def _of(self, clock: str, what: str) -> Any:
        return getattr(self, f"{clock}_{what}")


async def arm(session: AsyncSession, ticket_id: UUID, clocks: Clocks) -> None:
    """Set a timer for whatever is to come; those set before are not taken back.

    A timer asks the ticket whether its instant still stands: to delete it here could wait for a timer that is
    firing, which waits for the ticket that we hold.
    """
    timers = [(TIMER + kind, f"{clock}:{ticket_id}", at) for kind, clock, at in clocks.timers()]
    await schedule_all(session, timers)
