from datetime import UTC, datetime

import pytest

from libs.common.problems import Forbidden
from libs.platform.access.actor import Actor
from libs.platform.access.scopes import ALL
from libs.platform.directory.model import Directory
from tests.factories.directory import api_key, role, uid, user

BEFORE, AFTER = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
END = "2026-12-01T00:00:00Z"


def acting(scopes: list[str], permissions: dict[str, str]) -> Actor:
    """A user who acts through a key of these scopes."""
    directory = Directory()
    directory.apply([role(100, permissions), user(1, roles=[100]), user(2)])
    directory.apply([api_key(9, 1, scopes, expires_at=END)])
    return Actor(uid(1), directory, uid(9), directory.api_keys[uid(9)])


class TestKey:
    def test_allows_what_both_its_scopes_and_the_roles_allow(self) -> None:
        actor = acting(["lead:read", "lead:update"], {"lead:read": "all", "lead:create": "all"})

        assert actor.visible("lead:read") is ALL
        assert actor.visible("lead:create") == frozenset()
        assert actor.visible("lead:update") == frozenset()

    def test_reaches_as_far_as_the_roles_do(self) -> None:
        actor = acting(["lead:read"], {"lead:read": "own"})

        assert actor.visible("lead:read") == frozenset({uid(1)})
        assert actor.may("lead:read", uid(1))
        assert not actor.may("lead:read", uid(2))

    def test_of_everything_is_whatever_the_roles_are(self) -> None:
        actor = acting(["*:*"], {"lead:read": "all"})

        assert actor.visible("lead:read") is ALL
        assert actor.visible("lead:update") == frozenset()

    def test_of_an_administrator_is_cut_to_its_scopes(self) -> None:
        actor = acting(["lead:read"], {"*:*": "all"})

        assert actor.visible("lead:read") is ALL
        with pytest.raises(Forbidden):
            actor.demand("user:create")
        with pytest.raises(Forbidden):
            actor.demand("*:*")

    def test_cannot_be_stretched_by_history(self) -> None:
        actor = acting(["lead:create"], {"*:*": "all"})

        with pytest.raises(Forbidden):
            actor.instant(BEFORE, AFTER)


class TestStands:
    def test_until_the_key_expires(self) -> None:
        actor = acting(["lead:read"], {"lead:read": "own"})

        assert actor.stands(BEFORE)
        assert not actor.stands(AFTER)

    def test_until_the_key_is_revoked(self) -> None:
        actor = acting(["lead:read"], {"lead:read": "own"})

        actor.directory.apply([api_key(9, 1, [], dv=2, deleted=True)])

        assert not actor.stands(BEFORE)

    def test_until_the_user_is_deactivated(self) -> None:
        actor = acting(["lead:read"], {"lead:read": "own"})

        actor.directory.apply([user(1, dv=2, is_active=False)])

        assert not actor.stands(BEFORE)
