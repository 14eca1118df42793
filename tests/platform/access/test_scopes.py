from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.platform.access.scopes import ALL, Scope, visible_owners
from libs.platform.access.specification import may
from libs.platform.directory.entries import Entry
from libs.platform.directory.model import Directory
from tests.factories.directory import department, role, uid, user

# Department 1 holds 2 and 4, and 2 holds 3. User 10 is in 2; 11 reports to him, and 12 to 11.
PLACES = [department(1), department(2, parent=1), department(3, parent=2), department(4, parent=1)]


def people(scopes: list[str], *, is_active: bool = True) -> Directory:
    roles = [role(100 + at, {"opportunity:read": scope}) for at, scope in enumerate(scopes)]
    built = Directory()
    built.apply(
        [
            *PLACES,
            *roles,
            user(10, department=2, roles=[100 + at for at in range(len(scopes))], is_active=is_active),
            user(11, department=4, manager=10),
            user(12, department=4, manager=11),
            user(13, department=3),
            user(14, department=4),
            user(15, department=2),
        ]
    )
    return built


def seen(scopes: list[str], *, is_active: bool = True) -> set[int]:
    built = people(scopes, is_active=is_active)
    return {n for n in range(10, 16) if may(built, uid(10), "opportunity", "read", uid(n))}


class TestMay:
    def test_own_is_his_own(self) -> None:
        assert seen(["own"]) == {10}

    def test_subordinates_are_his_reporting_line(self) -> None:
        assert seen(["subordinates"]) == {10, 11, 12}

    def test_department_is_his_own_department_alone(self) -> None:
        assert seen(["department"]) == {10, 15}

    def test_tree_is_his_department_and_below(self) -> None:
        assert seen(["tree"]) == {10, 13, 15}

    def test_all_is_everyone(self) -> None:
        assert seen(["all"]) == set(range(10, 16))

    def test_roles_add_up(self) -> None:
        assert seen(["own", "subordinates", "tree"]) == {10, 11, 12, 13, 15}

    def test_no_role_is_nobody(self) -> None:
        assert seen([]) == set()

    def test_a_deactivated_user_may_nothing(self) -> None:
        assert seen(["all"], is_active=False) == set()

    def test_an_unknown_user_may_nothing(self) -> None:
        assert not may(people(["all"]), uid(99), "opportunity", "read", uid(10))

    def test_an_unknown_scope_allows_nothing(self) -> None:
        assert seen(["galaxy"]) == set()

    def test_another_action_is_another_permission(self) -> None:
        assert not may(people(["all"]), uid(10), "opportunity", "update", uid(10))

    def test_a_record_without_owner_is_for_all_only(self) -> None:
        shown = [s for s in Scope if may(people([s]), uid(10), "opportunity", "read", None)]

        assert shown == [Scope.ALL]

    def test_an_unknown_owner_is_for_all_only(self) -> None:
        shown = [s for s in Scope if may(people([s]), uid(10), "opportunity", "read", uid(99))]

        assert shown == [Scope.ALL]

    def test_users_without_department_are_not_together(self) -> None:
        built = Directory()
        built.apply([role(100, {"opportunity:read": "tree"}), user(10, roles=[100]), user(11)])

        assert not may(built, uid(10), "opportunity", "read", uid(11))


class TestVisibleOwners:
    def test_are_everyone_at_scope_all(self) -> None:
        assert visible_owners(people(["own", "all"]), uid(10), "opportunity:read") is ALL

    def test_are_computed_anew_after_a_change(self) -> None:
        built = people(["tree"])
        before = visible_owners(built, uid(10), "opportunity:read")

        built.apply([role(100, {"opportunity:read": "own"}, dv=2)])

        after = visible_owners(built, uid(10), "opportunity:read")
        assert before == frozenset({uid(10), uid(13), uid(15)})
        assert after == frozenset({uid(10)})


numbers = st.none() | st.integers(1, 6)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Any directory: circles in both trees, dangling ids, several roles, inactive users."""
    entries: list[Entry] = [department(n, parent=draw(numbers)) for n in range(1, draw(st.integers(1, 6)))]
    scopes = st.sampled_from([*Scope, "galaxy"])
    entries += [role(n, {"lead:read": draw(scopes)}) for n in range(1, 5)]
    entries += [
        user(
            n,
            department=draw(numbers),
            manager=draw(numbers),
            roles=draw(st.lists(st.integers(1, 6), max_size=3)),
            is_active=draw(st.integers(0, 9)) > 0,
        )
        for n in range(1, draw(st.integers(2, 7)))
    ]
    built = Directory()
    built.apply(draw(st.permutations(entries)))
    return built


class TestEquality:
    @settings(max_examples=300, deadline=None)
    @given(directories())
    def test_visible_owners_are_exactly_those_he_may(self, built: Directory) -> None:
        for actor in map(uid, range(1, 8)):
            visible = visible_owners(built, actor, "lead:read")
            owners: list[UUID | None] = [None, *map(uid, range(1, 9))]

            allowed = [may(built, actor, "lead", "read", owner) for owner in owners]

            assert allowed == [visible is ALL or (o is not None and o in visible) for o in owners]
