"""Due work of integration: what sends, and what clears up behind it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.plan import Job
from libs.common.transaction import Transactions
from services.integration.dispatching import Dispatcher
from services.integration.mailing import Channel, Mail, Result, Server
from services.integration.messages.commands import claim_mails, end_overdue, settle_mails
from services.integration.settings import Settings

# What is claimed at once: enough that no connection waits for the next claim.
_MAILS_EACH = 4


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


def mail_dispatcher(channel: Channel) -> Dispatcher[Mail, Result]:
    """Return the loop that sends mail over a channel."""
    return Dispatcher(
        "mail", _claim_mails, channel.send, _settle_mails, width=channel.connections * _MAILS_EACH
    )


async def _claim_mails(session: AsyncSession, room: int, busy: Sequence[Mail]) -> Sequence[Mail]:
    return await claim_mails(session, room, busy, session.info["now"])


async def _settle_mails(session: AsyncSession, results: Sequence[Result]) -> None:
    await settle_mails(session, results, session.info["now"])


async def _end_overdue(session: AsyncSession) -> None:
    await end_overdue(session, session.info["now"])


JOBS: tuple[Job, ...] = (Job("overdue-mails", 60.0, _end_overdue),)
