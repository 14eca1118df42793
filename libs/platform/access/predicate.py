"""The data scope as SQL: the same predicate in every list, count, search and report."""

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, SQLColumnExpression, Uuid, any_, bindparam, or_, true

from libs.platform.access.collaborators import Access, shared_with
from libs.platform.access.scopes import ALL, Everyone

MOST_KEPT = 2_000


def owner_predicate(
    column: SQLColumnExpression[UUID | None] | SQLColumnExpression[UUID],
    visible: AbstractSet[UUID] | Everyone,
) -> ColumnElement[bool]:
    """Return the condition that a row's owner is visible; a row without owner is so for ALL only.

    One bound array whatever the number of owners, so the statement's text never changes. The same owners of
    the same column are the same object, by which a list keeps what it made of them.
    """
    return true() if visible is ALL else _among(column, frozenset(visible))


@lru_cache(MOST_KEPT)
def _among(
    column: SQLColumnExpression[UUID | None] | SQLColumnExpression[UUID], visible: frozenset[UUID]
) -> ColumnElement[bool]:
    owners = bindparam(None, sorted(visible), type_=ARRAY(Uuid()))
    return column == any_(owners)


@lru_cache(MOST_KEPT)
def shared_predicate(
    column: SQLColumnExpression[Any], visible: frozenset[UUID], user_id: UUID, opening: tuple[Access, ...]
) -> ColumnElement[bool]:
    """Return the condition that a row's owner is visible, or that it is shared with a user.

    The column is an attribute of a mapped class that can be shared, or of an alias of one.
    """
    mapper: Any = column.parent  # type: ignore[attr-defined]
    shared = shared_with(mapper.entity.id, mapper.mapper.local_table, user_id, opening)
    return or_(owner_predicate(column, visible), shared)


def owners_of(visible: AbstractSet[UUID] | Everyone) -> list[UUID] | None:
    """Return the same scope as a value for a statement in plain SQL: visible owners, or None for ALL.

    Such a statement says `($n::uuid[] IS NULL OR owner_id = ANY($n::uuid[]))`.
    """
    return None if visible is ALL else sorted(visible)
