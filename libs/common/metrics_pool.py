"""A pool of database connections that knows how often somebody waited for one."""

import logging
from time import perf_counter

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from libs.common.metrics import Counter, Gauge, Samples

_CONNECTIONS = Gauge("plexus_pool_connections", "Database connections by state", ("state",))
_SIZE = Gauge("plexus_pool_size", "How many database connections this process may hold")
WAITS = Counter("plexus_pool_waits_total", "How often somebody waited for a connection")
_WAITED = Counter("plexus_pool_wait_seconds_total", "How long they waited, all together")
TIMEOUTS = Counter("plexus_pool_timeouts_total", "How often the wait was in vain: 503, or another try")


# SQLAlchemy names a pool's logger after its class, so its own quiet level does not cover this one.
logging.getLogger(f"{__name__}.CountedPool").setLevel(logging.WARNING)


class CountedPool(AsyncAdaptedQueuePool):
    """Counts who finds every connection taken; whoever finds one free pays a comparison."""

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() < self.size():
            return super()._do_get()
        WAITS.add()
        began = perf_counter()
        try:
            return super()._do_get()
        except PoolTimeoutError:
            TIMEOUTS.add()
            raise
        finally:
            _WAITED.add(by=perf_counter() - began)


async def read_pool(engine: AsyncEngine) -> dict[Gauge, Samples]:
    """Return how an engine's pool stands."""
    pool = engine.pool
    if not isinstance(pool, CountedPool):
        return {}
    states: Samples = {("in_use",): float(pool.checkedout()), ("idle",): float(pool.checkedin())}
    return {_CONNECTIONS: states, _SIZE: {(): float(pool.size())}}


for each in (WAITS, _WAITED, TIMEOUTS):
    each.add(by=0)
