"""A rule as SQL: a condition over a contact of the outer statement, true or false and never unknown.

Every value is a bound parameter, every column stands in an allow-list. `next_change` says when the answer
may change by itself, as days go by.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, null, or_
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


def holds(node: Node, now: datetime) -> Condition:
    """Return the condition that a rule, or a part of it, holds for a contact."""
    if isinstance(node, Leaf):
        return _SPECIAL.get(node.field, _plain)(node, now)
    parts = [holds(child, now) for child in node.children]
    if node.op == "not":
        return not_(parts[0])
    return and_(*parts) if node.op == "and" else or_(*parts)


def next_change(node: Node, now: datetime) -> ColumnElement[datetime | None] | None:
    """Return the first instant after `now` at which some condition may change by itself; None for none."""
    instants = [_turns(leaf, now) for leaf in leaves(node) if leaf.is_timed]
    if not instants:
        return None
    found: ColumnElement[datetime | None] = func.least(*instants, type_=_INSTANT)
    return found


def _plain(leaf: Leaf, now: datetime) -> Condition:
    return _compare(_COLUMNS[leaf.field], leaf, now)


def _compare(column: Any, leaf: Leaf, now: datetime) -> Condition:
    if leaf.op in {"within_days", "not_within_days"}:
        within = _known(and_(column > _ago(leaf.value, now), column <= now))
        return within if leaf.op == "within_days" else not_(within)
    return _COMPARED[leaf.op](column, leaf.value)


def _domain(leaf: Leaf, now: datetime) -> Condition:
    folded = (
        [email_key(each) for each in leaf.value] if isinstance(leaf.value, list) else email_key(leaf.value)
    )
    return _compare(_COLUMNS[leaf.field], Leaf(leaf.pointer, leaf.field, leaf.op, folded, {}), now)


def _account(leaf: Leaf, now: datetime) -> Condition:
    """Ask for the account by any of the ids that were merged into it."""
    column = _COLUMNS[leaf.field]
    if leaf.op == "is_set":
        return _compare(column, leaf, now)
    wanted = leaf.value if isinstance(leaf.value, list) else [leaf.value]
    named = _known(or_(*(column.in_(account_kin_of(each)) for each in wanted)))
    return named if leaf.op in {"eq", "in"} else not_(named)


def _money(leaf: Leaf, now: datetime) -> Condition:
    """Compare amounts of one currency alone."""
    return and_(_plain(leaf, now), _known(HOME["currency"] == leaf.options["currency"]))


def _last_done(leaf: Leaf, now: datetime) -> Condition:
    return _compare(last_done(leaf.options.get("kind"), now), leaf, now)


def _count(leaf: Leaf, now: datetime) -> Condition:
    return _compare(number_done(leaf.options.get("kind"), _window(leaf, now), now), leaf, now)


def _planned(leaf: Leaf, _: datetime) -> Condition:
    planned = is_planned(leaf.options.get("kind"))
    return planned if leaf.value else not_(planned)


def _consent(leaf: Leaf, now: datetime) -> Condition:
    return _compare(standing(leaf.options["purpose"], leaf.options["channel"]), leaf, now)


_SPECIAL: dict[str, Callable[[Leaf, datetime], Condition]] = {
    "contact.email_domain": _domain,
    "contact.account_id": _account,
    "account.annual_revenue_minor": _money,
    "activity.last_done_at": _last_done,
    "activity.count": _count,
    "activity.planned": _planned,
    "consent.status": _consent,
}


def _turns(leaf: Leaf, now: datetime) -> ColumnElement[Any]:
    """Return when a condition may change next: something planned begins to count, or the oldest ends to."""
    kind = leaf.options.get("kind")
    if leaf.field == "activity.last_done_at":
        days = leaf.value if leaf.op != "is_set" else None
        ends = _end(last_done(kind, now), days, now)
        return func.least(first_done_after(kind, now), ends, type_=_INSTANT)
    if leaf.field == "activity.count":
        since = _window(leaf, now)
        ends = _end(first_done_after(kind, since), leaf.options.get("days"), now) if since else null()
        return func.least(first_done_after(kind, now), ends, type_=_INSTANT)
    column = _COLUMNS[leaf.field]
    return case((column > now, column), else_=_end(column, leaf.value, now))


def _end(column: Any, days: int | None, now: datetime) -> ColumnElement[Any]:
    """Return when an instant within the last days is no longer within them."""
    if days is None:
        return null()
    ends: ColumnElement[Any] = case((column > _ago(days, now), column + timedelta(days=days)))
    return ends


def _window(leaf: Leaf, now: datetime) -> datetime | None:
    days = leaf.options.get("days")
    return _ago(days, now) if days is not None else None


def _ago(days: int, now: datetime) -> datetime:
    return now - timedelta(days=days)
