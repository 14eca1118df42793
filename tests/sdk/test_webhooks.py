"""Deliveries signed by the published `standardwebhooks` library, and taken by the SDK."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from plexus_crm import Event, MalformedEvent, NotSigned, Receiver, Webhook
from plexus_crm.events import OpportunityWon
from standardwebhooks import Webhook as Signer

from tests.sdk.test_events import document

SECRET, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BODY = json.dumps(document("sales.opportunity.won.v1"))


def signed(body: str = BODY, *secrets: str, identity: str = "msg_1") -> dict[str, str]:
    signatures = [Signer(each).sign(identity, NOW, body) for each in secrets or (SECRET,)]
    moment = str(int(NOW.timestamp()))
    return {
        "webhook-id": identity,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(signatures),
    }


def receiving(*secrets: str, seconds_later: float = 0) -> Webhook:
    return Webhook(*(secrets or (SECRET,)), clock=lambda: NOW.timestamp() + seconds_later)


class TestWebhook:
    def test_reads_what_is_signed(self) -> None:
        event = receiving().read(signed(), BODY.encode())

        assert isinstance(event, OpportunityWon)

    def test_takes_headers_in_any_case(self) -> None:
        headers = {name.title(): value for name, value in signed().items()}

        assert receiving().verify(headers, BODY) == "msg_1"

    @pytest.mark.parametrize("mine", [(SECRET,), (OTHER,), (SECRET, OTHER)], ids=["old", "new", "both"])
    def test_takes_either_secret_during_a_rotation(self, mine: tuple[str, ...]) -> None:
        assert receiving(*mine).verify(signed(BODY, OTHER, SECRET), BODY) == "msg_1"

    @pytest.mark.parametrize(
        "change",
        [
            lambda headers: headers.pop("webhook-signature"),
            lambda headers: headers.update({"webhook-id": "msg_2"}),
            lambda headers: headers.update({"webhook-timestamp": "soon"}),
            lambda headers: headers.update({"webhook-signature": "v1,AAAA"}),
            lambda headers: headers.update({"webhook-signature": "v1a,é"}),
        ],
        ids=["missing", "id", "time", "signature", "letters"],
    )
    def test_refuses_what_is_not_signed(self, change: Callable[[dict[str, str]], Any]) -> None:
        headers = signed()
        change(headers)

        with pytest.raises(NotSigned):
            receiving().verify(headers, BODY)

    def test_refuses_another_body(self) -> None:
        with pytest.raises(NotSigned):
            receiving().verify(signed(), BODY + " ")

    def test_refuses_another_secret(self) -> None:
        with pytest.raises(NotSigned):
            receiving(OTHER).verify(signed(), BODY)

    @pytest.mark.parametrize("seconds", [301, -301])
    def test_refuses_another_time(self, seconds: float) -> None:
        with pytest.raises(NotSigned):
            receiving(seconds_later=seconds).verify(signed(), BODY)

    def test_tells_what_is_signed_and_no_event(self) -> None:
        with pytest.raises(MalformedEvent):
            receiving().read(signed("{}"), "{}")

    @pytest.mark.parametrize("secrets", [(), ("whsec_!",)])
    def test_wants_a_secret(self, secrets: tuple[str, ...]) -> None:
        with pytest.raises(ValueError, match="secret"):
            Webhook(*secrets)


class Kept:
    """A handler that keeps what it handled, and may fail first."""

    def __init__(self, failures: int = 0) -> None:
        self.events: list[Event] = []
        self.failures = failures

    async def __call__(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.events.append(event)


async def delivered(
    receiver: Receiver, headers: dict[str, str], body: str = BODY, method: str = "POST"
) -> int:
    transport = httpx.ASGITransport(receiver, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.request(method, "/hook", content=body, headers=headers)
    return answer.status_code


class TestReceiver:
    async def test_hands_an_event_on_once(self) -> None:
        kept = Kept()
        receiver = Receiver(receiving(), kept)

        first = await delivered(receiver, signed())
        again = await delivered(receiver, signed(identity="msg_2"))

        assert (first, again) == (204, 204)
        assert len(kept.events) == 1

    async def test_takes_again_what_was_not_handled(self) -> None:
        kept = Kept(failures=1)
        receiver = Receiver(receiving(), kept)

        first, again = [await delivered(receiver, signed()) for _ in range(2)]

        assert (first, again, len(kept.events)) == (500, 204, 1)

    @pytest.mark.parametrize(
        ("headers", "body", "method", "status"),
        [
            ({}, BODY, "POST", 401),
            (signed("{}"), "{}", "POST", 400),
            (signed(), BODY, "GET", 405),
        ],
        ids=["unsigned", "no-event", "get"],
    )
    async def test_refuses(self, headers: dict[str, str], body: str, method: str, status: int) -> None:
        kept = Kept()

        assert await delivered(Receiver(receiving(), kept), headers, body, method) == status
        assert kept.events == []
