"""Records of all kinds by what they are called, within the viewer's scope."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    column,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.crypto import KekRing
from libs.common.restrictions import FREE, NONE, Restrictions
from libs.common.sounds import words
from libs.common.words import asked, folded
from libs.platform.access.actor import Actor
from libs.platform.records.visibility import visible_records
from services.analytics.search.projection import LONG_TAIL, SHAPES, SHORT_TAIL, tail

_SHOWN = (
    *(column("type", Text()), column("id", Uuid()), column("title", Text()), column("subtitle", Text())),
    *(column("owner_id", Uuid()), column("updated_at", TIMESTAMP(timezone=True))),
)
_RECORD = table("search_record", *_SHOWN, column("words", ARRAY(Text())), column("is_hidden", Boolean()))
# Hits that are looked at for a viewer who may not see what some of them were found by.
MOST_SEEN_THROUGH = 500
_PUNCTUATION = set("+-() .")


async def search(
    connection: AsyncConnection, actor: Actor, ring: KekRing, query: str, types: Sequence[str], limit: int
) -> Sequence[dict[str, Any]]:
    """Return what is called so: the very name first, then what begins so, then what was changed last.

    Without `types` records of every type; a query without a word finds nothing.
    """
    found = _found(query, ring)
    if found is None:
        return []
    blind = {kind: each for kind in SHAPES if (each := _blind_to(kind, actor.restricted))}
    statement = select_records(actor, query, found, MOST_SEEN_THROUGH if blind else limit)
    if types:
        statement = statement.where(_RECORD.c.type == any_(bindparam(None, list(types), type_=ARRAY(Text()))))
    rows = [dict(row) for row in (await connection.execute(statement)).mappings()]
    if not blind:
        return rows
    seen = (_seen(row, blind.get(row["type"], NONE), asked(query)) for row in rows)
    return [row for row in seen if row is not None][:limit]


def _blind_to(kind: str, restricted: Restrictions) -> frozenset[str]:
    """Return of the fields that a kind is called and found by those that the viewer may not ask about."""
    shape = SHAPES[kind]
    found_by = {*shape.title, *filter(None, (shape.subtitle,)), *shape.more, "phone"}
    return restricted.get(kind, FREE).unasked & found_by


def _seen(row: dict[str, Any], blind: frozenset[str], tokens: Sequence[str]) -> dict[str, Any] | None:
    """Return a hit as a viewer may see it, or nothing where what he may not see is what it was found by.

    What the words of a record came from is not kept apart, so of a kind that he sees in part a record is
    found by the title and subtitle that are shown to him, and by nothing else.
    """
    if not blind:
        return row
    shape = SHAPES[row["type"]]
    if blind.intersection(shape.title):
        return None
    subtitle = None if shape.subtitle in blind else row["subtitle"]
    readable = {word for text in (row["title"], subtitle) if text for word in words([text])}
    return {**row, "subtitle": subtitle} if tokens and readable.issuperset(tokens) else None


def select_records(actor: Actor, query: str, found: ColumnElement[bool], limit: int) -> Select[Any]:
    """Return the statement of one search."""
    name, wanted = func.lower(_RECORD.c.title), folded(query)
    rank = case((name == wanted, 0), (func.starts_with(name, wanted), 1), else_=2)
    return (
        select(*(_RECORD.c[each.name] for each in _SHOWN))
        .where(found, _RECORD.c.is_hidden.is_(False), visible_records(actor, _RECORD.c.type, _RECORD.c.id))
        .order_by(rank, _RECORD.c.updated_at.desc(), _RECORD.c.id)
        .limit(limit)
    )


def _found(query: str, ring: KekRing) -> ColumnElement[bool] | None:
    """Return the condition on a record's words: every word asked for, or the end of its phone number."""
    tokens = asked(query)
    conditions = [_has(tokens)] if tokens else []
    digits = "".join(each for each in query if each.isdecimal() and each.isascii())
    if all(each in _PUNCTUATION or each.isdecimal() for each in query):
        length = LONG_TAIL if len(digits) >= LONG_TAIL else SHORT_TAIL
        if len(digits) == SHORT_TAIL or length == LONG_TAIL:
            conditions.append(_has([tail(digits, length, ring)]))
    return or_(*conditions) if conditions else None


def _has(tokens: list[str]) -> ColumnElement[bool]:
    return _RECORD.c.words.contains(bindparam(None, tokens, type_=ARRAY(Text())))
