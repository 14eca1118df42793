"""Records of all kinds by what they are called, within the viewer's scope."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    RowMapping,
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
from libs.common.words import asked, folded
from libs.platform.access.actor import Actor
from libs.platform.records.visibility import visible_records
from services.analytics.search.projection import LONG_TAIL, SHORT_TAIL, tail

_SHOWN = (
    *(column("type", Text()), column("id", Uuid()), column("title", Text()), column("subtitle", Text())),
    *(column("owner_id", Uuid()), column("updated_at", TIMESTAMP(timezone=True))),
)
_RECORD = table("search_record", *_SHOWN, column("words", ARRAY(Text())), column("is_hidden", Boolean()))
_PUNCTUATION = set("+-() .")


async def search(
    connection: AsyncConnection, actor: Actor, ring: KekRing, query: str, types: Sequence[str], limit: int
) -> Sequence[RowMapping]:
    """Return what is called so: the very name first, then what begins so, then what was changed last.

    Without `types` records of every type; a query without a word finds nothing.
    """
    found = _found(query, ring)
    if found is None:
        return []
    statement = select_records(actor, query, found, limit)
    if types:
        statement = statement.where(_RECORD.c.type == any_(bindparam(None, list(types), type_=ARRAY(Text()))))
    rows: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
    return rows


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
