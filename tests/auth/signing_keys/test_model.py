from datetime import timedelta
from uuid import UUID

from libs.common.crypto import KekRing
from libs.common.tokens import Claims, TokenVerifier, issue
from libs.contracts.auth import SigningKeyPublished, SigningKeyRetired
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from services.auth.signing_keys.model import AHEAD, SigningKey, is_outlived
from tests.factories.auth import NOW, make_head, told

RING = KekRing("m", {"m": b"k" * 32}, b"b" * 32)


def published(usable_from: timedelta = timedelta(0)) -> SigningKey:
    return SigningKey.publish(make_head(), RING, NOW + usable_from, NOW)


class TestPublish:
    def test_tells_the_public_half_alone(self) -> None:
        key = published()

        assert isinstance(told(key)[0], SigningKeyPublished)
        assert set(told(key)[0].state.jwk) == {"kty", "crv", "x", "kid"}

    def test_signs_what_the_directory_verifies(self) -> None:
        key, directory = published(), Directory()
        claims = Claims(UUID(int=1), UUID(int=2), 3, NOW, NOW + timedelta(minutes=5))
        directory.apply([Entry("signing-key", str(key.id), 1, told(key)[0].state.model_dump(mode="json"))])
        verifier = TokenVerifier(directory.signing_keys.get, lambda _: False)

        assert verifier.verify(issue(claims, key.private_key(RING)), NOW) == claims


class TestRetire:
    def test_is_told_as_deleted(self) -> None:
        key = published()

        key.retire(make_head(), NOW)

        assert isinstance(told(key)[-1], SigningKeyRetired)
        assert told(key)[-1].state.deleted_at == NOW

    def test_waits_until_every_token_has_expired(self) -> None:
        key, successor = published(), published(AHEAD)
        over = NOW + AHEAD + timedelta(minutes=25)

        assert not is_outlived(key, successor, NOW + AHEAD + timedelta(minutes=9))
        assert is_outlived(key, successor, over)
        assert not is_outlived(successor, key, over)
