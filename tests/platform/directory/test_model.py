from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from tests.factories.directory import api_key, department, role, uid, user

TREE = [
    department(1, dv=1),
    department(2, parent=1, dv=2),
    department(3, parent=2, dv=3),
    department(4, parent=1, dv=4),
]


def directory(*entries: Entry) -> Directory:
    built = Directory()
    built.apply([*TREE, *entries])
    return built


def session(number: int, dv: int, *, deleted: bool = False) -> Entry:
    return Entry("session", str(uid(number)), dv, {}, deleted)


def ids(*numbers: int) -> set[UUID]:
    return {uid(number) for number in numbers}


class TestApply:
    def test_keeps_the_newest_of_each_thing_whatever_the_order(self) -> None:
        older, newer = user(10, department=2, dv=5), user(10, department=4, dv=6)

        one, other = directory(older, newer), directory(newer, older)

        assert one.users == other.users
        assert one.users[uid(10)].department_id == uid(4)

    def test_moves_its_version_to_the_newest(self) -> None:
        assert directory(user(10, department=2, dv=9), user(11, department=2, dv=7)).dv == 9

    def test_takes_deleted_things_out(self) -> None:
        built = directory(department(3, parent=2, dv=8, deleted=True))

        assert uid(3) not in built.departments

    def test_is_the_same_after_a_repetition(self) -> None:
        entries = [user(10, department=2, dv=5), role(20, {"lead:read": "own"}, dv=6), session(30, 7)]
        once, twice = directory(*entries), directory(*entries, *entries)

        assert once == twice

    def test_counts_a_kind_of_a_newer_release(self) -> None:
        assert directory(Entry("team", "x", 12, {})).dv == 12

    def test_keeps_what_a_key_may_do_and_until_when(self) -> None:
        built = directory(api_key(40, 10, ["lead:read"], expires_at="2026-12-01T00:00:00Z", dv=9))

        key = built.api_keys[uid(40)]
        assert (key.user_id, key.scopes, key.dv) == (uid(10), frozenset({"lead:read"}), 9)
        assert key.is_alive(datetime(2026, 11, 30, tzinfo=UTC))
        assert not key.is_alive(datetime(2026, 12, 1, tzinfo=UTC))

    def test_ends_a_revoked_key_like_a_session(self) -> None:
        built = directory(
            api_key(40, 10, ["lead:read"], dv=9), api_key(40, 10, ["lead:read"], dv=10, deleted=True)
        )

        assert uid(40) not in built.api_keys
        assert uid(40) in built.revoked_sessions

    def test_forgets_answers_of_the_older_directory(self) -> None:
        built = directory(user(10, department=2, manager=11, dv=5), user(11, department=2, dv=6))
        before = built.subordinates_of(uid(11))

        built.apply([user(10, department=2, manager=None, dv=7)])

        assert before == ids(10)
        assert built.subordinates_of(uid(11)) == frozenset()

    def test_knows_revoked_sessions_until_they_are_forgotten(self) -> None:
        built = directory(session(30, 5))
        revoked = uid(30) in built.revoked_sessions

        built.apply([session(30, 6, deleted=True)])

        assert (revoked, built.revoked_sessions) == (True, set())

    def test_knows_signing_keys_by_their_id(self) -> None:
        key = OKPKey.generate_key("Ed25519", {"kid": "k1"}, private=False)
        data: Mapping[str, Any] = {"jwk": key.as_dict(private=False)}

        built = directory(Entry("signing-key", "k1", 5, data))

        assert built.signing_keys["k1"].as_dict(private=False)["x"] == data["jwk"]["x"]


class TestPaths:
    def test_run_from_the_root_to_the_department(self) -> None:
        assert directory().department_path(uid(3)) == (uid(1), uid(2), uid(3))

    def test_are_empty_for_nobody_and_nowhere(self) -> None:
        built = directory(user(10, department=None, dv=5))

        assert [built.owner_path(None), built.owner_path(uid(10)), built.department_path(uid(99))] == [()] * 3

    def test_end_in_a_circle(self) -> None:
        built = directory(department(1, parent=3, dv=9))

        assert set(built.department_path(uid(3))) == ids(1, 2, 3)

    def test_follow_the_owner_to_his_current_department(self) -> None:
        built = directory(user(10, department=3, dv=5))
        built.apply([user(10, department=4, dv=6)])

        assert built.owner_path(uid(10)) == (uid(1), uid(4))


class TestReportingLine:
    def test_reaches_through_several_levels(self) -> None:
        people = [user(10, department=1, dv=5), user(11, manager=10, dv=6), user(12, manager=11, dv=7)]
        built = directory(*people)

        assert built.subordinates_of(uid(10)) == ids(11, 12)
        assert built.managers_of(uid(12)) == (uid(11), uid(10))

    def test_ends_in_a_circle(self) -> None:
        built = directory(user(10, manager=12, dv=5), user(11, manager=10, dv=6), user(12, manager=11, dv=7))

        assert built.subordinates_of(uid(10)) == ids(11, 12)
        assert built.managers_of(uid(10)) == (uid(12), uid(11))


class TestNeededDv:
    def test_is_the_users_own_version(self) -> None:
        assert directory(user(10, department=4, dv=50)).needed_dv(uid(10)) == 50

    def test_counts_his_roles_and_no_others(self) -> None:
        built = directory(user(10, roles=[20], dv=5), role(20, {}, dv=60), role(21, {}, dv=70))

        assert built.needed_dv(uid(10)) == 60

    def test_counts_departments_above_and_below_and_no_others(self) -> None:
        built = directory(user(10, department=2, dv=5))
        versions = []
        for number, parent, dv in [(4, 1, 80), (3, 2, 81), (1, None, 82)]:
            built.apply([department(number, parent=parent, dv=dv)])
            versions.append(built.needed_dv(uid(10)))

        assert versions == [5, 81, 82]

    def test_is_not_raised_by_revocations_or_signing_keys(self) -> None:
        assert directory(user(10, dv=5), session(30, 90)).needed_dv(uid(10)) == 5

    def test_is_zero_for_a_stranger(self) -> None:
        assert directory().needed_dv(uid(99)) == 0
