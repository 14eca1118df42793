"""Statements of a session's own transaction, straight to the driver.

SQLAlchemy's way costs more of this process than the statement does, and a consumer sends half a dozen of them
with every poll. The transaction stays the session's: it begins, commits and rolls back as always.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

_DRIVER = "direct"
_NAMED = re.compile(r"(?<![:\w]):(\w+)")


async def run(session: AsyncSession, statement: TextClause, values: Mapping[str, Any]) -> Sequence[Any]:
    """Return the rows of a statement with `:names` in it, whose types it tells or PostgreSQL knows."""
    sql, names = _numbered(statement)
    return await rows(session, sql, *(values[name] for name in names))


async def rows(session: AsyncSession, sql: str, *values: Any) -> Sequence[Any]:
    """Return the rows of a statement with `$1`, `$2`, … in it; raises what SQLAlchemy would."""
    transaction = session.sync_session.get_transaction()
    known, driver = session.info.get(_DRIVER, (None, None))
    if driver is None or known is not transaction:
        # The first one opens the transaction.
        connection = await session.connection()
        result = await connection.exec_driver_sql(sql, values)
        raw = await connection.get_raw_connection()
        session.info[_DRIVER] = (session.sync_session.get_transaction(), raw.driver_connection)
        return result.all() if result.returns_rows else []
    with as_sqlalchemy_raises():
        found: Sequence[Any] = await driver.fetch(sql, *values)
    return found


@contextmanager
def as_sqlalchemy_raises() -> Iterator[None]:
    """Turn the driver's errors into those that SQLAlchemy would raise."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(None, None, error) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise OperationalError(None, None, error) from error


@lru_cache(maxsize=256)
def _numbered(statement: TextClause) -> tuple[str, tuple[str, ...]]:
    """Return the text with numbers for names, and the names in the order of their numbers."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return _NAMED.sub(number, statement.text), tuple(names)
