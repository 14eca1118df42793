"""Timers: rows `due(at, kind, key)`, each taken in the transaction of its effect, so it fires once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ARRAY, DateTime, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import Clock, SystemClock
from libs.common.journal import Cause
from libs.common.metrics import Counter
from libs.common.reads import Asked
from libs.common.transaction import Transactions

log = logging.getLogger(__name__)

type Timer = Callable[[AsyncSession, str, datetime], Awaitable[None]]
type Timers = Mapping[str, Timer]
type _Row = tuple[str, str, datetime]

_CALLED = Counter("plexus_timers_called_total", "Timers called, by kind and outcome", ("kind", "outcome"))
_IDLE = 0.25
_LONGEST_PAUSE = 300.0
_IS_DUE = "SELECT EXISTS (SELECT FROM due WHERE at <= clock_timestamp() AND kind = ANY($1))"
# What failed lately is left alone, so that one bad timer holds up no other.
_TAKE = text("""
DELETE FROM due WHERE (kind, key, at) = (
  SELECT kind, key, at FROM due
  WHERE at <= clock_timestamp() AND kind = ANY(:kinds) AND kind || ' ' || key <> ALL(:resting)
  ORDER BY at, kind, key LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING kind, key, at
""").bindparams(bindparam("kinds", type_=ARRAY(Text)), bindparam("resting", type_=ARRAY(Text)))


_SET = text("""
INSERT INTO due (kind, key, at) SELECT * FROM unnest(:kinds, :keys, :instants) ON CONFLICT DO NOTHING
""").bindparams(
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("keys", type_=ARRAY(Text)),
    bindparam("instants", type_=ARRAY(DateTime(timezone=True))),
)


async def schedule(session: AsyncSession, kind: str, key: str, at: datetime) -> None:
    """Have the timer of `kind` called with `key` at an instant (UTC); the same one twice is one."""
    await schedule_all(session, [(kind, key, at)])


async def schedule_all(session: AsyncSession, timers: Sequence[tuple[str, str, datetime]]) -> None:
    """Do the same for several (kind, key, instant) in one statement; none costs nothing."""
    if timers:
        kinds, keys, instants = (list(each) for each in zip(*timers, strict=True))
        await session.execute(_SET, {"kinds": kinds, "keys": keys, "instants": instants})


async def cancel(session: AsyncSession, kinds: Iterable[str], key: str) -> None:
    """Take back every instant at which the timers of these kinds would be called with `key`."""
    sql = text("DELETE FROM due WHERE key = :key AND kind = ANY(:kinds)")
    kinds_given = bindparam("kinds", type_=ARRAY(Text))
    await session.execute(sql.bindparams(kinds_given), {"kinds": sorted(kinds), "key": key})


@dataclass
class Alarm:
    """Calls the timers of a service as they come due, by the database's clock; several may run at once."""

    timers: Timers
    transactions: Transactions
    clock: Clock = field(default_factory=SystemClock)
    _failures: dict[str, tuple[int, float]] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Call what is due until `stop`; what fails is tried again after a growing pause."""
        while not stop.is_set():
            try:
                called = await self._is_any_due() and await self.call_one()
            except Exception as error:  # noqa: BLE001 - the database may be away; timers only wait
                log.warning("timers: %s", type(error).__name__)
                called = False
            if not called:
                await self.clock.sleep(_IDLE)

    async def _is_any_due(self) -> bool:
        """Look outside of a transaction: mostly nothing is due."""
        ((found,),) = await self.transactions.database.reads.rows(Asked(_IS_DUE, (sorted(self.timers),)))
        return bool(found)

    async def call_one(self) -> bool:
        """Call the oldest timer that is due, in one transaction with its effect; False when none is."""
        taken: list[_Row] = []

        async def body(session: AsyncSession) -> None:
            taken.clear()
            given = {"kinds": sorted(self.timers), "resting": self._resting()}
            row = (await session.execute(_TAKE, given)).one_or_none()
            if row is not None:
                taken.append((row.kind, row.key, row.at))
                await self.timers[row.kind](session, row.key, row.at)

        try:
            await self.transactions.run(Cause("system", "timer"), body)
        except Exception as error:
            if not taken:
                raise
            _CALLED.add(taken[0][0], "failed")
            self._rest(_name(taken[0]), error)
        else:
            if taken:
                _CALLED.add(taken[0][0], "done")
            self._failures.pop(_name(taken[0]) if taken else "", None)
        return bool(taken)

    def _resting(self) -> list[str]:
        now = self.clock.monotonic()
        return sorted(name for name, (_, until) in self._failures.items() if until > now)

    def _rest(self, name: str, error: Exception) -> None:
        tries = self._failures.get(name, (0, 0.0))[0] + 1
        pause = min(2.0**tries, _LONGEST_PAUSE)
        self._failures[name] = (tries, self.clock.monotonic() + pause)
        log.warning("timer %s: %s, again in %.0f s", name.partition(" ")[0], type(error).__name__, pause)


def _name(row: _Row) -> str:
    return f"{row[0]} {row[1]}"
