"""Mail, from the queue to the server: once each, and through what may happen to us."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.journal import Cause
from libs.common.testing import FakeClock
from libs.common.transaction import Transactions
from services.integration.dispatching import Dispatcher
from services.integration.jobs import MAILS, mail_dispatcher
from services.integration.mailing import Channel, Mail, Result, Server
from services.integration.messages.commands import LEASE, queue_mail
from services.integration.messages.model import Message
from tests.factories.integration import make_request
from tests.factories.integration_servers import MailServer, mail_server
from tests.integration.acting import requested

CAUSE = Cause("system", "test")


class TestMailDispatcher:
    @pytest.fixture
    async def there(self) -> AsyncIterator[MailServer]:
        async with mail_server() as lent:
            yield lent

    @pytest.fixture
    async def sender(self, there: MailServer, clock: FakeClock) -> AsyncIterator[Dispatcher[Mail, Result]]:
        channel = Channel(
            Server.read(f"smtp://127.0.0.1:{there.port}?starttls=never"), "no-reply@plexus.example", 4, clock
        )
        yield mail_dispatcher(channel)
        await channel.close()

    async def queue(self, transactions: Transactions, number: int = 1, **details: Any) -> list[UUID]:
        async def body(session: AsyncSession) -> list[UUID]:
            now = session.info["now"]
            asked = [make_request(not_after=now + timedelta(hours=9), **details) for _ in range(number)]
            for each in asked:
                await queue_mail(session, await requested(session, each), "letter", now, now)
            return [each.mail_id for each in asked]

        return await transactions.run(CAUSE, body)

    async def statuses(self, transactions: Transactions, ids: list[UUID]) -> list[str]:
        async def body(session: AsyncSession) -> list[str]:
            return list(await session.scalars(select(Message.status).where(Message.id.in_(ids))))

        return await transactions.run(CAUSE, body)

    async def test_sends_each_mail_once(
        self, transactions: Transactions, sender: Dispatcher[Mail, Result], there: MailServer
    ) -> None:
        ids = await self.queue(transactions, 40)
        counted = MAILS.values.get(("taken",), 0)

        counts = [await sender.step(transactions) for _ in range(4)]

        assert (counts, len(there.taken)) == ([16, 16, 8, 0], 40)
        assert MAILS.values["taken",] == counted + 40
        assert len({mail["Message-ID"] for mail in there.taken}) == 40
        assert set(await self.statuses(transactions, ids)) == {"sent"}
        assert there.connections <= 4

    async def test_repeats_after_a_death_only_what_was_under_way_and_as_the_same_mail(
        self,
        transactions: Transactions,
        sender: Dispatcher[Mail, Result],
        there: MailServer,
        clock: FakeClock,
    ) -> None:
        (dying,) = await self.queue(transactions)

        async def died(_session: AsyncSession, _results: object) -> None:
            raise ConnectionError("killed between the server's answer and the commit")

        killed = Dispatcher("mail", sender.claim, sender.carry, died, width=1)
        with pytest.raises(ConnectionError):
            await killed.step(transactions)
        nothing = await sender.step(transactions)
        clock.advance(LEASE.total_seconds())
        await sender.step(transactions)

        assert (nothing, [mail["Message-ID"] for mail in there.taken]) == (
            0,
            [there.taken[0]["Message-ID"]] * 2,
        )
        assert await self.statuses(transactions, [dying]) == ["sent"]

    async def test_tries_again_while_the_server_wants_to_be_asked_later(
        self,
        transactions: Transactions,
        sender: Dispatcher[Mail, Result],
        there: MailServer,
        clock: FakeClock,
    ) -> None:
        there.to_mails.extend(["451 Later", "451 Later"])
        ids = await self.queue(transactions)

        for _ in range(3):
            await sender.step(transactions)
            clock.advance(60)

        assert (await self.statuses(transactions, ids), len(there.taken)) == (["sent"], 1)

    async def test_runs_until_it_is_stopped(
        self, transactions: Transactions, sender: Dispatcher[Mail, Result], there: MailServer
    ) -> None:
        ids, stop = await self.queue(transactions, 30), asyncio.Event()
        running = asyncio.create_task(sender.run(transactions, stop))

        async with asyncio.timeout(60):
            while len(there.taken) < 30:
                await asyncio.sleep(0.02)
        stop.set()
        await running

        assert set(await self.statuses(transactions, ids)) == {"sent"}
