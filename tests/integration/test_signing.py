"""Standard Webhooks, held against the published library."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from libs.common.crypto import Unreadable
from libs.common.ids import new_id
from services.integration.signing import new_secret, open_secret, seal_secret, shown, signed
from tests.integration.acting import RING


class TestSigned:
    @pytest.mark.parametrize("body", [b"{}", '{"name":"李伟"}'.encode(), b'{"a": 1.0}'], ids=range(3))
    def test_is_what_the_published_library_accepts(self, body: bytes) -> None:
        secret = new_secret()

        headers = signed("msg-1", datetime.now(UTC), body, [secret])

        assert Verifier(shown(secret)).verify(body, headers) is not None

    def test_is_letter_by_letter_what_the_published_library_makes(self) -> None:
        secret, at = new_secret(), datetime.now(UTC)

        headers = signed("msg-1", at, b'{"a":1}', [secret])

        assert headers["webhook-signature"] == Verifier(shown(secret)).sign("msg-1", at, '{"a":1}')

    @pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp"])
    def test_holds_id_and_time_too(self, changed: str) -> None:
        secret = new_secret()
        headers = signed("msg-1", datetime.now(UTC), b"{}", [secret])

        with pytest.raises(WebhookVerificationError):
            Verifier(shown(secret)).verify(b"{}", headers | {changed: headers[changed] + "1"})

    def test_serves_two_secrets_at_once(self) -> None:
        secrets = [new_secret(), new_secret()]

        headers = signed("msg-1", datetime.now(UTC), b"{}", secrets)

        for each in secrets:
            assert Verifier(shown(each)).verify(b"{}", headers) == {}


class TestSecret:
    def test_is_shown_in_the_form_that_libraries_read(self) -> None:
        secret = new_secret()

        assert shown(secret) == f"whsec_{base64.b64encode(secret).decode()}"
        assert 24 <= len(secret) <= 64

    def test_is_kept_as_ciphertext(self) -> None:
        secret, webhook = new_secret(), new_id()

        kept = seal_secret(secret, webhook, RING)

        assert open_secret(kept, webhook, RING) == secret
        assert shown(secret).removeprefix("whsec_") not in kept

    def test_serves_no_other_webhook(self) -> None:
        kept = seal_secret(new_secret(), new_id(), RING)

        with pytest.raises(Unreadable):
            open_secret(kept, new_id(), RING)
