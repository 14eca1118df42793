"""A heartbeat: a record that each service sends the way of its events, so that the way itself is measured.

It is no domain event: nobody's version counts it, no feed, webhook or read model sees it, and its topic keeps
the newest of each service alone (docs/adr/0010).
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import Clock, SystemClock
from libs.common.envelope import Attributes, Envelope, headers
from libs.common.ids import new_id
from libs.common.inbox import InboxTransaction
from libs.common.journal import Entry, enqueue
from libs.common.metrics import SLOW, Gauge, Histogram, Samples
from libs.common.plan import Job, heartbeat_topic

EVERY = 10.0
_HEARD: dict[str, datetime] = {}

_AGE = Gauge("plexus_heartbeat_age_seconds", "Since the last heartbeat that arrived was sent", ("source",))
_DELAY = Histogram(
    "plexus_heartbeat_delay_seconds",
    "From when a heartbeat was recorded until it was read",
    ("source",),
    SLOW,
)


def beating(service: str) -> Job:
    """Return the job that sends a service's heartbeats."""

    async def beat(session: AsyncSession) -> None:
        now: datetime = session.info["now"]
        attributes = Attributes(
            id=new_id(),
            type=f"{service}.heartbeat.sent.v1",
            source=service,
            time=now,
            subject=service,
            # Newer is larger; there is no 1..N, for nothing depends on each one's arrival.
            sequence=int(now.timestamp()),
            actor="system",
            correlation_id="heartbeat",
        )
        enqueue(session, Entry(heartbeat_topic(service), service, headers(attributes), b"{}"))

    return Job("heartbeat", EVERY, beat)


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Hears the heartbeats of others and remembers when the last of each was sent."""

    clock: Clock = field(default_factory=SystemClock)

    async def apply(self, _: InboxTransaction, envelopes: list[Envelope], /) -> None:
        """Note each; nothing is written but the position."""
        now = self.clock.now()
        for each in envelopes:
            _HEARD[each.source] = each.time
            _DELAY.observe(max(0.0, (now - each.time).total_seconds()), each.source)


async def read_heartbeats(clock: Clock) -> dict[Gauge, Samples]:
    """Return how long ago the last heartbeat of each service was sent, as far as this process heard any."""
    now = clock.now()
    ages: Samples = {(name,): (now - sent).total_seconds() for name, sent in _HEARD.items()}
    return {_AGE: ages}
