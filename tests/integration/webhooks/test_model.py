"""The rules of a webhook."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.problems import Conflict
from libs.contracts.integration import (
    WebhookAssigned,
    WebhookDeleted,
    WebhookDisabled,
    WebhookEnabled,
    WebhookRevised,
    WebhookSecretRotated,
    WebhookSubscribed,
)
from services.integration.webhooks.model import FAILING, Webhook
from tests.factories.integration import NOW, make_webhook

LATER = NOW + timedelta(hours=1)


def told(webhook: Webhook) -> list[Any]:
    return [each.event for each in webhook.__dict__["_waiting"]]


class TestSubscribe:
    def test_tells_of_the_host_and_not_of_the_address(self) -> None:
        webhook = make_webhook(url="https://Receiver.example:8443/hook?token=s3cr3t")

        (event,) = told(webhook)
        assert isinstance(event, WebhookSubscribed)
        assert event.state.host == "receiver.example"
        assert "s3cr3t" not in event.model_dump_json()

    def test_may_begin_turned_off(self) -> None:
        assert make_webhook(is_active=False).disabled_reason == "by-choice"


class TestRevise:
    def test_follows_the_address(self) -> None:
        webhook = make_webhook()

        webhook.revise({"url": "https://other.example/", "name": "Other"}, LATER)

        assert (webhook.host, webhook.name, webhook.updated_at) == ("other.example", "Other", LATER)
        assert isinstance(told(webhook)[-1], WebhookRevised)

    def test_of_nothing_tells_nothing(self) -> None:
        webhook = make_webhook()

        webhook.revise({"name": "Warehouse", "types": ["sales.*"]}, LATER)

        assert len(told(webhook)) == 1


class TestAssign:
    def test_tells_whose_it_was(self) -> None:
        webhook = make_webhook()

        webhook.assign(UUID(int=2), LATER)
        webhook.assign(UUID(int=2), LATER)

        (_, event) = told(webhook)
        assert isinstance(event, WebhookAssigned)
        assert (event.from_owner_id, webhook.owner_id) == (UUID(int=1), UUID(int=2))


class TestRotateSecret:
    def test_keeps_the_old_one_for_a_while(self) -> None:
        webhook = make_webhook(secret="old")

        webhook.rotate_secret("new", timedelta(days=1), LATER)

        assert (webhook.secret, webhook.previous_secret) == ("new", "old")
        assert webhook.previous_secret_until == LATER + timedelta(days=1)
        assert isinstance(told(webhook)[-1], WebhookSecretRotated)


class TestDisable:
    def test_says_why(self) -> None:
        webhook = make_webhook()

        webhook.disable(FAILING, LATER)

        event = told(webhook)[-1]
        assert isinstance(event, WebhookDisabled)
        assert (event.state.is_active, event.state.disabled_reason) == (False, "failing")

    def test_happens_once(self) -> None:
        webhook = make_webhook(is_active=False)

        webhook.disable(FAILING, LATER)

        assert (webhook.disabled_reason, len(told(webhook))) == ("by-choice", 1)


class TestEnable:
    def test_forgets_why_it_was_off(self) -> None:
        webhook = make_webhook(is_active=False)

        webhook.enable(LATER)

        assert (webhook.is_active, webhook.disabled_reason) == (True, None)
        assert isinstance(told(webhook)[-1], WebhookEnabled)

    def test_happens_once(self) -> None:
        webhook = make_webhook()

        webhook.enable(LATER)

        assert len(told(webhook)) == 1


class TestDelete:
    def test_destroys_the_secrets(self) -> None:
        webhook = make_webhook()
        webhook.rotate_secret("new", timedelta(days=1), NOW)

        webhook.delete(LATER)

        assert (webhook.secret, webhook.previous_secret, webhook.is_active) == ("", None, False)
        assert isinstance(told(webhook)[-1], WebhookDeleted)

    @pytest.mark.parametrize("verb", ["delete", "enable"])
    def test_is_for_good(self, verb: str) -> None:
        webhook = make_webhook()
        webhook.delete(LATER)

        with pytest.raises(Conflict, match="deleted"):
            getattr(webhook, verb)(LATER)
