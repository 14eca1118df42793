"""Keyset paging: the place after a row, as an opaque text and as a predicate.

The predicate is exact with NULLs (always last), mixed directions and several columns; see
https://use-the-index-luke.com/no-offset for the method.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, UnaryExpression, and_, false, or_, tuple_

from libs.common.listing_filters import Predicate
from libs.common.listing_values import Kind, write
from libs.common.problems import BadRequest

_LONGEST = 8000
_DIGEST_BYTES = 12


@dataclass(frozen=True)
class SortKey:
    """A column to sort by, with its direction; NULLs come last in both."""

    name: str
    column: ColumnElement[Any]
    kind: Kind
    nullable: bool
    descending: bool

    def order(self) -> UnaryExpression[Any]:
        """Return the ORDER BY term."""
        term = self.column.desc() if self.descending else self.column.asc()
        # PostgreSQL's own default for DESC is NULLS FIRST; a plain index serves a column without NULLs.
        return term.nulls_last() if self.nullable else term

    def beyond(self, value: Any) -> Predicate:
        """Return that a row's value comes after `value`."""
        if value is None:
            return false()
        after: Predicate = self.column < value if self.descending else self.column > value
        return or_(after, self.column.is_(None)) if self.nullable else after


def after(keys: Sequence[SortKey], values: Sequence[Any]) -> Predicate:
    """Return that a row comes after the one with these sort values; the last key is unique."""
    if len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys):
        row = tuple_(*(key.column for key in keys))
        last = tuple_(*values, types=[key.column.type for key in keys])
        return row < last if keys[0].descending else row > last
    steps = []
    for place, key in enumerate(keys):
        same = [
            same_as.column.is_not_distinct_from(value)
            for same_as, value in zip(keys[:place], values, strict=False)
        ]
        steps.append(and_(*same, key.beyond(values[place])))
    return or_(*steps)


def encode(values: Sequence[Any], context: str) -> str:
    """Return the opaque cursor of a row's sort values within a list, order and filter (`context`)."""
    texts = [write(value) for value in values]
    return _pack([_digest(texts, context), *texts])


def decode(cursor: str, context: str, keys: Sequence[SortKey]) -> list[Any]:
    """Return the sort values of a cursor made for the same context.

    Raises BadRequest `bad-cursor` for anything else. The digest is a check, not a secret: whoever forges one
    picks another place in a list that he may read anyway.
    """
    try:
        digest, *texts = _unpack(cursor)
        if digest != _digest(texts, context) or len(texts) != len(keys):
            raise BadRequest("bad-cursor")
        return [None if text is None else key.kind.read(text) for key, text in zip(keys, texts, strict=True)]
    except (ValueError, TypeError):
        raise BadRequest("bad-cursor") from None


def _pack(texts: Sequence[str | None]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(texts)).rstrip(b"=").decode()


def _unpack(cursor: str) -> list[str | None]:
    if len(cursor) > _LONGEST:
        raise BadRequest("bad-cursor")
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        texts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError from error
    if not isinstance(texts, list) or not all(text is None or isinstance(text, str) for text in texts):
        raise TypeError
    if _pack(texts) != cursor:
        raise ValueError
    return texts


def _digest(texts: Sequence[str | None], context: str) -> str:
    return hashlib.blake2b(orjson.dumps([context, *texts]), digest_size=_DIGEST_BYTES).hexdigest()
