"""Webhooks, from the event to the receiver, signatures checked with the published library."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from libs.common.ids import new_id
from libs.common.journal import Cause
from libs.common.testing import FakeClock
from libs.common.transaction import Transactions
from libs.contracts.sales import LeadCaptured
from services.integration.deliveries.commands import prepare
from services.integration.deliveries.model import SCHEDULE, delivery, kept_event
from services.integration.dispatching import Dispatcher
from services.integration.jobs import DELIVERIES, jobs, webhook_dispatcher
from services.integration.outbound import Outbound, Policy
from services.integration.posting import Outcome, Post
from services.integration.settings import Settings
from services.integration.signing import PREFIX, open_secret, seal_secret
from services.integration.webhooks.model import Webhook
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.integration import make_webhook
from tests.factories.integration_servers import Receiver, receiver
from tests.factories.sales import PHONE, make_lead
from tests.integration.acting import RING, known, sealed

CAUSE = Cause("system", "test")
KEY = bytes(range(32))
OLD_KEY = bytes(range(1, 33))


class TestWebhookDispatcher:
    @pytest.fixture
    async def there(self) -> AsyncIterator[Receiver]:
        async with receiver() as lent:
            yield lent

    @pytest.fixture
    async def poster(self, settings: Settings) -> AsyncIterator[Dispatcher[Post, Outcome]]:
        outbound = Outbound(Policy(settings.webhook_allowed_networks), timeout=settings.webhook_timeout)
        yield webhook_dispatcher(outbound, settings)
        await outbound.close()

    async def subscribe(self, transactions: Transactions, url: str, **details: Any) -> Webhook:
        identity = new_id()
        secret = seal_secret(KEY, identity, RING)
        made = make_webhook(id=identity, secret=secret, url=url, **details)
        made.created_at = transactions.clock.now() - timedelta(days=365)

        async def body(session: AsyncSession) -> None:
            session.add(made)

        await transactions.run(CAUSE, body)
        return made

    async def happen(self, transactions: Transactions, number: int = 1, owner_id: UUID | None = None) -> None:
        """Leads are captured elsewhere, of user 1 unless told otherwise."""

        async def body(session: AsyncSession) -> None:
            envelopes = []
            for _ in range(number):
                lead = make_lead(owner_id=owner_id or uid(1), phone=PHONE)
                (waiting,) = lead.__dict__["_waiting"]
                event = await sealed(session, waiting.event, lead.subject_id)
                assert isinstance(event, LeadCaptured)
                await known(session, "lead", lead.id, lead.owner_id)
                envelopes.append(make_envelope(event, 1))
            await prepare(session, envelopes, session.info["now"])

        await transactions.run(CAUSE, body)

    async def rows(self, transactions: Transactions) -> list[Any]:
        async def body(session: AsyncSession) -> list[Any]:
            return list((await session.execute(select(delivery).order_by(delivery.c.id))).all())

        return await transactions.run(CAUSE, body)

    async def change(self, transactions: Transactions, webhook: Webhook, **values: Any) -> None:
        async def body(session: AsyncSession) -> None:
            found = (await session.scalars(select(Webhook).where(Webhook.id == webhook.id))).one()
            for name, value in values.items():
                getattr(found, name)(*value, session.info["now"])

        await transactions.run(CAUSE, body)

    async def test_posts_a_cloud_event_that_the_receiver_can_verify(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver
    ) -> None:
        webhook = await self.subscribe(transactions, there.url)
        await self.happen(transactions)
        counted = DELIVERIES.values.get(("delivered",), 0)

        await poster.step(transactions)

        (post,) = there.posts
        assert DELIVERIES.values["delivered",] == counted + 1
        secret = PREFIX + base64.b64encode(KEY).decode()
        body = Verifier(secret).verify(post.body, post.headers)
        assert (body["type"], body["specversion"], body["sequence"]) == ("sales.lead.captured.v1", "1.0", "1")
        assert body["data"]["state"]["family_name"] == "Li"
        assert "phone" not in body["data"]["state"]
        assert (post.line, post.headers["content-type"]) == (
            "POST /hook HTTP/1.1",
            "application/cloudevents+json; charset=utf-8",
        )
        ((row,), id) = (await self.rows(transactions), post.headers["webhook-id"])
        assert (row.status, row.attempts, row.last_status, str(row.id)) == ("delivered", 1, 200, id)
        assert row.webhook_id == webhook.id

    async def test_signs_with_both_secrets_for_a_while_after_a_rotation(
        self,
        transactions: Transactions,
        poster: Dispatcher[Post, Outcome],
        there: Receiver,
    ) -> None:
        webhook = await self.subscribe(transactions, there.url)
        fresh = seal_secret(OLD_KEY, webhook.id, RING)
        await self.change(transactions, webhook, rotate_secret=(fresh, timedelta(days=1)))
        await self.happen(transactions)

        await poster.step(transactions)

        (post,) = there.posts
        for key in (KEY, OLD_KEY):
            Verifier(PREFIX + base64.b64encode(key).decode()).verify(post.body, post.headers)
        assert post.headers["webhook-signature"].count("v1,") == 2

    async def test_signs_with_the_new_secret_alone_later(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver, clock: FakeClock
    ) -> None:
        webhook = await self.subscribe(transactions, there.url)
        fresh = seal_secret(OLD_KEY, webhook.id, RING)
        await self.change(transactions, webhook, rotate_secret=(fresh, timedelta(days=1)))
        clock.advance(86_400)
        await self.happen(transactions)

        await poster.step(transactions)

        (post,) = there.posts
        with pytest.raises(WebhookVerificationError):
            Verifier(PREFIX + base64.b64encode(KEY).decode()).verify(post.body, post.headers)

    async def test_keeps_from_the_receiver_what_the_owner_may_not_read(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver
    ) -> None:
        await self.subscribe(transactions, there.url, owner_id=uid(2))
        await self.happen(transactions)

        await poster.step(transactions)

        assert (there.connections, [row.status for row in await self.rows(transactions)]) == (0, ["withheld"])

    async def test_tries_thirteen_times_over_three_days_under_one_id(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver, clock: FakeClock
    ) -> None:
        await self.subscribe(transactions, there.url)
        await self.happen(transactions)
        there.will_answer(*[500] * 20)
        began = clock.now()

        while (row := (await self.rows(transactions))[0]).status == "pending":
            clock.advance(max(60.0, (row.next_at - clock.now()).total_seconds()))
            await poster.step(transactions)

        assert (row.status, row.attempts, len(there.posts)) == ("dead", len(SCHEDULE) + 1, 13)
        assert clock.now() - began >= timedelta(hours=72)
        assert len({post.headers["webhook-id"] for post in there.posts}) == 1

    async def test_lets_no_slow_receiver_delay_another(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver
    ) -> None:
        async with receiver() as slow:
            slow.will_answer(*[None] * 20)
            await self.subscribe(transactions, slow.url)
            await self.subscribe(transactions, there.url)
            await self.happen(transactions, 12)
            stop = asyncio.Event()
            running = asyncio.create_task(poster.run(transactions, stop))

            async with asyncio.timeout(60):
                while len(there.posts) < 12:
                    await asyncio.sleep(0.02)
            waiting = len(slow.posts)
            stop.set()
            await running

        assert waiting <= 8

    async def test_opens_the_breaker_and_asks_with_one_whether_the_receiver_is_back(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver, clock: FakeClock
    ) -> None:
        await self.subscribe(transactions, there.url)
        await self.happen(transactions, 12)
        there.will_answer(*[503] * 8)

        broken = [await poster.step(transactions) for _ in range(4)]
        clock.advance(61)
        back = [await poster.step(transactions) for _ in range(6)]

        assert broken == [4, 4, 0, 0]
        assert (back[0], sum(back)) == (1, 12)
        assert {row.status for row in await self.rows(transactions)} == {"delivered"}

    async def test_turns_off_a_webhook_whose_receiver_says_goodbye(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver
    ) -> None:
        webhook = await self.subscribe(transactions, there.url)
        await self.happen(transactions, 1)
        there.will_answer(410)

        await poster.step(transactions)
        await self.happen(transactions, 1)

        assert await poster.step(transactions) == 0
        assert sorted(row.status for row in await self.rows(transactions)) == ["dead", "held"]

        async def body(session: AsyncSession) -> Webhook:
            return (await session.scalars(select(Webhook).where(Webhook.id == webhook.id))).one()

        found = await transactions.run(CAUSE, body)
        assert (found.is_active, found.disabled_reason) == (False, "gone")
        assert open_secret(found.secret, webhook.id, RING) == KEY

    async def test_turns_off_a_webhook_whose_receiver_failed_for_days(
        self,
        transactions: Transactions,
        poster: Dispatcher[Post, Outcome],
        there: Receiver,
        clock: FakeClock,
        settings: Settings,
    ) -> None:
        webhook = await self.subscribe(transactions, there.url)
        await self.happen(transactions)
        there.will_answer(500)
        await poster.step(transactions)
        watching = next(job for job in jobs(settings) if job.name == "failing-webhooks")

        await transactions.run(CAUSE, watching.work)
        early = await self.active(transactions, webhook)
        clock.advance(settings.webhook_disabled_after + 1)
        await transactions.run(CAUSE, watching.work)

        assert (early, await self.active(transactions, webhook)) == (True, False)

    async def active(self, transactions: Transactions, webhook: Webhook) -> bool:
        async def body(session: AsyncSession) -> bool:
            found = select(Webhook.is_active).where(Webhook.id == webhook.id)
            return bool((await session.execute(found)).scalar_one())

        return await transactions.run(CAUSE, body)

    async def test_forgets_what_nobody_can_ask_for_any_more(
        self, transactions: Transactions, there: Receiver, clock: FakeClock, settings: Settings
    ) -> None:
        await self.subscribe(transactions, there.url)
        await self.happen(transactions)
        forgetting = next(job for job in jobs(settings) if job.name == "old-deliveries")

        await transactions.run(CAUSE, forgetting.work)
        kept = len(await self.rows(transactions))
        clock.advance(settings.webhook_retention + 86_400)
        await transactions.run(CAUSE, forgetting.work)

        assert (kept, await self.rows(transactions)) == (1, [])

    async def test_gives_up_what_was_forgotten_and_goes_on_with_the_rest(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver
    ) -> None:
        await self.subscribe(transactions, there.url)
        await self.happen(transactions)
        await transactions.run(CAUSE, lambda session: session.execute(delete(kept_event)))
        await self.happen(transactions)

        await poster.step(transactions)

        assert sorted(row.status for row in await self.rows(transactions)) == ["dead", "delivered"]

    async def test_lets_a_lost_secret_stop_nobody_else(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver
    ) -> None:
        lost = await self.subscribe(transactions, there.url)
        foreign = seal_secret(KEY, new_id(), RING)
        await self.change(transactions, lost, rotate_secret=(foreign, timedelta(0)))
        await self.subscribe(transactions, there.url)
        await self.happen(transactions)

        await poster.step(transactions)

        told = {
            row.webhook_id == lost.id: (row.status, row.last_error) for row in await self.rows(transactions)
        }
        assert told == {True: ("pending", "secret-unreadable"), False: ("delivered", None)}
        assert len(there.posts) == 1

    async def test_makes_no_row_for_what_no_webhook_wants(
        self, transactions: Transactions, there: Receiver
    ) -> None:
        tree = {"field": "state.source", "op": "eq", "value": "fair"}
        await self.subscribe(transactions, there.url, filter=tree)
        await self.subscribe(transactions, there.url, types=["customer.*"])

        await self.happen(transactions)

        assert await self.rows(transactions) == []

        async def body(session: AsyncSession) -> int:
            return len((await session.execute(select(kept_event.c.id))).all())

        assert await transactions.run(CAUSE, body) == 0

    async def test_posts_the_body_it_signed(
        self, transactions: Transactions, poster: Dispatcher[Post, Outcome], there: Receiver
    ) -> None:
        await self.subscribe(transactions, there.url)
        await self.happen(transactions)

        await poster.step(transactions)

        tampered = there.posts[0].body.replace(b'"Li"', b'"Xi"')
        assert orjson.loads(tampered)["data"]["state"]["family_name"] == "Xi"
        with pytest.raises(WebhookVerificationError):
            Verifier(PREFIX + base64.b64encode(KEY).decode()).verify(tampered, there.posts[0].headers)
