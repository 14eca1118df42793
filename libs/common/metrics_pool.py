"""A pool of database connections that knows how often somebody waited for one."""

import logging
from time import perf_counter

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from libs.common.metrics import Counter, Gauge, Samples

_CONNECTIONS = Gauge("plexus_pool_connections", "Database connections by pool and state", ("pool", "state"))
_SIZE = Gauge("plexus_pool_size", "How many database connections a pool may hold", ("pool",))
WAITS = Counter("plexus_pool_waits_total", "How often somebody waited for a connection", ("pool",))
WAITED = Counter("plexus_pool_wait_seconds_total", "How long they waited, all together", ("pool",))
TIMEOUTS = Counter("plexus_pool_timeouts_total", "How often the wait was in vain", ("pool",))


# The pool of sessions and of whatever is read through SQLAlchemy.
MAIN = "main"

# SQLAlchemy names a pool's logger after its class, so its own quiet level does not cover this one.
logging.getLogger(f"{__name__}.CountedPool").setLevel(logging.WARNING)


class CountedPool(AsyncAdaptedQueuePool):
    """Counts who finds every connection taken; whoever finds one free pays a comparison."""

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() < self.size():
            return super()._do_get()
        WAITS.add(MAIN)
        began = perf_counter()
        try:
            return super()._do_get()
        except PoolTimeoutError:
            TIMEOUTS.add(MAIN)
            raise
        finally:
            WAITED.add(MAIN, by=perf_counter() - began)


async def read_pool(engine: AsyncEngine) -> dict[Gauge, Samples]:
    """Return how an engine's pool stands."""
    pool = engine.pool
    if not isinstance(pool, CountedPool):
        return {}
    return standing(MAIN, pool.checkedout(), pool.checkedin(), pool.size())


def standing(name: str, in_use: int, idle: int, size: int) -> dict[Gauge, Samples]:
    """Return how the pool of a name stands, in connections."""
    return {_CONNECTIONS: {(name, "in_use"): in_use, (name, "idle"): idle}, _SIZE: {(name,): size}}


def begin(name: str) -> None:
    """Show the counters of a pool from 0 on."""
    for each in (WAITS, WAITED, TIMEOUTS):
        each.add(name, by=0)


begin(MAIN)
