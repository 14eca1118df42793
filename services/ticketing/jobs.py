"""Due work of ticketing: the clocks of SLA policies."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.due import Timers
from libs.common.plan import Job
from services.ticketing.clocks import BREACH, TIMER, WARNING
from services.ticketing.tickets.commands import come_due


async def warn(session: AsyncSession, key: str, at: datetime) -> None:
    """Say that a ticket has used most of its time."""
    await come_due(session, WARNING, key, at)


async def breach(session: AsyncSession, key: str, at: datetime) -> None:
    """Say that the time of a ticket is over."""
    await come_due(session, BREACH, key, at)


JOBS: tuple[Job, ...] = ()
TIMERS: Timers = {TIMER + WARNING: warn, TIMER + BREACH: breach}
