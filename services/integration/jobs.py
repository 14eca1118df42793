"""Due work of integration: what sends, and what clears up behind it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.metrics import Counter
from libs.common.plan import Job, Loop
from libs.common.transaction import Transactions
from services.integration.deliveries import queries as deliveries
from services.integration.deliveries.commands import claim_deliveries, forget_old, settle_deliveries
from services.integration.dispatching import Dispatcher
from services.integration.mailing import Channel, Mail, Result, Server
from services.integration.messages import queries as messages
from services.integration.messages.commands import claim_mails, end_overdue, settle_mails
from services.integration.outbound import Outbound, Policy
from services.integration.posting import Limits, Outcome, Post, attempt
from services.integration.settings import Settings
from services.integration.webhooks.commands import disable_failing

DELIVERIES = Counter(
    "plexus_webhook_deliveries_total", "Attempts at deliveries to webhooks, by how they ended", ("outcome",)
)
MAILS = Counter("plexus_mails_total", "Attempts to send a mail, by what became of it", ("outcome",))
# What is claimed at once: enough that no connection waits for the next claim.
_MAILS_EACH = 4
_LEASE_BEYOND = 10.0


@dataclass(frozen=True)
class MailSender:
    """Sends what is queued while a mail server is set; without one mails wait until their time is over."""

    settings: Settings

    async def __call__(self, transactions: Transactions, stop: asyncio.Event) -> None:
        """Send until `stop`."""
        url = self.settings.smtp_url
        if url is None:
            await stop.wait()
            return
        server = Server.read(url.get_secret_value())
        channel = Channel(server, self.settings.mail_from, self.settings.smtp_connections)
        try:
            await mail_dispatcher(channel).run(transactions, stop)
        finally:
            await channel.close()


@dataclass(frozen=True)
class WebhookSender:
    """Posts what is due to webhooks; a slow receiver holds up nobody but himself."""

    settings: Settings

    async def __call__(self, transactions: Transactions, stop: asyncio.Event) -> None:
        """Post until `stop`."""
        policy = Policy(self.settings.webhook_allowed_networks)
        outbound = Outbound(policy, timeout=self.settings.webhook_timeout)
        try:
            await webhook_dispatcher(outbound, self.settings).run(transactions, stop)
        finally:
            await outbound.close()


def mail_dispatcher(channel: Channel) -> Dispatcher[Mail, Result]:
    """Return the loop that sends mail over a channel."""

    async def carry(each: Mail) -> Result:
        result = await channel.send(each)
        MAILS.add(result.fate.value)
        return result

    width = channel.connections * _MAILS_EACH
    return Dispatcher("mail", _claim_mails, carry, _settle_mails, width, look=messages.IS_RIPE)


def webhook_dispatcher(outbound: Outbound, settings: Settings) -> Dispatcher[Post, Outcome]:
    """Return the loop that posts to webhooks."""
    lease = timedelta(seconds=settings.webhook_timeout + _LEASE_BEYOND)
    limits = Limits(settings.webhook_concurrency_each, lease)

    async def claim(session: AsyncSession, room: int, busy: Sequence[Post]) -> Sequence[Post]:
        return await claim_deliveries(session, room, busy, limits, session.info["now"])

    async def carry(each: Post) -> Outcome:
        outcome = await attempt(outbound, each, datetime.now(UTC))
        DELIVERIES.add(outcome.error or "delivered")
        return outcome

    width = settings.webhook_concurrency
    return Dispatcher("webhooks", claim, carry, _settle_deliveries, width, look=deliveries.IS_RIPE)


def jobs(settings: Settings) -> tuple[Job, ...]:
    """Return what is done from time to time."""
    patience = timedelta(seconds=settings.webhook_disabled_after)
    retention = timedelta(seconds=settings.webhook_retention)

    async def _disable_failing(session: AsyncSession) -> None:
        await disable_failing(session, patience, session.info["now"])

    async def _forget_old(session: AsyncSession) -> None:
        await forget_old(session, session.info["now"] - retention)

    return (
        Job("overdue-mails", 60.0, _end_overdue),
        Job("failing-webhooks", 60.0, _disable_failing),
        Job("old-deliveries", 300.0, _forget_old),
    )


def loops(settings: Settings) -> tuple[Loop, ...]:
    """Return what sends all the time."""
    return (MailSender(settings), WebhookSender(settings))


async def _claim_mails(session: AsyncSession, room: int, busy: Sequence[Mail]) -> Sequence[Mail]:
    return await claim_mails(session, room, busy, session.info["now"])


async def _settle_mails(session: AsyncSession, results: Sequence[Result]) -> None:
    await settle_mails(session, results, session.info["now"])


async def _settle_deliveries(session: AsyncSession, outcomes: Sequence[Outcome]) -> None:
    await settle_deliveries(session, outcomes, session.info["now"])


async def _end_overdue(session: AsyncSession) -> None:
    await end_overdue(session, session.info["now"])
