import os
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from libs.common.quota import Quota
from libs.common.testing import FakeClock
from services.auth.quotas import PAUSE, Quotas

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
async def quotas(clock: FakeClock) -> AsyncIterator[Quotas]:
    counting = Quotas(os.environ["PLEXUS_TEST_REDIS_URL"], 3, clock)
    yield counting
    await counting.close()


@pytest.fixture
def key() -> UUID:
    return uuid4()


async def left(quotas: Quotas, key: UUID, per_minute: int | None = None) -> int:
    counted = await quotas.count(key, per_minute)
    assert counted is not None
    return -1 if counted[1] else counted[0].remaining


class TestCount:
    async def test_counts_down_and_then_refuses(self, quotas: Quotas, key: UUID) -> None:
        assert [await left(quotas, key) for _ in range(5)] == [2, 1, 0, -1, -1]

    async def test_counts_each_key_by_itself(self, quotas: Quotas, key: UUID) -> None:
        await left(quotas, key)

        assert await left(quotas, uuid4()) == 2

    async def test_takes_the_keys_own_quota(self, quotas: Quotas, key: UUID) -> None:
        assert await left(quotas, key, 1000) == 999

    async def test_is_whole_again_with_the_next_minute(
        self, quotas: Quotas, key: UUID, clock: FakeClock
    ) -> None:
        first = await quotas.count(key, 1)
        assert first is not None
        assert await left(quotas, key, 1) == -1

        clock.advance(first[0].reset)

        assert await left(quotas, key, 1) == 0

    async def test_is_shared_by_all_processes(self, quotas: Quotas, key: UUID, clock: FakeClock) -> None:
        other = Quotas(os.environ["PLEXUS_TEST_REDIS_URL"], 3, clock)
        await left(quotas, key)

        assert await left(other, key) == 1
        await other.close()

    async def test_says_when_it_is_whole_again(self, quotas: Quotas, key: UUID, clock: FakeClock) -> None:
        counted = await quotas.count(key, None)

        reset = 60 - int(clock.now().timestamp()) % 60
        assert counted == (Quota("api-key", 3, 60, 2, reset), False)


class TestWithoutValkey:
    async def test_lets_everybody_pass_and_does_not_wait_each_time(self, clock: FakeClock, key: UUID) -> None:
        alone = Quotas(NOWHERE, 1, clock)

        assert [await alone.count(key, 1) for _ in range(3)] == [None] * 3
        assert alone._asked_again_at == clock.monotonic() + PAUSE  # noqa: SLF001 - Nothing outside shows it.
        await alone.close()

    async def test_counts_again_when_it_is_back(self, quotas: Quotas, clock: FakeClock, key: UUID) -> None:
        alive, quotas._redis = quotas._redis, Quotas(NOWHERE, 1, clock)._redis  # noqa: SLF001 - A server that dies.
        assert await quotas.count(key, None) is None
        dead, quotas._redis = quotas._redis, alive  # noqa: SLF001 - It is back.
        assert dead is not None
        await dead.aclose()
        clock.advance(PAUSE)

        assert await left(quotas, key) == 2

    async def test_counts_nothing_where_none_is_set_up(self, clock: FakeClock, key: UUID) -> None:
        assert await Quotas(None, 1, clock).count(key, None) is None
