"""Commands on deliveries: what begins again, and what a webhook has waiting."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.bus import TopicPartition
from libs.common.ids import new_id
from libs.common.positions import encode
from libs.common.problems import BadRequest, Conflict, NotFound
from services.integration.deliveries.commands import deliver_test, prepare, redeliver
from services.integration.deliveries.model import SCHEDULE, delivery, kept_event, pause, rest
from services.integration.deliveries.schemas import Redeliver
from services.integration.webhooks.model import Webhook
from tests.factories.directory import uid
from tests.factories.envelopes import make_envelope
from tests.factories.integration import NOW, make_webhook
from tests.factories.sales import make_product
from tests.integration.acting import an_actor, equip, kept

TOPIC = "crm.sales.product"


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


@pytest.fixture
async def webhook(session: AsyncSession) -> Webhook:
    return await kept(session, make_webhook())


async def delivered(session: AsyncSession, webhook: Webhook, offset: int, **facts: Any) -> UUID:
    row: dict[str, Any] = {
        "id": new_id(),
        "webhook_id": webhook.id,
        "event_id": new_id(),
        "event_type": "sales.product.added.v1",
        "event_time": NOW + timedelta(minutes=offset),
        "topic": TOPIC,
        "partition": 0,
        "offset": offset,
        "status": "delivered",
        "attempts": 1,
        "next_at": NOW,
        "created_at": NOW,
        "finished_at": NOW,
    }
    await session.execute(insert(delivery).values(row | facts))
    found: UUID = row["id"]
    return found


async def pending(session: AsyncSession) -> set[UUID]:
    rows = select(delivery.c.id).where(delivery.c.status == "pending", delivery.c.attempts == 0)
    return set(await session.scalars(rows))


def asked(**fields: Any) -> Redeliver:
    return Redeliver.model_validate(fields)


class TestPrepare:
    async def happened(self, session: AsyncSession, *types: str) -> list[Any]:
        envelopes = []
        for _ in types:
            product = make_product()
            envelopes.append(make_envelope(product.__dict__["_waiting"][0].event, 1))
        await prepare(session, envelopes, NOW)
        return list((await session.execute(select(delivery))).all())

    async def test_makes_one_delivery_for_each_webhook_that_wants_it(
        self, session: AsyncSession, webhook: Webhook
    ) -> None:
        other = await kept(session, make_webhook(types=["sales.product.*"]))
        await kept(session, make_webhook(types=["customer.*"]))

        rows = await self.happened(session, "product")

        assert {row.webhook_id for row in rows} == {webhook.id, other.id}
        assert len((await session.execute(select(kept_event))).all()) == 1

    async def test_takes_an_event_that_comes_twice_for_one(
        self, session: AsyncSession, webhook: Webhook
    ) -> None:
        envelope = make_envelope(make_product().__dict__["_waiting"][0].event, 1)

        for _ in range(2):
            await prepare(session, [envelope], NOW)

        assert len((await session.execute(select(delivery))).all()) == 1
        assert webhook.is_active

    async def test_holds_what_comes_while_a_webhook_is_off(self, session: AsyncSession) -> None:
        await kept(session, make_webhook(is_active=False))

        (row,) = await self.happened(session, "product")

        assert row.status == "held"

    async def test_passes_over_what_was_before_the_subscription(self, session: AsyncSession) -> None:
        webhook = make_webhook()
        webhook.created_at = NOW + timedelta(days=365)
        await kept(session, webhook)

        assert await self.happened(session, "product") == []


class TestRedeliver:
    async def test_begins_one_again(self, session: AsyncSession, webhook: Webhook) -> None:
        one, _ = await delivered(session, webhook, 1), await delivered(session, webhook, 2)

        count = (await redeliver(session, webhook.id, asked(delivery_id=one), an_actor(), NOW)).count

        assert (count, await pending(session)) == (1, {one})

    async def test_begins_a_range_of_time_again(self, session: AsyncSession, webhook: Webhook) -> None:
        rows = [await delivered(session, webhook, offset) for offset in range(5)]
        times = {"from": _minute(1), "to": _minute(3)}

        count = (await redeliver(session, webhook.id, asked(**times), an_actor(), NOW)).count

        assert (count, await pending(session)) == (2, set(rows[1:3]))

    async def test_begins_everything_behind_a_cursor_again(
        self, session: AsyncSession, webhook: Webhook
    ) -> None:
        rows = [await delivered(session, webhook, offset) for offset in range(5)]
        elsewhere = await delivered(session, webhook, 0, topic="crm.sales.lead")
        test = await delivered(session, webhook, 9, topic="")
        cursor = encode({TopicPartition(TOPIC, 0): 3})

        count = (await redeliver(session, webhook.id, asked(since=cursor), an_actor(), NOW)).count

        assert (count, await pending(session)) == (3, {rows[3], rows[4], elsewhere})
        assert test not in await pending(session)

    async def test_begins_the_dead_letters_alone_again(self, session: AsyncSession, webhook: Webhook) -> None:
        dead = await delivered(session, webhook, 1, status="dead")
        await delivered(session, webhook, 2)

        wanted = asked(**{"from": _minute(0)}, statuses=["dead"])
        count = (await redeliver(session, webhook.id, wanted, an_actor(), NOW)).count

        assert (count, await pending(session)) == (1, {dead})

    async def test_touches_nothing_of_another_webhook(self, session: AsyncSession, webhook: Webhook) -> None:
        other = await kept(session, make_webhook())
        theirs = await delivered(session, other, 1)

        with pytest.raises(NotFound):
            await redeliver(session, webhook.id, asked(delivery_id=theirs), an_actor(), NOW)
        count = (await redeliver(session, webhook.id, asked(since=encode({})), an_actor(), NOW)).count

        assert (count, await pending(session)) == (0, set())

    async def test_begins_what_meets_all_that_was_said(self, session: AsyncSession, webhook: Webhook) -> None:
        rows = [await delivered(session, webhook, offset) for offset in range(5)]
        cursor = encode({TopicPartition(TOPIC, 0): 2})

        wanted = asked(since=cursor, to=_minute(4))
        count = (await redeliver(session, webhook.id, wanted, an_actor(), NOW)).count

        assert (count, await pending(session)) == (2, set(rows[2:4]))

    @pytest.mark.parametrize("fields", [{}, {"statuses": ["dead"]}], ids=range(2))
    async def test_asks_to_be_told_what(
        self, session: AsyncSession, webhook: Webhook, fields: dict[str, Any]
    ) -> None:
        with pytest.raises(BadRequest, match="redeliver-what"):
            await redeliver(session, webhook.id, asked(**fields), an_actor(), NOW)

    async def test_refuses_a_cursor_of_nobody(self, session: AsyncSession, webhook: Webhook) -> None:
        with pytest.raises(BadRequest, match="bad-cursor"):
            await redeliver(session, webhook.id, asked(since="nonsense!"), an_actor(), NOW)

    async def test_waits_until_the_webhook_is_on(self, session: AsyncSession) -> None:
        off = await kept(session, make_webhook(is_active=False))

        with pytest.raises(Conflict, match="webhook-disabled"):
            await redeliver(session, off.id, asked(since="AQ"), an_actor(), NOW)

    async def test_is_for_who_may_change_the_webhook(self, session: AsyncSession, webhook: Webhook) -> None:
        actor = an_actor({"webhook:update": "own"}, 2)

        with pytest.raises(NotFound):
            await redeliver(session, webhook.id, asked(since="AQ"), actor, NOW)


class TestDeliverTest:
    async def test_leaves_an_event_that_means_nothing(self, session: AsyncSession, webhook: Webhook) -> None:
        id = await deliver_test(session, webhook.id, an_actor(), NOW)

        (row,) = (await session.execute(select(delivery))).all()
        assert (row.id, row.status, row.event_type) == (id, "pending", "integration.webhook.tested.v1")
        assert row.webhook_id == webhook.id
        assert uid(1) == webhook.owner_id


class TestSchedule:
    def test_reaches_over_three_days(self) -> None:
        assert len(SCHEDULE) >= 12
        assert sum(SCHEDULE) >= 72 * 3600

    @pytest.mark.parametrize("attempts", range(1, len(SCHEDULE) + 1))
    def test_is_spread_a_little_by_chance(self, attempts: int) -> None:
        least = timedelta(seconds=SCHEDULE[attempts - 1])

        assert least <= pause(attempts) <= least * 1.1
        assert len({pause(attempts) for _ in range(5)}) > 1

    def test_heeds_what_the_receiver_wishes_within_an_hour(self) -> None:
        assert pause(1, 900) == timedelta(seconds=900)
        assert pause(1, 10**6) == timedelta(hours=1)

    def test_rests_longer_the_more_failures_there_were(self) -> None:
        rests = [rest(failures) for failures in range(1, 30)]

        assert rests[:4] == [None] * 4
        known = [each for each in rests if each is not None]
        assert known == sorted(known)
        assert (known[0], known[-1]) == (timedelta(seconds=5), timedelta(minutes=1))


def _minute(number: int) -> datetime:
    return NOW + timedelta(minutes=number)
