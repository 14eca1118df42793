import pytest

from libs.common.problems import Conflict
from libs.contracts.auth import RoleChanged, RoleCreated, RoleDeleted
from tests.factories.auth import NOW, make_head, make_role, sequences, told


class TestRevise:
    def test_replaces_the_permissions(self) -> None:
        role, head = make_role(permissions={"lead:read": "all"}), make_head(dv=9)

        role.revise(head, {"permissions": {"lead:read": "own"}}, NOW)

        assert [type(each) for each in told(role)] == [RoleCreated, RoleChanged]
        assert told(role)[-1].state.permissions == {"lead:read": "own"}
        assert sequences(role)[-1] == head.dv == 10

    def test_records_nothing_when_all_is_the_same(self) -> None:
        role = make_role()

        role.revise(make_head(), {"name": role.name, "permissions": dict(role.permissions)}, NOW)

        assert role.version == 1


class TestDelete:
    def test_removes_a_role_that_nobody_holds(self) -> None:
        role = make_role()

        role.delete(make_head(), is_held=False, now=NOW)

        assert isinstance(told(role)[-1], RoleDeleted)
        assert role.deleted_at == NOW

    def test_refuses_one_that_is_held(self) -> None:
        role = make_role()

        with pytest.raises(Conflict, match="role-in-use"):
            role.delete(make_head(), is_held=True, now=NOW)

        assert (role.deleted_at, role.version) == (None, 1)
