"""Due work of marketing: campaigns begin at their hour, and go on at their pace."""

import asyncio
import contextlib
import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.due import Timers
from libs.common.journal import Cause
from libs.common.transaction import Transactions
from services.marketing.campaign_members.commands import advance
from services.marketing.campaign_members.queries import open_campaigns
from services.marketing.campaigns.commands import LAUNCH, launch_scheduled
from services.marketing.settings import Settings

log = logging.getLogger(__name__)
_LOOK = 0.25
_FAILED = 5.0


async def launch(session: AsyncSession, key: str, _: datetime) -> None:
    """Begin a campaign whose hour has come."""
    await launch_scheduled(session, UUID(key), session.info["now"])


async def release(transactions: Transactions, stop: asyncio.Event) -> None:
    """Walk the open campaigns in turn, a small transaction each time, so that none waits for a large one."""
    public_url = Settings().public_url.rstrip("/")
    resting: dict[UUID, float] = {}
    clock = transactions.clock
    while not stop.is_set():
        busy = False
        for campaign_id in await open_campaigns(transactions.database.reads):
            if resting.get(campaign_id, 0.0) > clock.monotonic():
                continue
            try:
                busy |= await _advance(transactions, campaign_id, public_url)
            except Exception as error:  # noqa: BLE001 - one campaign's trouble holds up no other
                log.warning("campaign %s: %s", campaign_id, type(error).__name__)
                resting[campaign_id] = clock.monotonic() + _FAILED
        if not busy:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK)


async def _advance(transactions: Transactions, campaign_id: UUID, public_url: str) -> bool:
    async def step(session: AsyncSession) -> bool:
        return await advance(session, campaign_id, public_url, session.info["now"])

    return await transactions.run(Cause("system", f"campaign-{campaign_id}"), step)


TIMERS: Timers = {LAUNCH: launch}
LOOPS = (release,)
