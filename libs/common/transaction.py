"""One request or one event is one transaction: the body, its journal, COMMIT; or nothing happened."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from libs.common.clock import Clock, SystemClock
from libs.common.db import Database, has_begun
from libs.common.direct import as_sqlalchemy_raises
from libs.common.hints import OUTBOX
from libs.common.journal import Cause, Dresser, plain, write
from libs.common.problems import Conflict, Unavailable
from libs.common.reads import Asked, ReadPool
from libs.common.rows import Statement

# Serialization failure and deadlock: the transaction did nothing and may simply be run again.
_RETRYABLE = frozenset({"40001", "40P01"})
_TRIES = 3
_REFERENCE_PAUSE = 0.05


class UnknownReference(Conflict):
    """The write names a record of another service that has not (or never) been heard of."""

    slug = "unknown-reference"


@dataclass(frozen=True, slots=True)
class Transactions:
    """Runs bodies against one service's database; `source` is the service's name in every event."""

    database: Database
    source: str
    dresser: Dresser = field(default=plain)
    clock: Clock = field(default_factory=SystemClock)
    # How long a write waits for a record of another service that it names; seconds.
    patience: float = 1.0
    # What every session carries at `session.info` for the code above, such as the key ring.
    carries: Mapping[str, Any] = field(default_factory=dict)

    async def run[T](
        self, cause: Cause, body: Callable[[AsyncSession], Awaitable[T]], *, patience: float | None = None
    ) -> T:
        """Run `body` in one transaction and commit its journal with it; its result counts only then.

        Deadlocks, serialization failures and lost version races are tried three times; a reference that
        no replica knows is waited for without a transaction open (`patience` overrides the seconds). Raises
        what `body` raises, Conflict for a violated unique constraint, Unavailable when no connection is free
        for 2 s.
        """
        deadline = self.clock.monotonic() + (self.patience if patience is None else patience)
        failures = 0
        while True:
            try:
                return await self._once(cause, body)
            except UnknownReference:
                if self.clock.monotonic() >= deadline:
                    raise
                await self.clock.sleep(_REFERENCE_PAUSE)
            except (DBAPIError, StaleDataError) as error:
                failures += 1
                if failures == _TRIES or not _retryable(error):
                    raise
            except PoolTimeoutError as error:
                raise Unavailable("pool-exhausted") from error

    async def _once[T](self, cause: Cause, body: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run the body once; leaving the session without commit rolls back."""
        async with self.database.session() as session:
            session.info.update(self.carries, cause=cause, now=self.clock.now(), reads=self.database.reads)
            try:
                result = await body(session)
                statement = await write(session, self.source, cause, self.dresser, self.clock.now())
                if statement is not None:
                    await self._send(session, statement)
                if has_begun(session):
                    await session.commit()
                if statement is not None:
                    self.database.hints.tell(OUTBOX)
            except IntegrityError as error:
                raise _conflict(error) from error
            return result

    async def _send(self, session: AsyncSession, statement: Statement) -> None:
        """Run the last statement of a transaction, or the only one: that is a transaction by itself.

        Raises StaleDataError when a row was not at the version that it was loaded at.
        """
        if not has_begun(session):
            await _alone(self.database.reads, statement)
            return
        if statement.parts:
            connection = await session.connection()
            result = await connection.exec_driver_sql(statement.text(), tuple(statement.parameters))
            if not result.scalar_one():
                raise StaleDataError("a row was changed by somebody else since it was loaded")
        with as_sqlalchemy_raises():
            for each in statement.copies:
                await each.run(session)


async def _alone(pool: ReadPool, statement: Statement) -> None:
    """Run a statement past SQLAlchemy, with the errors that it would raise."""
    with as_sqlalchemy_raises():
        await pool.rows(Asked(statement.text(), statement.parameters))


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's five-character code of a database error."""
    return getattr(error.orig, "sqlstate", None)


def _retryable(error: DBAPIError | StaleDataError) -> bool:
    return isinstance(error, StaleDataError) or sqlstate(error) in _RETRYABLE


def _conflict(error: IntegrityError) -> Conflict:
    """Name the violated constraint's rule; constraints end in the slug's own words."""
    told = error.orig
    violated = told if isinstance(told, asyncpg.PostgresError) else getattr(told, "__cause__", None)
    name = getattr(violated, "constraint_name", None) or ""
    return Conflict("external-id-taken") if name.endswith("external_id") else Conflict("already-exists")
