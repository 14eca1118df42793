from datetime import timedelta
from uuid import UUID

import pytest

from libs.common.problems import BadRequest, Conflict
from libs.contracts.auth import ApiKeyIssued, ApiKeyReplaced, ApiKeyRevoked
from services.auth.api_keys.model import PresentedKey
from tests.factories.auth import NOW, make_api_key, make_head, sequences, told


class TestPresentedKey:
    def test_reads_what_was_minted(self) -> None:
        minted = PresentedKey.mint()

        assert PresentedKey.parse(str(minted)) == minted

    def test_is_another_each_time(self) -> None:
        assert len({str(PresentedKey.mint()) for _ in range(50)}) == 50

    @pytest.mark.parametrize(
        "text",
        ["", "plx_", "plx_abcdefgh_short", "xlp_abcdefgh_" + "a" * 43, "plx_abcdefg!_" + "a" * 43],
    )
    def test_is_nothing_else(self, text: str) -> None:
        assert PresentedKey.parse(text) is None

    def test_reads_nothing_longer(self) -> None:
        assert PresentedKey.parse(f"{PresentedKey.mint()}x") is None
        assert PresentedKey.parse(f"{PresentedKey.mint()}\n") is None

    def test_fits_its_own_hash_alone(self) -> None:
        one, other = PresentedKey.mint(), PresentedKey.mint()

        assert one.fits(one.hash)
        assert not one.fits(other.hash)
        assert one.secret not in one.hash


class TestIssue:
    def test_tells_scopes_and_never_the_secret(self) -> None:
        minted = PresentedKey.mint()
        key = make_api_key(
            user_id=UUID(int=7), minted=minted, scopes=["lead:read", "account:read", "lead:read"]
        )

        (fact,) = told(key)
        assert isinstance(fact, ApiKeyIssued)
        assert fact.state.scopes == ("account:read", "lead:read")
        assert (fact.kind, fact.subject) == ("api-key", key.id)
        assert minted.secret not in fact.model_dump_json()
        assert minted.hash not in fact.model_dump_json()

    def test_keeps_the_hash_alone(self) -> None:
        minted = PresentedKey.mint()

        key = make_api_key(minted=minted)

        assert (key.prefix, key.secret_hash) == (minted.prefix, minted.hash)

    def test_takes_the_directorys_next_version(self) -> None:
        assert sequences(make_api_key(make_head(4))) == [5]

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_refuses_a_key_that_has_expired(self, seconds: int) -> None:
        with pytest.raises(BadRequest, match="already-expired"):
            make_api_key(expires_at=NOW + timedelta(seconds=seconds))


class TestGiveWay:
    @pytest.mark.parametrize(
        ("end", "expected"), [(None, 2), (9, 2), (1, 1)], ids=["no end", "a later end", "a sooner end"]
    )
    def test_ends_with_the_overlap_or_before(self, end: int | None, expected: int) -> None:
        key = make_api_key(expires_at=NOW + timedelta(days=end) if end else None)

        key.give_way(make_head(), timedelta(days=2), NOW)

        assert isinstance(told(key)[-1], ApiKeyReplaced)
        assert told(key)[-1].state.expires_at == NOW + timedelta(days=expected)

    def test_ends_at_once_without_an_overlap(self) -> None:
        key = make_api_key()

        key.give_way(make_head(), timedelta(0), NOW)

        assert isinstance(told(key)[-1], ApiKeyRevoked)

    def test_rejects_a_key_that_is_dead_already(self) -> None:
        expired, revoked = make_api_key(expires_at=NOW + timedelta(1)), make_api_key()
        revoked.revoke(make_head(), NOW)

        with pytest.raises(Conflict, match="key-expired"):
            expired.give_way(make_head(), timedelta(1), NOW + timedelta(1))
        with pytest.raises(Conflict, match="already-revoked"):
            revoked.give_way(make_head(), timedelta(1), NOW)

        assert len(told(expired)) == 1


class TestRevoke:
    def test_is_told_as_deleted(self) -> None:
        key = make_api_key()

        key.revoke(make_head(), NOW)

        assert isinstance(told(key)[-1], ApiKeyRevoked)
        assert told(key)[-1].state.deleted_at == NOW

    def test_rejects_a_revoked_key(self) -> None:
        key = make_api_key()
        key.revoke(make_head(), NOW)

        with pytest.raises(Conflict, match="already-revoked"):
            key.revoke(make_head(), NOW)

        assert len(told(key)) == 2
