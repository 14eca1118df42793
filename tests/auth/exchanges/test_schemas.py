from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from services.auth.exchanges.schemas import Credential, Failures, Grant, Grants
from tests.factories.directory import role, uid, user

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SESSION = UUID(int=70)
COOKIE = Credential("cookie", "value")


def of(authorization: list[str], cookies: list[str]) -> Credential | None:
    return Credential.of(authorization, cookies, "__Host-plexus")


class TestCredential:
    @pytest.mark.parametrize(
        ("authorization", "cookies", "found"),
        [
            (["Bearer plx_a_b"], [], Credential("api-key", "plx_a_b")),
            (["bearer  plx_a_b "], ["__Host-plexus=x"], Credential("api-key", "plx_a_b")),
            ([], ["__Host-plexus=x"], Credential("cookie", "x")),
            ([], ["a=b; __Host-plexus=x; c=d"], Credential("cookie", "x")),
            ([], ["a=b", "__Host-plexus=x"], Credential("cookie", "x")),
        ],
        ids=["key", "key before cookie", "cookie", "among others", "of several lines"],
    )
    def test_is_the_one_that_was_sent(
        self, authorization: list[str], cookies: list[str], found: Credential
    ) -> None:
        assert of(authorization, cookies) == found

    @pytest.mark.parametrize(
        ("authorization", "cookies"),
        [
            ([], []),
            ([], ["plexus=x"]),
            ([], ["__Host-plexus="]),
            ([], ["__Host-plexus=x; __Host-plexus=y"]),
            ([], ["__Host-plexus=x", "__Host-plexus=x"]),
            (["Basic abc"], ["__Host-plexus=x"]),
            (["Bearer"], []),
            (["Bearer plx_a_b", "Bearer plx_a_b"], []),
        ],
        ids=["none", "other", "empty", "two", "two lines", "basic", "bare", "two keys"],
    )
    def test_is_none_where_there_is_not_exactly_one(
        self, authorization: list[str], cookies: list[str]
    ) -> None:
        assert of(authorization, cookies) is None

    def test_of_another_kind_is_another(self) -> None:
        assert Credential("cookie", "x").digest != Credential("api-key", "x").digest


def directory(*, dv: int = 1) -> Directory:
    built = Directory()
    built.apply([role(100, {"lead:read": "own"}), user(1, roles=[100], dv=dv)])
    return built


def grant(dv: int = 1) -> Grant:
    return Grant(uid(1), SESSION, "cookie", dv, NOW + timedelta(seconds=60), token="t")


class TestGrants:
    def test_are_found_while_they_hold(self) -> None:
        grants = Grants(directory())
        grants.keep(COOKIE, grant())

        assert grants.find(COOKIE, NOW + timedelta(seconds=59)) == grant()
        assert grants.find(Credential("cookie", "other"), NOW) is None

    def test_are_forgotten_after_a_minute(self) -> None:
        grants = Grants(directory())
        grants.keep(COOKIE, grant())

        assert grants.find(COOKIE, NOW + timedelta(seconds=60)) is None

    @pytest.mark.parametrize(
        "entry",
        [
            Entry("session", str(SESSION), 2, {}),
            Entry("api-key", str(SESSION), 2, {}, deleted=True),
            user(1, roles=[100], is_active=False, dv=2),
            user(1, roles=[], dv=2),
            role(100, {"lead:read": "all"}, dv=2),
        ],
        ids=["session revoked", "key revoked", "user deactivated", "roles changed", "role changed"],
    )
    def test_end_with_what_happens_to_them(self, entry: Entry) -> None:
        known = directory()
        grants = Grants(known)
        grants.keep(COOKIE, grant())

        known.apply([entry])

        assert grants.find(COOKIE, NOW) is None

    def test_survive_what_happens_to_others(self) -> None:
        known = directory()
        grants = Grants(known)
        grants.keep(COOKIE, grant())

        known.apply([user(2, dv=5), Entry("session", str(UUID(int=71)), 6, {})])

        assert grants.find(COOKIE, NOW) == grant()

    def test_hold_for_a_user_of_whom_the_directory_has_not_heard(self) -> None:
        grants = Grants(Directory())
        grants.keep(COOKIE, grant())

        assert grants.find(COOKIE, NOW) == grant()

    def test_are_not_more_than_they_may_be(self) -> None:
        grants = Grants(directory(), capacity=2)
        one, two, three = (Credential("cookie", name) for name in "123")
        grants.keep(one, grant())
        grants.keep(two, grant())
        grants.find(one, NOW)

        grants.keep(three, grant())

        assert [grants.find(each, NOW) is not None for each in (one, two, three)] == [True, False, True]


class TestFailures:
    def test_make_one_address_wait_for_the_next_minute(self) -> None:
        failures = Failures(limit=2)
        for _ in range(2):
            assert not failures.are_too_many("203.0.113.9", NOW)
            failures.note("203.0.113.9", NOW)

        assert failures.are_too_many("203.0.113.9", NOW)
        assert not failures.are_too_many("203.0.113.10", NOW)
        assert not failures.are_too_many("203.0.113.9", NOW + timedelta(minutes=1))
