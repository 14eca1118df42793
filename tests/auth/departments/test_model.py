from uuid import UUID

import pytest

from libs.common.problems import Conflict
from libs.contracts.auth import (
    DepartmentCreated,
    DepartmentDeleted,
    DepartmentFact,
    DepartmentMoved,
)
from services.auth.departments.model import Department
from tests.factories.auth import NOW, make_department, make_head, sequences, told


def kinds(department: Department) -> list[type[DepartmentFact]]:
    return [type(each) for each in told(department)]


class TestCreate:
    def test_takes_the_directorys_next_version(self) -> None:
        head = make_head(dv=41)

        department = make_department(head)

        assert (kinds(department), sequences(department), department.dv, head.dv) == (
            [DepartmentCreated],
            [42],
            42,
            42,
        )
        assert department.version == 1

    def test_is_about_the_department_on_the_directorys_key(self) -> None:
        department = make_department()

        assert told(department)[0].subject == department.id
        assert told(department)[0].topic == "crm.auth.directory"


class TestRevise:
    def test_names_what_changed(self) -> None:
        department, head = make_department(name="Sales", head_id=None), make_head()

        department.revise(head, {"name": "Sales", "head_id": UUID(int=7)}, NOW)

        assert told(department)[-1].changed == ("head_id",)
        assert told(department)[-1].state == department.state()

    def test_records_nothing_when_all_is_the_same(self) -> None:
        department = make_department()

        department.revise(make_head(), {"name": "Sales"}, NOW)

        assert kinds(department) == [DepartmentCreated]


class TestMove:
    def test_says_where_it_stood(self) -> None:
        parent = UUID(int=1)
        department = make_department(parent_id=parent)

        department.move(make_head(), None, [], NOW)

        assert kinds(department) == [DepartmentCreated, DepartmentMoved]
        assert (told(department)[-1].from_parent_id, department.parent_id) == (parent, None)

    def test_refuses_a_circle(self) -> None:
        department = make_department()

        with pytest.raises(Conflict, match="department-cycle"):
            department.move(make_head(), UUID(int=5), [UUID(int=5), department.id], NOW)

        assert (department.parent_id, department.version) == (None, 1)

    def test_records_nothing_where_it_stands_already(self) -> None:
        department = make_department()

        department.move(make_head(), None, [], NOW)

        assert kinds(department) == [DepartmentCreated]


class TestDelete:
    def test_leaves_the_tree(self) -> None:
        department = make_department()

        department.delete(make_head(), is_empty=True, now=NOW)

        assert (kinds(department)[-1], department.deleted_at) == (DepartmentDeleted, NOW)

    def test_refuses_one_in_use(self) -> None:
        department = make_department()

        with pytest.raises(Conflict, match="department-in-use"):
            department.delete(make_head(), is_empty=False, now=NOW)

        assert department.deleted_at is None

    def test_is_final(self) -> None:
        department = make_department()
        department.delete(make_head(), is_empty=True, now=NOW)

        with pytest.raises(Conflict, match="deleted"):
            department.revise(make_head(), {"name": "X"}, NOW)
