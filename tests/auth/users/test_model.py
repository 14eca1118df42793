from uuid import UUID

import pytest

from libs.common.events import FieldClass
from libs.common.problems import Conflict
from libs.contracts.auth import UserChanged, UserDeactivated, UserInvited, UserReactivated
from libs.platform.subjects.marks import classes_of
from tests.factories.auth import NOW, make_head, make_user, told


class TestInvite:
    def test_records_user_invited(self) -> None:
        user = make_user(email="Ada@Example.org")

        assert told(user) == [UserInvited(occurred_at=NOW, state=user.state())]
        assert (user.email_key, user.is_active) == ("ada@example.org", True)

    def test_makes_him_his_own_subject_and_owner(self) -> None:
        user = make_user()

        assert user.state().subject_id == user.subject_id == user.owner_id == user.id

    def test_marks_name_and_address_as_personal(self) -> None:
        marks = classes_of(type(make_user().state()))

        assert marks == {"email": FieldClass.PERSONAL, "name": FieldClass.PERSONAL}


class TestRevise:
    def test_names_what_changed(self) -> None:
        user = make_user()

        user.revise(make_head(), {"name": "Ada King", "locale": "en", "email": "ADA@example.org"}, NOW)

        assert isinstance(told(user)[-1], UserChanged)
        assert told(user)[-1].changed == ("email", "name")
        assert user.email_key == "ada@example.org"

    def test_refuses_a_circle_of_managers(self) -> None:
        user = make_user()

        with pytest.raises(Conflict, match="reporting-cycle"):
            user.revise(make_head(), {"manager_id": UUID(int=3)}, NOW, managers_line=[UUID(int=3), user.id])

        assert (user.manager_id, user.version) == (None, 1)

    def test_records_nothing_when_all_is_the_same(self) -> None:
        user = make_user()

        user.revise(make_head(), {"name": user.name, "role_ids": []}, NOW)

        assert user.version == 1


class TestDeactivate:
    def test_records_user_deactivated(self) -> None:
        user = make_user()

        user.deactivate(make_head(), UUID(int=1), NOW)

        assert isinstance(told(user)[-1], UserDeactivated)
        assert not user.is_active

    def test_refuses_oneself(self) -> None:
        user = make_user()

        with pytest.raises(Conflict, match="own-account"):
            user.deactivate(make_head(), user.id, NOW)

        assert user.is_active

    def test_refuses_twice(self) -> None:
        user = make_user()
        user.deactivate(make_head(), None, NOW)

        with pytest.raises(Conflict, match="already-inactive"):
            user.deactivate(make_head(), None, NOW)


class TestReactivate:
    def test_records_user_reactivated(self) -> None:
        user = make_user()
        user.deactivate(make_head(), None, NOW)

        user.reactivate(make_head(), NOW)

        assert isinstance(told(user)[-1], UserReactivated)

    def test_refuses_an_active_user(self) -> None:
        user = make_user()

        with pytest.raises(Conflict, match="already-active"):
            user.reactivate(make_head(), NOW)
