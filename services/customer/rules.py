"""A rule as SQL: a condition over a contact of the outer statement, true or false and never unknown.

Every value is a bound parameter, every column stands in an allow-list. `next_change` says when the answer
may change by itself, as days go by. Statements are executed with the parameter `now`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, not_, null, or_
from sqlalchemy.types import DateTime

from services.customer.accounts.queries import HOME
from services.customer.accounts.queries import kin_of as account_kin_of
from services.customer.activities.queries import first_done_after, is_planned, last_done, number_done
from services.customer.conditions import Leaf, Node, leaves
from services.customer.consents.queries import standing
from services.customer.contacts.queries import FACTS
from services.customer.matching import email_key

type Condition = ColumnElement[bool]
type Compare = Callable[[Any, Any], Condition]

_COLUMNS: dict[str, Any] = {f"contact.{name}": column for name, column in FACTS.items()} | {
    f"account.{name}": column for name, column in HOME.items()
}
_INSTANT = DateTime(timezone=True)
# A parameter, so that a statement can be made once and asked again and again.
NOW = bindparam("now", type_=_INSTANT)


def _known(condition: Any) -> Condition:
    """Read what nobody knows as false."""
    found: Condition = func.coalesce(condition, False)
    return found


_COMPARED: dict[str, Compare] = {
    "eq": lambda column, value: _known(column == value),
    "ne": lambda column, value: not_(_known(column == value)),
    "in": lambda column, value: _known(column.in_(value)),
    "not_in": lambda column, value: not_(_known(column.in_(value))),
    "gt": lambda column, value: _known(column > value),
    "gte": lambda column, value: _known(column >= value),
    "lt": lambda column, value: _known(column < value),
    "lte": lambda column, value: _known(column <= value),
    "contains": lambda column, value: _known(column.icontains(value, autoescape=True)),
    "prefix": lambda column, value: _known(column.istartswith(value, autoescape=True)),
    "is_set": lambda column, value: column.is_not(None) if value else column.is_(None),
}


def holds(node: Node) -> Condition:
    """Return the condition that a rule, or a part of it, holds for a contact."""
    if isinstance(node, Leaf):
        return _SPECIAL.get(node.field, _plain)(node)
    parts = [holds(child) for child in node.children]
    if node.op == "not":
        return not_(parts[0])
    return and_(*parts) if node.op == "and" else or_(*parts)


def next_change(node: Node) -> ColumnElement[datetime | None] | None:
    """Return the first instant after now at which some condition may change by itself; None for none."""
    instants = [_turns(leaf) for leaf in leaves(node) if leaf.is_timed]
    if not instants:
        return None
    found: ColumnElement[datetime | None] = func.least(*instants, type_=_INSTANT)
    return found


def _plain(leaf: Leaf) -> Condition:
    return _compare(_COLUMNS[leaf.field], leaf)


def _compare(column: Any, leaf: Leaf) -> Condition:
    if leaf.op in {"within_days", "not_within_days"}:
        within = _known(and_(column > _ago(leaf.value), column <= NOW))
        return within if leaf.op == "within_days" else not_(within)
    return _COMPARED[leaf.op](column, leaf.value)


def _domain(leaf: Leaf) -> Condition:
    given = leaf.value
    folded = [email_key(each) for each in given] if isinstance(given, list) else email_key(given)
    return _compare(_COLUMNS[leaf.field], Leaf(leaf.pointer, leaf.field, leaf.op, folded, {}))


def _account(leaf: Leaf) -> Condition:
    """Ask for the account by any of the ids that were merged into it."""
    column = _COLUMNS[leaf.field]
    if leaf.op == "is_set":
        return _compare(column, leaf)
    wanted = leaf.value if isinstance(leaf.value, list) else [leaf.value]
    named = _known(or_(*(column.in_(account_kin_of(each)) for each in wanted)))
    return named if leaf.op in {"eq", "in"} else not_(named)


def _money(leaf: Leaf) -> Condition:
    """Compare amounts of one currency alone."""
    return and_(_plain(leaf), _known(HOME["currency"] == leaf.options["currency"]))


def _last_done(leaf: Leaf) -> Condition:
    return _compare(last_done(leaf.options.get("kind"), NOW), leaf)


def _count(leaf: Leaf) -> Condition:
    return _compare(number_done(leaf.options.get("kind"), _window(leaf), NOW), leaf)


def _planned(leaf: Leaf) -> Condition:
    planned = is_planned(leaf.options.get("kind"))
    return planned if leaf.value else not_(planned)


def _consent(leaf: Leaf) -> Condition:
    return _compare(standing(leaf.options["purpose"], leaf.options["channel"]), leaf)


_SPECIAL: dict[str, Callable[[Leaf], Condition]] = {
    "contact.email_domain": _domain,
    "contact.account_id": _account,
    "account.annual_revenue_minor": _money,
    "activity.last_done_at": _last_done,
    "activity.count": _count,
    "activity.planned": _planned,
    "consent.status": _consent,
}


def _turns(leaf: Leaf) -> ColumnElement[Any]:
    """Return when a condition may change next: something planned begins to count, or the oldest ends to."""
    kind = leaf.options.get("kind")
    if leaf.field == "activity.last_done_at":
        days = leaf.value if leaf.op != "is_set" else None
        ends = _end(last_done(kind, NOW), days)
        return func.least(first_done_after(kind, NOW), ends, type_=_INSTANT)
    if leaf.field == "activity.count":
        since = _window(leaf)
        ends = _end(first_done_after(kind, since), leaf.options.get("days")) if since is not None else null()
        return func.least(first_done_after(kind, NOW), ends, type_=_INSTANT)
    column = _COLUMNS[leaf.field]
    return case((column > NOW, column), else_=_end(column, leaf.value))


def _end(column: Any, days: int | None) -> ColumnElement[Any]:
    """Return when an instant within the last days is no longer within them."""
    if days is None:
        return null()
    ends: ColumnElement[Any] = case((column > _ago(days), column + timedelta(days=days)))
    return ends


def _window(leaf: Leaf) -> ColumnElement[Any] | None:
    days = leaf.options.get("days")
    return _ago(days) if days is not None else None


def _ago(days: int) -> ColumnElement[Any]:
    return NOW - timedelta(days=days)
