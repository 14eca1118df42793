from datetime import timedelta

import pytest

from libs.common.crypto import KekRing
from services.auth.lockouts.model import FIRST, LONGEST, RULES, Lockout, account_key, address_key
from tests.factories.auth import NOW

RING = KekRing("m", {"m": b"k" * 32}, b"b" * 32)


def counted(kind: str = "account", failures: int = 0) -> Lockout:
    return Lockout(kind=kind, key="k", failures=failures, failed_at=NOW, locked_until=None)


class TestNote:
    @pytest.mark.parametrize("kind", RULES)
    def test_locks_when_the_free_ones_are_used_up(self, kind: str) -> None:
        lockout = counted(kind)

        locks = [lockout.note(NOW) for _ in range(RULES[kind].free)]

        assert locks == [False] * (RULES[kind].free - 1) + [True]
        assert lockout.locked_until == NOW + FIRST

    def test_locks_twice_as_long_each_time_up_to_a_bound(self) -> None:
        lockout = counted(failures=RULES["account"].free)
        seen = []

        for _ in range(40):
            lockout.note(NOW)
            seen.append((lockout.locked_until or NOW) - NOW)

        assert seen[:3] == [FIRST * 2, FIRST * 4, FIRST * 8]
        assert seen[-1] == LONGEST

    def test_forgets_failures_of_long_ago(self) -> None:
        lockout = counted(failures=50)

        assert not lockout.note(NOW + RULES["account"].forgotten)
        assert lockout.failures == 1

    def test_slides_with_the_last_failure(self) -> None:
        lockout = counted(failures=1)

        lockout.note(NOW + RULES["account"].forgotten - timedelta(seconds=1))

        assert lockout.failures == 2


class TestKeys:
    def test_are_one_for_a_whole_site_of_the_newer_protocol(self) -> None:
        assert address_key(RING, "2001:db8::1") == address_key(RING, "2001:db8::ffff:1")
        assert address_key(RING, "2001:db8::1") != address_key(RING, "2001:db8:0:1::1")
        assert address_key(RING, "192.0.2.1") != address_key(RING, "192.0.2.2")

    def test_tell_neither_account_nor_address(self) -> None:
        keys = account_key(RING, "ada@example.org"), address_key(RING, "192.0.2.1"), address_key(RING, "x")

        assert all(len(key) == 64 for key in keys)
