"""The data scope as SQL: the same predicate in every list, count, search and report."""

from collections.abc import Set as AbstractSet
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, SQLColumnExpression, Uuid, any_, bindparam, true

from libs.platform.access.scopes import ALL, Everyone


def owner_predicate(
    column: SQLColumnExpression[UUID | None] | SQLColumnExpression[UUID],
    visible: AbstractSet[UUID] | Everyone,
) -> ColumnElement[bool]:
    """Return the condition that a row's owner is visible; a row without owner is so for ALL only.

    One bound array whatever the number of owners, so the statement's text never changes.
    """
    if visible is ALL:
        return true()
    owners = bindparam(None, sorted(visible), type_=ARRAY(Uuid()))
    return column == any_(owners)


def owners_of(visible: AbstractSet[UUID] | Everyone) -> list[UUID] | None:
    """Return the same scope as a value for a statement in plain SQL: visible owners, or None for ALL.

    Such a statement says `($n::uuid[] IS NULL OR owner_id = ANY($n::uuid[]))`.
    """
    return None if visible is ALL else sorted(visible)
