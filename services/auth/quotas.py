"""Requests counted per API key and minute, in Valkey, for all processes of auth together.

Without Valkey nothing is counted and every request passes: a quota protects the platform from an eager
program, and must not itself keep programs out.
"""

import logging
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from libs.common.clock import Clock, SystemClock
from libs.common.quota import Quota

WINDOW = 60
POLICY = "api-key"
# A dead server is asked again after this many seconds; until then no request waits for it.
PAUSE = 1.0
PATIENCE = 0.25
log = logging.getLogger("plexus.quotas")


class Quotas:
    """A fixed window per key: what is left falls with each request, and is whole again with the minute."""

    def __init__(self, url: str | None, default: int, clock: Clock | None = None) -> None:
        """Take the address of Valkey (None: nothing is counted) and the requests per minute of most keys."""
        self._redis = (
            Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) if url else None
        )
        self._default = default
        self._clock = clock or SystemClock()
        self._asked_again_at = 0.0

    async def close(self) -> None:
        """Close the connections."""
        if self._redis is not None:
            await self._redis.aclose()

    async def count(self, key_id: UUID, per_minute: int | None) -> tuple[Quota, bool] | None:
        """Count a request; return what is left and whether this one was too many, None when nobody counts."""
        if self._redis is None or self._clock.monotonic() < self._asked_again_at:
            return None
        now = int(self._clock.now().timestamp())
        try:
            used = await self._increment(self._redis, f"plexus:quota:{key_id}:{now // WINDOW}")
        except (RedisError, OSError, TimeoutError) as error:
            self._asked_again_at = self._clock.monotonic() + PAUSE
            log.warning("nothing is counted: %s", type(error).__name__)
            return None
        limit = per_minute or self._default
        left = max(0, limit - used)
        return Quota(POLICY, limit, WINDOW, left, WINDOW - now % WINDOW), used > limit

    @staticmethod
    async def _increment(redis: Redis, name: str) -> int:
        async with redis.pipeline(transaction=False) as pipe:
            pipe.incr(name)
            pipe.expire(name, 2 * WINDOW)
            return int((await pipe.execute())[0])
