from uuid import UUID

from sqlalchemy import ColumnClause, column
from sqlalchemy.dialects import postgresql

from libs.platform.access.predicate import owner_predicate
from libs.platform.access.scopes import ALL
from tests.factories.directory import uid

OWNER: ColumnClause[UUID] = column("owner_id")


def text_of(*owners: int) -> str:
    condition = owner_predicate(OWNER, frozenset(map(uid, owners)))
    return str(condition.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


class TestOwnerPredicate:
    """Which rows it selects is proved in tests/access."""

    def test_is_one_text_whatever_the_number_of_owners(self) -> None:
        assert text_of() == text_of(1) == text_of(1, 2, 3)

    def test_is_no_condition_at_scope_all(self) -> None:
        assert str(owner_predicate(OWNER, ALL)) == "true"

    def test_is_the_same_object_for_the_same_owners(self) -> None:
        assert owner_predicate(OWNER, frozenset({uid(1)})) is owner_predicate(OWNER, {uid(1)})
