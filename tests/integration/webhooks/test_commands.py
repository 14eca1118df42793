"""Commands on webhooks: who may have one, whose eyes it has, and its secrets."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.problems import BadRequest, Forbidden, NotFound, StaleVersion
from libs.common.transaction import UnknownReference
from services.integration.outbound import Policy
from services.integration.signing import open_secret, shown
from services.integration.webhooks.commands import (
    delete_webhook,
    disable_failing,
    disable_webhook,
    enable_webhook,
    revise_webhook,
    rotate_secret,
    subscribe_webhook,
)
from services.integration.webhooks.model import Webhook, webhook_health
from services.integration.webhooks.schemas import WebhookCreate, WebhookUpdate
from tests.factories.directory import uid
from tests.factories.integration import NOW, make_webhook
from tests.integration.acting import RING, an_actor, equip, kept, kinds

OPEN = Policy()
OWN = {f"webhook:{verb}": "own" for verb in ("read", "create", "update", "delete")}
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _equipped(session: AsyncSession) -> None:
    equip(session)


def asked(**fields: Any) -> WebhookCreate:
    facts = {"url": "https://receiver.example/hook", "types": ["sales.*"]}
    return WebhookCreate.model_validate(facts | fields)


class TestSubscribeWebhook:
    async def test_seals_the_secret_that_it_shows(self, session: AsyncSession) -> None:
        made, secret = await subscribe_webhook(session, asked(), an_actor(), OPEN, NOW)
        await session.flush()

        assert kinds(session) == ["WebhookSubscribed"]
        assert shown(open_secret(made.secret, made.id, RING)) == secret
        assert (made.owner_id, made.is_active) == (uid(1), True)

    async def test_reaches_a_network_that_is_allowed(self, session: AsyncSession) -> None:
        inside = Policy((ip_network("10.0.0.0/8"),))

        made, _ = await subscribe_webhook(session, asked(url="http://10.1.2.3/x"), an_actor(), inside, NOW)

        assert made.host == "10.1.2.3"

    @pytest.mark.parametrize(("owner", "problem"), [(2, Forbidden), (404, Forbidden)])
    async def test_sees_with_nobody_elses_eyes(
        self, session: AsyncSession, owner: int, problem: type[Exception]
    ) -> None:
        with pytest.raises(problem):
            await subscribe_webhook(session, asked(owner_id=uid(owner)), an_actor(OWN), OPEN, NOW)

        assert kinds(session) == []

    async def test_belongs_to_somebody_known(self, session: AsyncSession) -> None:
        with pytest.raises(UnknownReference):
            await subscribe_webhook(session, asked(owner_id=uid(404)), an_actor(), OPEN, NOW)


class TestReviseWebhook:
    async def test_changes_what_was_sent(self, session: AsyncSession) -> None:
        found = await kept(session, make_webhook(filter={"field": "a", "op": "exists", "value": None}))
        change = WebhookUpdate(name="Other", filter=None, owner_id=uid(2))

        await revise_webhook(session, found.id, 1, change, an_actor(), OPEN, LATER)
        await session.flush()

        assert kinds(session) == ["WebhookAssigned", "WebhookRevised"]
        assert (found.name, found.filter, found.owner_id) == ("Other", None, uid(2))
        assert found.types == ["sales.*"]

    async def test_refuses_an_address_in_the_house(self, session: AsyncSession) -> None:
        found = await kept(session, make_webhook())
        change = WebhookUpdate(url="https://169.254.169.254/")

        with pytest.raises(BadRequest, match="webhook-address-refused"):
            await revise_webhook(session, found.id, 1, change, an_actor(), OPEN, LATER)

    async def test_asks_for_the_version_that_was_seen(self, session: AsyncSession) -> None:
        found = await kept(session, make_webhook())

        with pytest.raises(StaleVersion):
            await revise_webhook(session, found.id, 9, WebhookUpdate(name="X"), an_actor(), OPEN, LATER)


class TestRotateSecret:
    async def test_keeps_the_old_secret_beside_the_new_one(self, session: AsyncSession) -> None:
        made, old = await subscribe_webhook(session, asked(), an_actor(), OPEN, NOW)
        await session.flush()

        found, new = await rotate_secret(session, made.id, timedelta(days=1), an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["WebhookSubscribed", "WebhookSecretRotated"]
        assert shown(open_secret(found.secret, found.id, RING)) == new
        assert shown(open_secret(found.previous_secret or "", found.id, RING)) == old


class TestOnAndOff:
    async def test_begins_again_with_a_clean_record(self, session: AsyncSession) -> None:
        found = await kept(session, make_webhook())
        await session.execute(insert(webhook_health).values(webhook_id=found.id, failures=9))

        await disable_webhook(session, found.id, an_actor(), LATER)
        await enable_webhook(session, found.id, an_actor(), LATER)
        await session.flush()

        assert kinds(session) == ["WebhookDisabled", "WebhookEnabled"]
        assert (await session.execute(select(webhook_health))).all() == []

    async def test_ends_for_good(self, session: AsyncSession) -> None:
        found = await kept(session, make_webhook())

        await delete_webhook(session, found.id, 1, an_actor(), LATER)
        await session.flush()

        assert (kinds(session), found.secret) == (["WebhookDeleted"], "")

    @pytest.mark.parametrize("verb", [disable_webhook, enable_webhook])
    async def test_is_for_who_may_change_it(self, session: AsyncSession, verb: Any) -> None:
        found = await kept(session, make_webhook(owner_id=uid(2)))

        with pytest.raises(NotFound):
            await verb(session, found.id, an_actor(OWN), LATER)

        assert kinds(session) == []


class TestDisableFailing:
    @pytest.mark.parametrize(("days", "count"), [(4, 0), (6, 1)])
    async def test_turns_off_what_failed_for_too_long(
        self, session: AsyncSession, days: int, count: int
    ) -> None:
        found: Webhook = await kept(session, make_webhook())
        since = NOW - timedelta(days=days)
        row = {"webhook_id": found.id, "failures": 50, "failing_since": since}
        await session.execute(insert(webhook_health).values(row))

        await disable_failing(session, timedelta(days=5), NOW)
        await session.flush()

        assert (kinds(session), found.is_active) == (["WebhookDisabled"] * count, count == 0)
